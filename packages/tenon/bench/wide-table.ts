// A table of many columns with visits of its keys among its rows, the same for Tenon's log and for a Parquet file.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ByteWriter } from "../src/base/bytes.ts";
import { LogWriter } from "../src/drivers/sqlite/log-writer.ts";
import type { Plan } from "../src/plan/plan.ts";
import { RowEncoder } from "../src/plan/row-codec.ts";
import type { LogItem } from "../src/ports/event-log.ts";
import type { Catalogue } from "../src/service/materialize/event-decoder.ts";

export interface WideTable {
  readonly rows: number;
  readonly visits: number;
  readonly accounts: number;
  readonly columns: number;
}

export const wideBeginMs = Date.parse("2026-01-01T00:00:00Z");
export const wideStepMs = 60_000;
/** Rows of one commit. */
const commitItems = 2_000;

/** A whole number that a double holds, so that both sides have the same. */
export const wideValue = (row: number, column: number): number => (row * 31 + column * 17) % 1_009;
export const wideKey = (row: number, accounts: number): string => `a${(row * 7_919) % accounts}`;

/** One row each minute; every so many minutes a visit, half a minute after its row, of another account. */
export function writeWideLog(dir: string, plan: Plan, { topics, schemas }: Catalogue, o: WideTable): void {
  mkdirSync(join(dir, "log"), { recursive: true });
  const log = new LogWriter(join(dir, "log"), 1);
  const bytes = new ByteWriter();
  const encoderOf = (name: string): RowEncoder => {
    const columns = plan.events.find((event) => event.name === name)!.columns;
    return new RowEncoder(columns, schemas.find(({ event }) => event === name)?.id ?? 0);
  };
  const [rows, visits] = [encoderOf("wide"), encoderOf("visit")];
  const every = o.rows / o.visits;
  let items: LogItem[] = [];
  const flush = (): void => {
    if (items.length > 0) log.append(items, wideBeginMs, []);
    items = [];
  };
  const add = (event: string, id: string, atMs: number): void => {
    const times = { atMs, receivedAtMs: atMs, imported: true };
    items.push({ tenant: 1, topic: topics[event]!, id, ...times, payload: bytes.finish() });
    if (items.length >= commitItems) flush();
  };
  for (let row = 0; row < o.rows; row++) {
    const atMs = wideBeginMs + row * wideStepMs;
    bytes.clear();
    const values = Array.from({ length: o.columns }, (_, column) => wideValue(row, column));
    rows.encode([wideKey(row, o.accounts), ...values, false], bytes);
    add("wide", `r${row}`, atMs);
    if (row % every !== 0) continue;
    bytes.clear();
    visits.encode([wideKey(row + 3, o.accounts)], bytes);
    add("visit", String(row / every), atMs + wideStepMs / 2);
  }
  flush();
  log.close();
}
