import { join } from "node:path";
import { randomBelow, seededRandom } from "../src/base/random.ts";
import { directorySizeBytes } from "../src/drivers/fs/directory-size.ts";
import { readFeatures } from "../src/service/predict/read-features.ts";
import { startBenchApp } from "./bench-app.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";

const targetMs = 1;
const eventsPerKey = 3;
const batchRows = 5_000;

/** Reads of ten windowed columns at random among 1,000,000 keys of three events each, in process, and what a key takes on disk. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const keys = quick ? 100_000 : 1_000_000;
  const reads = 20_000;
  const { tenon, tenant, dataDir, close } = await startBenchApp();
  const nowMs = Date.now();
  const random = seededRandom(5);
  for (let first = 0; first < keys * eventsPerKey; first += batchRows) {
    const rows = Array.from({ length: batchRows }, (_, i) => ({
      id: `e${first + i}`,
      at: nowMs - randomBelow(random, 20 * 86_400_000),
      account: `a${(first + i) % keys}`,
      cents: randomBelow(random, 10_000),
      fee: random(),
    }));
    for (let isTaken = false; !isTaken; ) {
      // A log that is full for a moment slows its sender down.
      isTaken = await tenon.ingest(tenant, "payment", rows, { latencyMs: 0 }).then(
        () => true,
        () => false,
      );
    }
  }
  if (!(await tenon.applier.waitFor(tenon.log.lastSeq, 1_800_000))) throw new Error("the events are not applied");
  const read = (): number => {
    const query = {
      set: "spend",
      keys: [{ account: `a${randomBelow(random, keys)}` }],
      atMs: nowMs,
      seqMax: undefined,
      asOf: "served",
      columns: undefined,
      brief: false,
    } as const;
    const before = performance.now();
    readFeatures(tenon.serving, tenant, query);
    return performance.now() - before;
  };
  for (let i = 0; i < 1_000; i++) read();
  const p50s: number[] = [];
  const p99s: number[] = [];
  for (let run = 0; run < runs; run++) {
    const ms = Array.from({ length: reads }, read).sort((a, b) => a - b);
    p50s.push(ms[reads >> 1]!);
    p99s.push(ms[Math.floor(reads * 0.99)]!);
  }
  const bytes = await directorySizeBytes(join(dataDir, "online"));
  await close();
  const ratio = median(p99s) / targetMs;
  return {
    bench: "read-keys",
    figures: {
      "p50 ms": spread(p50s, 4),
      "p99 ms": spread(p99s, 4),
      "bytes on disk a key": Math.round(bytes / keys),
      keys,
      "events a key": eventsPerKey,
      columns: 10,
    },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}
