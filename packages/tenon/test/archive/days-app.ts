import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { canonicalJson, sha256 } from "../../src/base/hash.ts";
import { silentLogger } from "../../src/base/log.ts";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import type { LogEntry } from "../../src/ports/event-log.ts";
import { logPlacesOf, openWholeLog } from "../../src/run/whole-log.ts";
import { type Running, startTenon } from "../../src/run.ts";
import { shopConfig } from "../start-app.ts";

export const dayMs = 86_400_000;
export const firstDayMs = Date.parse("2026-01-01T00:00:00Z");
export const dayName = (day: number): string => new Date(firstDayMs + day * dayMs).toISOString().slice(0, 10);

/** A folder with an app, both gone with the test. */
export interface AppFolder {
  readonly dir: string;
  /** The app, with a clock that stands still until it is moved. */
  start(): Promise<Running>;
}

export async function appFolder(t: TestContext): Promise<AppFolder> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-archive-"));
  const configFile = join(dir, "tenon.config.ts");
  await writeFile(configFile, shopConfig);
  const open = new Set<Running>();
  t.after(async () => {
    for (const running of open) await running.close();
    await rm(dir, { recursive: true, force: true });
  });
  const start = async (): Promise<Running> => {
    const running = await startTenon({
      configFile,
      dataDir: join(dir, "data"),
      logger: silentLogger,
      clock: { startMs: firstDayMs, rate: 0 },
    });
    open.add(running);
    const close = (): Promise<void> => {
      open.delete(running);
      return running.close();
    };
    return { ...running, close };
  };
  return { dir, start };
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

/** All that entries say, in short: equal for equal entries alone. */
export function digestOf(entries: readonly LogEntry[]): { readonly rows: number; readonly sha256: string } {
  const texts = entries.map(({ payload, ...rest }) =>
    canonicalJson({ ...rest, payload: Buffer.from(payload).toString("hex") }),
  );
  return { rows: entries.length, sha256: sha256(texts.join("\n")) };
}
