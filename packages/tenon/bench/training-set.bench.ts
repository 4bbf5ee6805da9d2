// A point-in-time training set of 1,000,000 examples over 10,000,000 events and 5 exact windows, from the log on disk, in a
// process of its own, as `tenon train` has it in a thread.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteLogReader } from "../src/drivers/sqlite/log-reader.ts";
import {
  c,
  defineApp,
  embedded,
  entity,
  event,
  features,
  gradientBoosting,
  label,
  model,
  prediction,
} from "../src/index.ts";
import { compileApp } from "../src/plan/compile.ts";
import { buildDataset } from "../src/service/learn/dataset.ts";
import { type BenchOptions, type BenchResult, spread } from "./bench-result.ts";
import { beginMs, type LargeLog, spanMs, writeLargeLog } from "./large-log.ts";

const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), fee: c.real() });
const visit = event("visit", { account: c.ref(account) });
const spend = features("spend", account, { paid: payment.sum("cents").over("1h", "6h", "1d", "7d", "30d") });
const buys = model("buys", {
  label: label("returns", { of: visit, is: visit.count().next("7d").above(0) }),
  features: [spend],
  trainer: gradientBoosting(),
});
const app = compileApp(
  defineApp({
    name: "bench",
    tenancy: "none",
    stores: { dev: () => embedded() },
    use: [payment, visit, prediction("buys", { model: buys, fallback: { score: 0 } })],
  }),
);
const catalogue = {
  topics: { payment: 1, visit: 2 },
  schemas: app.plan.events.map(({ name, columns }, i) => ({ id: i + 1, event: name, columns })),
};

const secondsMax = 60;
const memoryMbMax = 4_096;

interface Told {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryMb: number;
  readonly rows: number;
}

/** Seconds of wall time against a minute; more than 4 GB misses as well. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const sizes: LargeLog = quick
    ? { payments: 1_000_000, visits: 100_000, accounts: 20_000 }
    : { payments: 10_000_000, visits: 1_000_000, accounts: 200_000 };
  const dir = mkdtempSync(join(tmpdir(), "tenon-training-set-"));
  const told: Told[] = [];
  try {
    writeLargeLog(dir, app.plan, catalogue, sizes);
    for (let i = 0; i < runs; i++) told.push(await inProcess(dir));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  if (told.some(({ rows }) => rows !== sizes.visits)) throw new Error("the set has not one row for each visit");
  const worst = Math.max(...told.map(({ memoryMb }) => memoryMb));
  const seconds = told.map((one) => one.seconds).sort((a, b) => a - b)[told.length >> 1]!;
  const ratio = Math.max((seconds / secondsMax) * (quick ? 10 : 1), worst / memoryMbMax);
  return {
    bench: "training-set",
    figures: {
      s: spread(
        told.map((one) => one.seconds),
        1,
      ),
      "CPU s": spread(
        told.map(({ cpuSeconds }) => cpuSeconds),
        1,
      ),
      "MiB at most": worst.toFixed(0),
      ...sizes,
      columns: 5,
    },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}

function inProcess(dir: string): Promise<Told> {
  const child = fork(import.meta.filename, [dir], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  return new Promise((resolve, reject) => {
    child.once("message", (told: Told) => resolve(told));
    child.once("exit", (code) => reject(new Error(`the training set's process ended with ${code}`)));
  });
}

if (import.meta.main) {
  const begun = performance.now();
  const log = new SqliteLogReader(join(process.argv[2]!, "log"));
  const dataset = buildDataset(app, "buys", log, catalogue, {
    seqMax: Number.MAX_SAFE_INTEGER,
    nowMs: beginMs + spanMs,
    rowsMax: 10_000_000,
    asOf: "served",
    onProgress: () => {},
  });
  const columns = dataset.columns.finish();
  log.close();
  const { user, system } = process.cpuUsage();
  process.send?.({
    seconds: (performance.now() - begun) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    memoryMb: process.resourceUsage().maxRSS / 1_024,
    rows: columns.length === 5 ? dataset.rowCount : -1,
  } satisfies Told);
}
