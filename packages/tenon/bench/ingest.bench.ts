import { request } from "node:http";
import { seededRandom } from "../src/base/random.ts";
import { serve } from "../src/run.ts";
import { startBenchApp } from "./bench-app.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";

const targetPerSecond = 30_000;
const targetLoggedPerSecond = 60_000;
/** Out-of-order input costs at most so many times what it costs in order. */
const disorderMax = 1.5;
/** Within the lateness that the bench's event accepts. */
const pastMs = 6 * 86_400_000;
const pacedPerSecond = 15_000;
const accounts = 2_000;
const batchRows = 1_000;
const pacedRows = 300;

const rows = (run: number, first: number, count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({
    id: crypto.randomUUID(),
    at: Date.now(),
    account: `a${(first + i * 7 + run) % accounts}`,
    cents: (first + i) % 997,
    fee: 0.25,
  }));

/** Durable ingest with ten windowed columns: over HTTP as NDJSON and in process, until the last event is readable. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const events = quick ? 20_000 : 100_000;
  const running = await startBenchApp();
  const { tenon, tenant, close } = running;
  const { url, close: closeServer } = await serve(running, { port: 0 });
  const { key } = await tenon.keys.create({ tenant: "bench", scopes: ["ingest"], note: "bench" });
  const http: number[] = [];
  const inProcess: number[] = [];
  const readableMs: number[] = [];
  const logged: number[] = [];
  const disorder: number[] = [];
  for (let run = 0; run < runs; run++) {
    const text = rows(run, 0, events)
      .map((row) => JSON.stringify(row))
      .join("\n");
    let startedMs = performance.now();
    const accepted = await sendLines(url, key, text);
    if (accepted !== events) throw new Error(`${accepted} of ${events} events were accepted`);
    const durableMs = performance.now();
    await tenon.applier.waitFor(tenon.log.lastSeq, 60_000);
    readableMs.push(performance.now() - durableMs);
    http.push(events / ((performance.now() - startedMs) / 1_000));

    const batches = Array.from({ length: events / batchRows }, (_, i) => rows(run, i * batchRows, batchRows));
    startedMs = performance.now();
    await ingestAll(tenon, tenant, batches);
    logged.push(events / ((performance.now() - startedMs) / 1_000));
    await tenon.applier.waitFor(tenon.log.lastSeq, 60_000);
    inProcess.push(events / ((performance.now() - startedMs) / 1_000));
  }
  for (let run = 0; run < runs; run++) disorder.push(await costOfDisorder(tenon, tenant, run, events));
  const single = await readYourWrites(tenon, tenant);
  const paced = await commitsUntilReadable(tenon, tenant, quick ? 50 : 250);
  const moved = await latencyMeanwhile(tenon, tenant, quick ? 2_000 : 5_000);
  await closeServer();
  await close();
  const slowest = Math.min(median(http), median(inProcess));
  const ratio = Math.max(
    targetPerSecond / slowest,
    targetLoggedPerSecond / median(logged),
    median(disorder) / disorderMax,
  );
  return {
    bench: "ingest",
    figures: {
      "events/s over HTTP, until readable": spread(http, 0),
      "events/s in process, until readable": spread(inProcess, 0),
      "events/s in process, until durable": spread(logged, 0),
      "CPU of out-of-order input over in-order": spread(disorder),
      "ms from the last event's commit until it is readable": spread(readableMs, 0),
      "ms of one event from call to readable": spread(single, 1),
      "commits of the log until an event is readable, at 15,000/s, p50": quantile(paced, 0.5),
      "commits of the log until an event is readable, at 15,000/s, p99": quantile(paced, 0.99),
      "in-process prediction p99 ms, idle": moved.idle.toFixed(2),
      "in-process prediction p99 ms, during ingest at 15,000/s": moved.during.toFixed(2),
    },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}

/** Eight batches at a time. */
async function ingestAll(tenon: Tenon, tenant: number, batches: readonly object[][]): Promise<void> {
  for (let i = 0; i < batches.length; i += 8)
    await Promise.all(batches.slice(i, i + 8).map((batch) => tenon.ingest(tenant, "payment", batch)));
}

