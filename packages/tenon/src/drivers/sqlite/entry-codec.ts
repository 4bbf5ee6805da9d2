import { ByteReader, type ByteWriter } from "../../base/bytes.ts";
import type { LogItem } from "../../ports/event-log.ts";

/** Items on their way to the writer: u32 tenant, u32 topic, f64 at, f64 receivedAt, u8 imported, id, payload. */
export function writeItem(item: LogItem, out: ByteWriter): void {
  out.u32(item.tenant);
  out.u32(item.topic);
  out.f64(item.atMs);
  out.f64(item.receivedAtMs);
  out.u8(item.imported ? 1 : 0);
  out.text(item.id);
  out.bytes(item.payload);
}

export function* readItems(bytes: Uint8Array): Generator<LogItem> {
  const reader = new ByteReader(bytes);
  while (!reader.done) {
    yield {
      tenant: reader.u32(),
      topic: reader.u32(),
      atMs: reader.f64(),
      receivedAtMs: reader.f64(),
      imported: reader.u8() === 1,
      id: reader.text(),
      payload: reader.bytes(),
    };
  }
}

/** The identity of an event as a whole number below 2^53, never 0. Equal identities are compared in full. */
export function identityHash(tenant: number, topic: number, id: string): number {
  let high = (0xdeadbeef ^ tenant) >>> 0;
  let low = (0x41c6ce57 ^ topic) >>> 0;
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (high & 0x1fffff) * 4_294_967_296 + (low >>> 0) || 1;
}
