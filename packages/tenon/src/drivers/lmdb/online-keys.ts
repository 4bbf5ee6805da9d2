/**
 * Keys of the online store, tenant first:
 *
 *   u32 tenant | 8 bytes lane | u8 kind | u32 page | key or text, UTF-8
 */
export const kinds = { head: 0, root: 1, page: 2, codeOfText: 3, textOfCode: 4, nextCode: 5 } as const;
export type KeyKind = (typeof kinds)[keyof typeof kinds];

const prefixBytes = 17;
/** No tenant has this number: what belongs to the store itself. */
const storeTenant = 0xffffffff;

/** Builds keys in one buffer: a key is valid until the next one is built. */
export class OnlineKeys {
  readonly #buffer = Buffer.alloc(prefixBytes + 4 * 1024);
  readonly #lanes = new Map<string, Buffer>();

  key(tenant: number, laneId: string, kind: KeyKind, page: number, text: string): Buffer {
    const buffer = this.#buffer;
    buffer.writeUInt32BE(tenant, 0);
    this.#laneBytes(laneId).copy(buffer, 4);
    buffer[12] = kind;
    buffer.writeUInt32BE(page, 13);
    const written = text.length === 0 ? 0 : buffer.write(text, prefixBytes, "utf8");
    return buffer.subarray(0, prefixBytes + written);
  }

  #laneBytes(laneId: string): Buffer {
    let bytes = this.#lanes.get(laneId);
    if (bytes === undefined) {
      bytes = Buffer.from(laneId, "hex");
      this.#lanes.set(laneId, bytes);
    }
    return bytes;
  }
}

export interface ParsedKey {
  readonly tenant: number;
  readonly laneId: string;
  readonly kind: number;
  readonly key: string;
}

/** The parts of a lane's key; undefined for what belongs to the store itself. */
export function parseKey(key: Buffer): ParsedKey | undefined {
  const tenant = key.readUInt32BE(0);
  if (tenant === storeTenant) return undefined;
  return { tenant, laneId: key.toString("hex", 4, 12), kind: key[12], key: key.toString("utf8", prefixBytes) };
}

/** Stands before all keys of a lane's kind. */
export function laneStart(tenant: number, laneId: string, kind: number): Buffer {
  const start = Buffer.alloc(13);
  start.writeUInt32BE(tenant, 0);
  start.write(laneId, 4, "hex");
  start[12] = kind;
  return start;
}

const storeKey = (name: string): Buffer => {
  const key = Buffer.alloc(4 + name.length);
  key.writeUInt32BE(storeTenant, 0);
  key.write(name, 4);
  return key;
};

export const positionKey = storeKey("position");
export const lanePositionsKey = storeKey("lane positions");
export const laneFloorsKey = storeKey("lane floors");
export const formatKey = storeKey("format");

/** Texts longer than this are found by their hash: LMDB's keys end at 1,978 bytes. */
export const codedTextBytesMax = 512;
