// A log of many events on disk, made once and used by the benches of scale.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ByteWriter } from "../src/base/bytes.ts";
import { randomBelow, seededRandom } from "../src/base/random.ts";
import { LogWriter } from "../src/drivers/sqlite/log-writer.ts";
import type { Plan } from "../src/plan/plan.ts";
import { RowEncoder } from "../src/plan/row-codec.ts";
import type { LogItem } from "../src/ports/event-log.ts";
import type { Catalogue } from "../src/service/materialize/event-decoder.ts";

export interface LargeLog {
  readonly payments: number;
  readonly visits: number;
  readonly accounts: number;
}

export const beginMs = Date.parse("2026-01-01T00:00:00Z");
export const spanMs = 90 * 86_400_000;
const commitItems = 20_000;

/** Payments with visits among them, in the order of receipt; a few accounts have most, and a tenth comes up to 6 h late. */
export function writeLargeLog(dir: string, plan: Plan, { topics, schemas }: Catalogue, o: LargeLog): void {
  mkdirSync(join(dir, "log"), { recursive: true });
  const log = new LogWriter(join(dir, "log"), 1);
  const bytes = new ByteWriter();
  const encoders = Object.fromEntries(
    plan.events.map(({ name, columns }) => [
      name,
      new RowEncoder(columns, schemas.find(({ event }) => event === name)?.id ?? 0),
    ]),
  );
  const random = seededRandom(7);
  const total = o.payments + o.visits;
  const every = Math.round(total / o.visits);
  let items: LogItem[] = [];
  for (let i = 0; i < total; i++) {
    const receivedAtMs = beginMs + Math.floor((i / total) * spanMs);
    const atMs = receivedAtMs - (random() < 0.1 ? randomBelow(random, 6 * 3_600_000) : 0);
    const key = `a${Math.floor(o.accounts * random() ** 2)}`;
    const event = i % every === 0 ? "visit" : "payment";
    bytes.clear();
    encoders[event]!.encode(event === "visit" ? [key] : [key, randomBelow(random, 100_000), random()], bytes);
    items.push({
      tenant: 1,
      topic: topics[event]!,
      id: String(i),
      atMs: event === "visit" ? receivedAtMs : atMs,
      receivedAtMs,
      imported: true,
      payload: bytes.finish(),
    });
    if (items.length < commitItems && i + 1 < total) continue;
    log.append(items, receivedAtMs, []);
    items = [];
  }
  log.close();
}
