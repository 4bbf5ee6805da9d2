// What was served can be read again: thousands of logged predictions, then late events, imports, retractions and restarts.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { type Random, randomBelow, seededRandom } from "../../src/base/random.ts";
import type { LogEntry } from "../../src/ports/event-log.ts";
import { type Running, startTenon } from "../../src/run.ts";
import {
  decodePrediction,
  type PredictionRecord,
  predictionTopic,
} from "../../src/service/predict/prediction-record.ts";
import { bruteForce, type Value } from "./brute-force.ts";
import { History, type Tenon } from "./history.ts";
import { type RandomApp, type RandomColumn, randomApp } from "./random-app.ts";

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const startMs = Date.parse("2026-01-01T00:00:00Z");
const apps = 4;
const tenants = 5;
const predictionsMin = 900;
/** What still happens once the last prediction is logged. */
const stepsAfter = 60;
const pageRows = 500;

/** What the test knew when it asked for a prediction whose events were all applied. */
interface Known {
  readonly history: History;
  readonly lastSeq: number;
}

test(`features read again at the logged times and positions are the logged ones (seed ${seed})`, {
  timeout: 600_000,
}, async () => {
  const random = seededRandom(seed);
  let compared = 0;
  for (let i = 0; i < apps; i++) compared += await oneApp(random);
  assert.ok(compared >= 3_000, `${compared} logged predictions were compared`);
});

async function oneApp(random: Random): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-logged-"));
  const app = randomApp(random, { must: undefined, isShort: false });
  await writeFile(join(dir, "tenon.config.ts"), app.config);
  const options = { configFile: join(dir, "tenon.config.ts"), dataDir: join(dir, "data"), logger: silentLogger };
  const start = (): Promise<Running> => startTenon({ ...options, clock: { startMs, rate: 0 } });
  let running = await start();
  const restart = async (): Promise<void> => {
    await running.close();
    running = await start();
  };
  try {
    const sent: History[] = [];
    for (let i = 0; i < tenants; i++) sent.push(new History(random, await running.tenon.metadata.tenant(`t${i}`)));
    const known = new Map<string, Known>();
    const asked: string[] = [];
    while (asked.length < predictionsMin) {
      const history = await oneStep(random, running.tenon, sent);
      const { lastSeq } = running.tenon.log;
      const isApplied = random() < 0.7 && (await running.tenon.applier.waitFor(lastSeq, 20_000));
      for (const { id } of await predictSome(random, running.tenon, history)) {
        asked.push(id);
        if (isApplied) known.set(id, { history, lastSeq });
      }
      if (random() < 0.01) await restart();
    }
    for (let i = 0; i < stepsAfter; i++) await oneStep(random, running.tenon, sent);
    await restart();
    await oneStep(random, running.tenon, sent);
    assert.ok(await running.tenon.applier.waitFor(running.tenon.log.lastSeq, 20_000));
    const found = (await Promise.all(sent.map(({ tenant }) => loggedOf(running.tenon, tenant)))).flat();
    assert.deepEqual(found.map(({ id }) => id).sort(), asked.sort(), "each prediction is logged once");
    for (const entry of found) await compareEntry(running.tenon, app, entry, known.get(entry.id));
    return found.length;
  } finally {
    await running.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** One tenant sends, some time after what was sent last. */
async function oneStep(random: Random, tenon: Tenon, sent: readonly History[]): Promise<History> {
  tenon.clock.advanceTo(tenon.clock.nowMs() + 1 + randomBelow(random, random() < 0.02 ? 3_600_000 : 4_000));
  const history = sent[randomBelow(random, sent.length)];
  await history.step(tenon);
  return history;
}

/** Most are for now; some for a time before, where a replay of traffic asks. */
function predictSome(random: Random, { clock, predictions }: Tenon, { tenant }: History) {
  const inputs = Array.from({ length: 1 + randomBelow(random, 12) }, () => ({
    a: `a${randomBelow(random, 4)}`,
    b: randomBelow(random, 41),
    ...(random() < 0.3 ? { at: clock.nowMs() - randomBelow(random, 100_000) } : {}),
  }));
  return predictions.all(tenant, "next", inputs);
}

async function loggedOf({ log, catalogue }: Tenon, tenant: number): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for (let before: number | undefined; ; before = found.at(-1)?.seq) {
    const page = await log.newest(tenant, catalogue.topics[predictionTopic("next")], pageRows, before);
    if (page.length === 0) return found;
    found.push(...page);
  }
}

async function compareEntry(tenon: Tenon, app: RandomApp, entry: LogEntry, known: Known | undefined): Promise<void> {
  const record = decodePrediction(entry.payload);
  assert.equal(record.features.length, 3, "by_a, by_b and plan were logged");
  const [a, b] = record.input;
  for (const { set, values } of record.features) {
    const { columns } = tenon.serving.reader(set).set;
    const query = { set, keys: [set === "by_b" ? { b } : { a }], atMs: entry.atMs, seqMax: record.position };
    const read = await tenon.features(entry.tenant, { ...query, asOf: "served", columns: undefined, brief: true });
    for (const [place, { name }] of columns.entries()) {
      const column = app.columns.find((candidate) => candidate.set === set && candidate.name === name);
      const what = `${set}.${name} of ${JSON.stringify(query)}`;
      assertSame(column, values[place], read.rows[0].values[name], what);
      if (column !== undefined && known !== undefined)
        assertSame(column, values[place], valueThen(column, record, known, entry.atMs), `${what}, brute force`);
    }
  }
}

function valueThen(column: RandomColumn, record: PredictionRecord, { history, lastSeq }: Known, atMs: number): Value {
  const key = column.set === "by_a" ? String(record.input[0]) : Number(record.input[1]);
  return bruteForce(history.things, column, key, atMs, { at: atMs, seqMax: lastSeq });
}

/** The same bits, or near them where an aggregate rounds: rows that came since lie in its tiles in another order. */
function assertSame(column: RandomColumn | undefined, logged: unknown, found: unknown, what: string): void {
  const [was, is] = [JSON.parse(JSON.stringify(logged)), JSON.parse(JSON.stringify(found))];
  const message = `seed ${seed}, ${what}: logged ${JSON.stringify(was)}, found ${JSON.stringify(is)}`;
  if (column?.fn.startsWith("decayed") === true) assert.ok(Math.abs(was - is) <= 1e-6, message);
  else assert.deepEqual(is, was, message);
}
