// Two million events of a few accounts, as a segment of the log and as Parquet: what `dataset-join` reads.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ByteWriter } from "../src/base/bytes.ts";
import { randomBelow, seededRandom } from "../src/base/random.ts";
import { DuckDb } from "../src/drivers/duckdb/duckdb.ts";
import { LogWriter } from "../src/drivers/sqlite/log-writer.ts";
import { c, defineApp, embedded, entity, event, features } from "../src/index.ts";
import { compileApp } from "../src/plan/compile.ts";
import { RowEncoder } from "../src/plan/row-codec.ts";
import type { LogItem } from "../src/ports/event-log.ts";

const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), fee: c.real() });
const spend = features("spend", account, {
  paid: payment.sum("cents").over("1h", "6h", "1d", "7d", "30d"),
  top: payment.max("cents").over("1h", "6h", "1d", "7d", "30d"),
});
const { plan } = compileApp(
  defineApp({ name: "bench", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, spend] }),
);
export const lane = plan.lanes[0]!;
export const eventPlan = plan.events[0]!;
export const columns = plan.featureSets[0]!.columns;
export const catalogue = { topics: { payment: 1 }, schemas: [{ id: 1, event: "payment", columns: eventPlan.columns }] };

const beginMs = Date.parse("2026-01-01T00:00:00Z");
const spanMs = 90 * 86_400_000;
const tenants = 4;
const accounts = 20_000;

export interface Sizes {
  readonly events: number;
  readonly examples: number;
}

interface Event {
  readonly tenant: number;
  readonly key: string;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly cents: number;
  readonly fee: number;
}

/** The same events each time: a few keys have most of them, and a tenth comes up to 6 h late. */
function* eventsOf({ events }: Sizes): Generator<Event> {
  const random = seededRandom(7);
  for (let i = 0; i < events; i++) {
    const receivedAtMs = beginMs + Math.floor((i / events) * spanMs);
    const atMs = receivedAtMs - (random() < 0.1 ? randomBelow(random, 6 * 3_600_000) : 0);
    const key = `a${Math.floor(accounts * random() ** 2)}`;
    yield {
      tenant: 1 + randomBelow(random, tenants),
      key,
      atMs,
      receivedAtMs,
      cents: randomBelow(random, 100_000),
      fee: random(),
    };
  }
}

/** Examples in the order of their times. */
export function examplesOf({
  examples,
}: Sizes): { readonly tenant: number; readonly key: string; readonly atMs: number }[] {
  const random = seededRandom(11);
  return Array.from({ length: examples }, (_, i) => ({
    tenant: 1 + randomBelow(random, tenants),
    key: `a${Math.floor(accounts * random() ** 2)}`,
    atMs: beginMs + Math.floor((i / examples) * spanMs),
  }));
}

export async function prepare(dir: string, sizes: Sizes): Promise<void> {
  mkdirSync(join(dir, "log"));
  const log = new LogWriter(join(dir, "log"), 1);
  const encoder = new RowEncoder(eventPlan.columns, 1);
  const bytes = new ByteWriter();
  const duckDb = new DuckDb({ tempDir: join(dir, "tmp") });
  const draft = await duckDb.draft([
    { name: "tenant", type: "INTEGER" },
    { name: "key", type: "VARCHAR" },
    ...["received_at", "seq", "at", "cents"].map((name) => ({ name, type: "BIGINT" as const })),
  ]);
  let seq = 0;
  const flush = async (events: readonly Event[]): Promise<void> => {
    const items = events.map(({ tenant, key, atMs, receivedAtMs, cents, fee }, i): LogItem => {
      bytes.clear();
      encoder.encode([key, cents, fee], bytes);
      return { tenant, topic: 1, id: String(seq + i), atMs, receivedAtMs, imported: true, payload: bytes.finish() };
    });
    log.append(items, beginMs, []);
    const numbers = (of: (event: Event, i: number) => number): Float64Array => Float64Array.from(events, of);
    await draft.append([
      { name: "tenant", type: "INTEGER", values: numbers(({ tenant }) => tenant) },
      { name: "key", type: "VARCHAR", values: events.map(({ key }) => key) },
      { name: "received_at", type: "BIGINT", values: numbers(({ receivedAtMs }) => receivedAtMs) },
      { name: "seq", type: "BIGINT", values: numbers((_, i) => seq + i + 1) },
      { name: "at", type: "BIGINT", values: numbers(({ atMs }) => atMs) },
      { name: "cents", type: "BIGINT", values: numbers(({ cents }) => cents) },
    ]);
    seq += events.length;
  };
  let batch: Event[] = [];
  for (const next of eventsOf(sizes)) if (batch.push(next) === 20_000) [batch] = [[], await flush(batch)];
  await flush(batch);
  await draft.finish(join(dir, "events.parquet"));
  await duckDb.close();
  log.close();
}
