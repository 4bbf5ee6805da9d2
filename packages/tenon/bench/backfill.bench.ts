// A new 30-day column over 10,000,000 events of 90 days that are in the log, and then a lifetime one, which needs them all:
// filled by the applier, to the last commit of the online store, in a process of its own.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LmdbOnlineWriter } from "../src/drivers/lmdb/online-writer.ts";
import { SqliteLogReader } from "../src/drivers/sqlite/log-reader.ts";
import { c, defineApp, embedded, entity, event, features } from "../src/index.ts";
import { compileApp } from "../src/plan/compile.ts";
import { Applier } from "../src/service/materialize/applier.ts";
import { UpdateCosts } from "../src/service/materialize/update-costs.ts";
import { type BenchOptions, type BenchResult, spread } from "./bench-result.ts";
import { type LargeLog, writeLargeLog } from "./large-log.ts";

const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), fee: c.real() });
const visit = event("visit", { account: c.ref(account) });
const spend = features("spend", account, { paid: payment.sum("cents").over("30d") });
const ever = features("ever", account, { fees: payment.sum("fee").over("lifetime") });
const planOf = (...use: Parameters<typeof defineApp>[0]["use"]) =>
  compileApp(defineApp({ name: "bench", tenancy: "none", stores: { dev: () => embedded() }, use })).plan;
const before = planOf(payment, visit);
const plan = planOf(payment, visit, spend);
const planOfAll = planOf(payment, visit, spend, ever);
const catalogue = {
  topics: { payment: 1, visit: 2 },
  schemas: plan.events.map(({ name, columns }, i) => ({ id: i + 1, event: name, columns })),
};

const secondsMax = 30;

interface Told {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryMb: number;
  /** Of the lifetime column. */
  readonly allSeconds: number;
}

/** Seconds of wall time against thirty. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const sizes: LargeLog = quick
    ? { payments: 1_000_000, visits: 100_000, accounts: 20_000 }
    : { payments: 10_000_000, visits: 1_000_000, accounts: 200_000 };
  const dir = mkdtempSync(join(tmpdir(), "tenon-backfill-"));
  const told: Told[] = [];
  try {
    writeLargeLog(dir, plan, catalogue, sizes);
    for (let i = 0; i < runs; i++) told.push(await inProcess(dir, join(dir, `online-${i}`)));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const seconds = told.map((one) => one.seconds).sort((a, b) => a - b)[told.length >> 1]!;
  const ratio = (seconds / secondsMax) * (quick ? 10 : 1);
  return {
    bench: "backfill",
    figures: {
      s: spread(
        told.map((one) => one.seconds),
        1,
      ),
      "CPU s": spread(
        told.map(({ cpuSeconds }) => cpuSeconds),
        1,
      ),
      "s of a lifetime column": spread(
        told.map(({ allSeconds }) => allSeconds),
        1,
      ),
      "MiB at most": spread(
        told.map(({ memoryMb }) => memoryMb),
        0,
      ),
      ...sizes,
    },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}

function inProcess(dir: string, onlineDir: string): Promise<Told> {
  const child = fork(import.meta.filename, [dir, onlineDir], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  return new Promise((resolve, reject) => {
    child.once("message", (told: Told) => resolve(told));
    child.once("exit", (code) => reject(new Error(`the applier's process ended with ${code}`)));
  });
}

if (import.meta.main) {
  const [dir, onlineDir] = process.argv.slice(2);
  const writer = new LmdbOnlineWriter(onlineDir!);
  const reader = new SqliteLogReader(join(dir!, "log"));
  const applier = new Applier(
    reader,
    writer,
    new UpdateCosts(
      () => 0,
      () => 0,
    ),
  );
  // The app has taken the log before the column was defined.
  applier.setPlans([before], catalogue);
  while (applier.step());
  const begun = performance.now();
  const usage = process.cpuUsage();
  applier.setPlans([plan], catalogue);
  while (applier.step());
  const { user, system } = process.cpuUsage(usage);
  const seconds = (performance.now() - begun) / 1_000;
  const allBegun = performance.now();
  applier.setPlans([planOfAll], catalogue);
  while (applier.step());
  const allSeconds = (performance.now() - allBegun) / 1_000;
  reader.close();
  writer.close();
  process.send?.({
    allSeconds,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    memoryMb: process.resourceUsage().maxRSS / 1_024,
  } satisfies Told);
}
