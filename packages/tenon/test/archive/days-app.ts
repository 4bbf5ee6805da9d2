import { join } from "node:path";
import type { TestContext } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import type { LogEntry } from "../../src/ports/event-log.ts";
import { logPlacesOf, openWholeLog } from "../../src/run/whole-log.ts";
import { type Running, startTenon } from "../../src/run.ts";

export const dayMs = 86_400_000;
export const firstDayMs = Date.parse("2026-01-01T00:00:00Z");
export const dayName = (day: number): string => new Date(firstDayMs + day * dayMs).toISOString().slice(0, 10);

/** The app of a folder, with a clock that stands still until it is moved; it is closed with the test at the latest. */
export async function startOn(t: TestContext, dir: string): Promise<Running> {
  const running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
    clock: { startMs: firstDayMs, rate: 0 },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= running.close();
    return closing;
  };
  t.after(close);
  return { ...running, close };
}

/** Events of some days, each received on its day: a fifth of them late, so that some belong to the day before. */
export async function ingestDays({ tenon }: Running, o: { from: number; to: number; perDay: number }): Promise<void> {
  const tenant = await tenon.metadata.tenant("acme");
  const random = seededRandom(o.from + 1);
  for (let day = o.from; day < o.to; day++) {
    for (let batch = 0; batch < 4; batch++) {
      tenon.clock.advanceTo(firstDayMs + day * dayMs + batch * 6 * 3_600_000 + 60_000);
      const nowMs = tenon.clock.nowMs();
      const payments = Array.from({ length: o.perDay / 4 }, (_, i) => ({
        id: `p${day}-${batch}-${i}`,
        at: nowMs - (random() < 0.2 ? randomBelow(random, 5 * 3_600_000) : i),
        account: `a${randomBelow(random, 7)}`,
        cents: randomBelow(random, 2_000),
        ratio: random() - 0.5,
        country: random() < 0.1 ? null : ["DE", "US", "FR"][randomBelow(random, 3)],
      }));
      await tenon.ingest(tenant, "payment", payments);
      const refunds = payments
        .filter(({ cents }) => cents > 900)
        .map(({ id, at, account, cents }) => ({
          id: `r${id}`,
          at: Math.min(nowMs, at + 5_000),
          payment: id,
          account,
          cents,
        }));
      await tenon.ingest(tenant, "refund", refunds);
    }
  }
}

/** Every entry of the log and the archive, as the threads that follow the log read them. */
export function entriesOn(dir: string, limit = 1_000): LogEntry[] {
  const log = openWholeLog(logPlacesOf(join(dir, "data")));
  const entries: LogEntry[] = [];
  for (let seq = 0; ; seq = entries[entries.length - 1]!.seq) {
    const read = log.after(seq, limit);
    if (read.length === 0) break;
    entries.push(...read);
  }
  log.close();
  return entries;
}

/** Entries as they can be compared, whatever their bytes lie in. */
export const plain = (entries: readonly LogEntry[]): unknown[] =>
  entries.map(({ payload, ...rest }) => ({ ...rest, payload: Buffer.from(payload).toString("base64") }));
