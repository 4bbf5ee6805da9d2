import type { LogEntry } from "../../ports/event-log.ts";
import type { ParquetBatch, ParquetColumn, ParquetField } from "../../ports/parquet.ts";

/** An entry in the archive: its topic is its file's. The payload stays in its codec: nothing is decoded, nothing is lost. */
export const archivedFields = [
  { name: "seq", type: "BIGINT" },
  { name: "logged_at", type: "BIGINT" },
  { name: "received_at", type: "BIGINT" },
  { name: "tenant", type: "BIGINT" },
  { name: "id", type: "VARCHAR" },
  { name: "at", type: "BIGINT" },
  { name: "imported", type: "BOOLEAN" },
  { name: "payload", type: "BLOB" },
] as const satisfies readonly ParquetField[];

/** Entries of one topic as the columns of its file. */
export function columnsOf(entries: readonly LogEntry[]): ParquetColumn[] {
  const numbers = (of: (entry: LogEntry) => number): Float64Array => Float64Array.from(entries, of);
  return [
    { name: "seq", type: "BIGINT", values: numbers(({ seq }) => seq) },
    { name: "logged_at", type: "BIGINT", values: numbers(({ loggedAtMs }) => loggedAtMs) },
    { name: "received_at", type: "BIGINT", values: numbers(({ receivedAtMs }) => receivedAtMs) },
    { name: "tenant", type: "BIGINT", values: numbers(({ tenant }) => tenant) },
    { name: "id", type: "VARCHAR", values: entries.map(({ id }) => id) },
    { name: "at", type: "BIGINT", values: numbers(({ atMs }) => atMs) },
    { name: "imported", type: "BOOLEAN", values: numbers(({ imported }) => (imported ? 1 : 0)) },
    { name: "payload", type: "BLOB", values: entries.map(({ payload }) => payload) },
  ];
}

/** The entries of a batch; `topics` by the place of their file. */
export function entriesOf(batch: ParquetBatch, topics: readonly number[]): LogEntry[] {
  const [seq, loggedAt, receivedAt, tenant, id, at, imported, payload] = batch.columns;
  return Array.from(batch.source, (source, row) => ({
    seq: numberAt(seq, row),
    loggedAtMs: numberAt(loggedAt, row),
    receivedAtMs: numberAt(receivedAt, row),
    tenant: numberAt(tenant, row),
    topic: topics[source],
    id: textAt(id, row),
    atMs: numberAt(at, row),
    imported: numberAt(imported, row) === 1,
    payload: bytesAt(payload, row),
  }));
}

function numberAt(column: ParquetColumn, row: number): number {
  const value = column.values[row];
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new RangeError(`an archived entry has no ${column.name}`);
}

function textAt(column: ParquetColumn, row: number): string {
  const value = column.values[row];
  if (typeof value === "string") return value;
  throw new RangeError(`an archived entry has no ${column.name}`);
}

function bytesAt(column: ParquetColumn, row: number): Uint8Array {
  const value = column.values[row];
  if (value instanceof Uint8Array) return value;
  throw new RangeError(`an archived entry has no ${column.name}`);
}