/** CPU of the same events over six days in a random order, until readable, over that of them in the order of their times. */
async function costOfDisorder(tenon: Tenon, tenant: number, run: number, events: number): Promise<number> {
  const nowMs = Date.now();
  const random = seededRandom(run);
  const timesMs = Array.from({ length: events }, (_, i) => nowMs - pastMs + Math.floor((i / events) * pastMs));
  const shuffled = timesMs.map((atMs) => ({ atMs, by: random() })).sort((a, b) => a.by - b.by);
  const spent: number[] = [];
  for (const [order, times] of [timesMs, shuffled.map(({ atMs }) => atMs)].entries()) {
    const all = times.map((at, i) => ({
      id: crypto.randomUUID(),
      at,
      account: `${order === 0 ? "ordered" : "shuffled"}${run}-${(i * 7) % accounts}`,
      cents: i % 997,
      fee: 0.25,
    }));
    const batches = Array.from({ length: events / batchRows }, (_, i) => all.slice(i * batchRows, (i + 1) * batchRows));
    const before = process.cpuUsage();
    await ingestAll(tenon, tenant, batches);
    await tenon.applier.waitFor(tenon.log.lastSeq, 120_000);
    const { user, system } = process.cpuUsage(before);
    spent.push(user + system);
  }
  return spent[1]! / spent[0]!;
}

function sendLines(url: string, key: string, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const open = request(
      `${url}/events/payment`,
      { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" } },
      (response) => {
        let answer = "";
        response.on("data", (chunk) => {
          answer += chunk;
        });
        response.on("end", () => resolve(JSON.parse(answer).accepted));
      },
    );
    open.on("error", reject);
    open.end(text);
  });
}

type Tenon = Awaited<ReturnType<typeof startBenchApp>>["tenon"];

async function readYourWrites(tenon: Tenon, tenant: number): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < 50; i++) {
    const startedMs = performance.now();
    const { lastSeq } = await tenon.ingest(tenant, "payment", rows(0, i, 1));
    await tenon.applier.waitFor(lastSeq, 5_000);
    ms.push(performance.now() - startedMs);
  }
  return ms;
}

/** How many later commits were answered before each of so many batches, sent at the target's rate, was readable. */
async function commitsUntilReadable(tenon: Tenon, tenant: number, batches: number): Promise<number[]> {
  const passed: number[] = [];
  let commits = 0;
  const sent: Promise<void>[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const startedMs = performance.now();
    const send = async (): Promise<void> => {
      const { lastSeq } = await tenon.ingest(tenant, "payment", rows(2, batch * pacedRows, pacedRows));
      const own = ++commits;
      await tenon.applier.waitFor(lastSeq, 10_000);
      passed.push(commits - own);
    };
    sent.push(send());
    const pauseMs = (1_000 * pacedRows) / pacedPerSecond - (performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, pauseMs)));
  }
  await Promise.all(sent);
  return passed;
}

const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(share * (numbers.length - 1))] ?? 0;

/** The p99 of predictions on the request thread: alone, and while events come in at the target's rate. */
async function latencyMeanwhile(
  tenon: Tenon,
  tenant: number,
  predictions: number,
): Promise<{ readonly idle: number; readonly during: number }> {
  const measure = async (): Promise<number> => {
    const ms: number[] = [];
    for (let i = 0; i < predictions; i++) {
      const startedMs = performance.now();
      tenon.predict(tenant, "risk", { account: `a${i % accounts}`, cents: 1, fee: 0.5 });
      ms.push(performance.now() - startedMs);
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return ms.sort((a, b) => a - b)[Math.floor(0.99 * ms.length)] ?? 0;
  };
  const idle = await measure();
  let sending = true;
  const sender = (async () => {
    while (sending) {
      const startedMs = performance.now();
      await tenon.ingest(tenant, "payment", rows(1, 0, 300));
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - (performance.now() - startedMs))));
    }
  })();
  const during = await measure();
  sending = false;
  await sender;
  return { idle, during };
}
