import { readFeatures } from "../src/service/predict/read-features.ts";
import { startBenchApp } from "./bench-app.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";

const targetUs = 200;
const days = 30;

/** An exact 30-day window of a key with 300,000 events in it: ten columns, read from LMDB, in process. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const events = quick ? 60_000 : 300_000;
  const reads = quick ? 500 : 2_000;
  const { tenon, tenant, close } = await startBenchApp();
  const nowMs = Date.now();
  const stepMs = (days * 86_400_000) / events;
  for (let first = 0; first < events; first += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, events - first) }, (_, i) => ({
      id: `e${first + i}`,
      at: Math.floor(nowMs - days * 86_400_000 + (first + i) * stepMs),
      account: "hot",
      cents: (first + i) % 997,
      fee: ((first + i) % 89) / 7,
    }));
    await tenon.ingest(tenant, "payment", rows, { latencyMs: 0 });
  }
  await tenon.applier.waitFor(tenon.log.lastSeq, 120_000);
  const query = {
    set: "spend",
    keys: [{ account: "hot" }],
    seqMax: undefined,
    asOf: "served",
    columns: undefined,
    brief: true,
  } as const;
  const read = (i: number) => readFeatures(tenon.serving, tenant, { ...query, atMs: nowMs - i * 977 });
  const found = read(0).rows[0]?.values.n_30d;
  if (typeof found !== "number" || found < events * 0.999)
    throw new Error(`the window holds ${found} events, expected about ${events}`);
  for (let i = 0; i < 200; i++) read(i);
  const us: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    for (let i = 0; i < reads; i++) read(i);
    const { user, system } = process.cpuUsage(before);
    us.push((user + system) / reads);
  }
  await close();
  const ratio = median(us) / targetUs;
  return {
    bench: "read-hot",
    figures: { "CPU µs a read": spread(us, 1), events, columns: 10 },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}
