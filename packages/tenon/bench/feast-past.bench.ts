// A point-in-time training set of 10,000 examples with 250 columns of a table, from the log on disk, beside Feast's file
// store over the same rows in Parquet. Both answer the same sum.
import { execFile, fork } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { SqliteLogReader } from "../src/drivers/sqlite/log-reader.ts";
import {
  c,
  defineApp,
  embedded,
  entity,
  event,
  gradientBoosting,
  label,
  model,
  prediction,
  table,
} from "../src/index.ts";
import { compileApp } from "../src/plan/compile.ts";
import { buildDataset } from "../src/service/learn/dataset.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import { type WideTable, wideBeginMs, wideStepMs, writeWideLog } from "./wide-table.ts";

const columns = 250;
const account = entity("account");
const wide = table("wide", {
  account: c.ref(account),
  ...Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, c.real()])),
});
const visit = event("visit", { account: c.ref(account) });
const returns = model("returns", {
  label: label("returns", { of: visit, is: visit.count().next("1d").above(0) }),
  features: [wide],
  trainer: gradientBoosting(),
});
const app = compileApp(
  defineApp({
    name: "bench",
    tenancy: "none",
    stores: { dev: () => embedded() },
    use: [visit, wide, prediction("returns", { model: returns, fallback: { score: 0 } })],
  }),
);
const catalogue = {
  topics: { wide: 1, visit: 2 },
  schemas: app.plan.events.map((one, i) => ({ id: i + 1, event: one.name, columns: one.columns })),
};
/** How much faster Tenon has to be. */
const timesMin = 20;

interface Told {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rows: number;
  readonly sum: number;
}

/** Feast's seconds over ours, turned about: 1/20 and less is met. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const python = process.env.TENON_PYTHON ?? join(import.meta.dirname, "../../../.ci/venv/bin/python");
  if (!existsSync(python)) throw new Error(`Feast runs beside: ${python} is not there; .ci/run makes it`);
  const sizes: WideTable = { rows: quick ? 20_000 : 100_000, visits: quick ? 2_000 : 10_000, accounts: 1_000, columns };
  const dir = mkdtempSync(join(tmpdir(), "tenon-feast-past-"));
  const [ours, feasts]: [Told[], Told[]] = [[], []];
  try {
    writeWideLog(dir, app.plan, catalogue, sizes);
    for (let i = 0; i < runs; i++) {
      ours.push(await inProcess(dir));
      feasts.push(await feast(python, sizes));
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  if (ours.some(({ rows }) => rows !== sizes.visits)) throw new Error("the set has not one row for each visit");
  // Feast leaves examples out whose key has no row yet: they add nothing to the sum.
  for (const { sum } of [...ours, ...feasts]) if (sum !== ours[0]!.sum) throw new Error(`sums ${sum}, ${ours[0]!.sum}`);
  const seconds = (told: readonly Told[]): number[] => told.map((one) => one.seconds);
  const cpu = (told: readonly Told[]): number[] => told.map((one) => one.cpuSeconds);
  const ratio = median(seconds(ours)) / median(seconds(feasts));
  return {
    bench: "feast-past",
    figures: {
      s: spread(seconds(ours)),
      "CPU s": spread(cpu(ours)),
      "Feast's s": spread(seconds(feasts)),
      "Feast's CPU s": spread(cpu(feasts)),
      "Feast over Tenon": (1 / ratio).toFixed(1),
      "examples that Feast leaves out": sizes.visits - feasts[0]!.rows,
      ...sizes,
    },
    ratio,
    target: 1 / timesMin,
    met: ratio <= 1 / timesMin,
  };
}

function inProcess(dir: string): Promise<Told> {
  const child = fork(import.meta.filename, [dir], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  return new Promise((resolve, reject) => {
    child.once("message", (told: Told) => resolve(told));
    child.once("exit", (code) => reject(new Error(`the training set's process ended with ${code}`)));
  });
}

async function feast(python: string, o: WideTable): Promise<Told> {
  const words = [o.rows, o.visits, o.accounts, o.columns, wideBeginMs, wideStepMs].map(String);
  const env = { ...process.env, FEAST_USAGE: "False" };
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, "feast-past.py"), ...words], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

if (import.meta.main) {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const log = new SqliteLogReader(join(process.argv[2]!, "log"));
  const dataset = buildDataset(app, "returns", log, catalogue, {
    seqMax: Number.MAX_SAFE_INTEGER,
    nowMs: wideBeginMs + 400 * 86_400_000,
    rowsMax: 10_000_000,
    asOf: "served",
    onProgress: () => {},
  });
  const made = dataset.columns.finish();
  log.close();
  const { user, system } = process.cpuUsage(cpu);
  const sum = made.reduce((all, { values }) => all + values.reduce((one, value) => one + (value || 0), 0), 0);
  process.send?.({
    seconds: (performance.now() - begun) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    rows: dataset.rowCount,
    sum,
  } satisfies Told);
}
