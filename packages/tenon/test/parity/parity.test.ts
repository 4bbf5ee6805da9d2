import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { type Random, randomBelow, seededRandom } from "../../src/base/random.ts";
import { SqliteLogReader } from "../../src/drivers/sqlite/log-reader.ts";
import { type Running, startTenon } from "../../src/run.ts";
import { buildDataset, type Dataset, exampleStatus } from "../../src/service/learn/dataset.ts";
import { readFeatures } from "../../src/service/predict/read-features.ts";
import { noPostgres, startPostgres } from "../engines/postgres.ts";
import { bruteForce, planAt, type Value } from "./brute-force.ts";
import { type Asked, History, type Tenon } from "./history.ts";
import { isMany, type RandomApp, type RandomColumn, randomApp } from "./random-app.ts";
import { SqlProof } from "./sql-proof.ts";

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Each tenant of each random app is a history of its own; 20,000 by flag. */
const histories = Number(process.env.TENON_PARITY_HISTORIES ?? 500);
/** Makes one round again: each has its own seed. */
const onlyRound = process.env.TENON_PARITY_ROUND === undefined ? undefined : Number(process.env.TENON_PARITY_ROUND);
/** A function that every app has, and more reads: what the test of mutants asks for. */
const must = process.env.TENON_PARITY_FUNCTION;
const readsFactor = Number(process.env.TENON_PARITY_READS ?? 1);
/** Whether the same reads go through the generated SQL: the test of mutants says no where it breaks the engine. */
const noSql = process.env.TENON_PARITY_SQL === "none" ? "TENON_PARITY_SQL=none" : noPostgres;
let provedBySql = 0;
let readFromLog = 0;
const startMs = Date.parse("2026-01-01T00:00:00Z");

/** An app is many short histories, or a few long ones whose lanes grow trees. */
const shapes = [
  { tenants: 40, things: 60, reads: 12 },
  { tenants: 20, things: 120, reads: 12 },
  { tenants: 2, things: 1_500, reads: 120 },
] as const;
const restartsMax = 2;
/** Odd, so that no two rounds have one seed. */
const roundSeedStep = 0x9e3779b1;

test(`online = brute force = training set, for random definitions over ${histories} random histories (seed ${seed})`, {
  timeout: 20 * 60_000 + histories * 2_000,
}, async () => {
  await using postgres = noSql === false ? await startPostgres() : undefined;
  const client = await postgres?.connect();
  const proof = client === undefined ? undefined : new SqlProof(client);
  for (let done = 0, round = 0; done < histories; round++) {
    const shape = shapes[round % shapes.length];
    done += shape.tenants;
    if (onlyRound !== undefined && round !== onlyRound) continue;
    await oneRound(seededRandom((seed + round * roundSeedStep) % 2 ** 32), round, shape, proof);
  }
  provedBySql = proof?.count ?? 0;
  await client?.end();
});

/** Where few rounds run, chance may have kept them all from what is counted. */
const few = histories < 500 || onlyRound !== undefined ? "fewer than 500 histories" : false;

test("and = the values made anew from the log, behind what is kept online", { skip: few }, () => {
  assert.ok(readFromLog >= histories / 50, `${readFromLog} reads were compared above`);
});

test("and = the generated SQL on PostgreSQL", { skip: noSql || few }, () => {
  assert.ok(provedBySql >= histories, `${provedBySql} values were compared above`);
});

async function oneRound(
  random: Random,
  round: number,
  shape: (typeof shapes)[number],
  proof: SqlProof | undefined,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-parity-"));
  const isShort = round % 6 === 5;
  const app = randomApp(random, { must, isShort });
  await writeFile(join(dir, "tenon.config.ts"), app.config);
  const start = (): Promise<Running> =>
    startTenon({
      configFile: join(dir, "tenon.config.ts"),
      dataDir: join(dir, "data"),
      logger: silentLogger,
      clock: { startMs, rate: 0 },
    });
  let running = await start();
  try {
    const sent = await Promise.all(
      Array.from({ length: shape.tenants }, async (_, i) => {
        const tenant = await running.tenon.metadata.tenant(`t${i}`);
        return new History(random, tenant);
      }),
    );
    let restarts = 0;
    for (let open = sent; open.length > 0; open = open.filter(({ things }) => things.length < shape.things)) {
      const { clock } = running.tenon;
      clock.advanceTo(clock.nowMs() + 1 + randomBelow(random, random() < 0.02 ? 3_600_000 : 4_000));
      await open[randomBelow(random, open.length)].step(running.tenon);
      if (restarts < restartsMax && random() < 0.01) {
        restarts++;
        await running.close();
        running = await start();
      }
    }
    const { tenon } = running;
    assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
    const reading: Reading = { random, tenon, app, isShort, round, proof };
    for (const history of sent) {
      for (let i = 0; i < shape.reads * readsFactor; i++) await compareRead(reading, history);
      for (let i = 0; i < (shape.reads * readsFactor) / 2; i++) comparePlan(reading, history);
    }
    await proof?.check(tenon.build.app.plan, app.columns, sent, `seed ${seed}, round ${round}`);
    compareDataset(running, app, sent);
  } finally {
    await running.close();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Reading {
  readonly random: Random;
  readonly tenon: Tenon;
  readonly app: RandomApp;
  /** Whether the online store keeps little: half the reads look behind it. */
  readonly isShort: boolean;
  readonly round: number;
  /** Takes the same reads, where there is a PostgreSQL. */
  readonly proof: SqlProof | undefined;
}

/** A read now or before, as served or as corrected, at the newest position or at one of before. */
async function compareRead({ random, tenon, app, isShort, round, proof }: Reading, history: History): Promise<void> {
  const { things, positions, tenant } = history;
  const set = random() < 0.5 ? "by_a" : "by_b";
  const isBehind = isShort && random() < 0.5;
  const anchor = isBehind ? oneOfOldest(random, things) : things[randomBelow(random, things.length)];
  const isOwn = random() < 0.5;
  const key =
    set === "by_a" ? (isOwn ? anchor.a : `a${randomBelow(random, 4)}`) : isOwn ? anchor.b : randomBelow(random, 41);
  const at =
    isBehind || random() < 0.3
      ? anchor.at
      : random() < 0.5
        ? anchor.receivedAt + randomBelow(random, 100_000)
        : tenon.clock.nowMs();
  const asOf = random() < 0.5 ? ("served" as const) : ("corrected" as const);
  const seqMax = random() < 0.3 ? positions[randomBelow(random, positions.length)] : undefined;
  const keys = [set === "by_a" ? { a: key } : { b: key }];
  const query = { set, keys, atMs: at, seqMax, asOf, columns: undefined, brief: false };
  const { rows, archive } = await tenon.features(tenant, query);
  if (archive) readFromLog++;
  const known = { at: asOf === "served" ? at : Number.POSITIVE_INFINITY, seqMax: seqMax ?? Number.POSITIVE_INFINITY };
  const expected = new Map<string, Value>();
  for (const column of app.columns.filter((candidate) => candidate.set === set)) {
    const value = bruteForce(things, column, key, at, known);
    expected.set(column.name, value);
    assertEqual(
      column,
      rows[0].values[column.name],
      value,
      `TENON_PARITY_ROUND=${round}, tenant ${tenant}, ${JSON.stringify(column)} of ${key} at ${at} ${asOf}, position ${seqMax}`,
    );
  }
  proof?.add(set, { history, key, at, asOf, seqMax, expected });
}

function oneOfOldest(random: Random, things: History["things"]): History["things"][number] {
  const oldest = things.toSorted((a, b) => a.at - b.at).slice(0, Math.ceil(things.length / 10));
  return oldest[randomBelow(random, oldest.length)];
}

function comparePlan({ random, tenon, app, proof }: Reading, history: History): void {
  const { puts, tenant } = history;
  const ttlMs = app.planTtlMs;
  if (puts.length === 0) return;
  const a = `a${randomBelow(random, 4)}`;
  const anchor = puts[randomBelow(random, puts.length)];
  // At the two ends of a row's life, too.
  const end = Number.isFinite(ttlMs) && random() < 0.3 ? ttlMs - randomBelow(random, 2) : 0;
  const at = anchor.validFrom + (end > 0 || random() < 0.3 ? end : randomBelow(random, 700_000) - 1_000);
  const asOf = random() < 0.5 ? ("served" as const) : ("corrected" as const);
  const query = { set: "plan", keys: [{ a }], atMs: at, seqMax: undefined, asOf, columns: undefined, brief: false };
  const [{ values, statuses = {} }] = readFeatures(tenon.serving, tenant, query).rows;
  const knownAt = asOf === "served" ? at : Number.POSITIVE_INFINITY;
  const { row, isOld } = planAt(puts, a, { at, knownAt, ttlMs });
  const what = `seed ${seed}: plan of ${a} at ${at} ${asOf}`;
  assert.deepEqual(JSON.parse(JSON.stringify(values)), row ?? noPlan, what);
  proof?.add("plan", {
    history,
    key: a,
    at,
    asOf,
    seqMax: undefined,
    expected: new Map(Object.entries(row ?? noPlan)),
  });
  for (const [name, status] of Object.entries(statuses)) {
    const value = row === undefined ? undefined : row[name];
    const expected = value === undefined ? (isOld ? "expired" : "not-found") : value === null ? "null" : "present";
    assert.equal(status, expected, `${what}: status of ${name}`);
  }
}

const noPlan = { tier: null, seats: null, rate: null, note: null, since: null, live: null };

/** To the column's declared exactness: the same bits, or 1e-9 of the sum of magnitudes where weights are rounded. */
function assertEqual(column: RandomColumn, read: unknown, expected: Value, what: string): void {
  const found: unknown = read === undefined ? null : JSON.parse(JSON.stringify(read));
  const message = `seed ${seed}, ${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`;
  if (column.fn.startsWith("decayed")) assert.ok(Math.abs(Number(found) - Number(expected)) <= 1e-6, message);
  else assert.deepEqual(found, JSON.parse(JSON.stringify(expected)), message);
}

type Columns = ReturnType<Dataset["columns"]["finish"]>;

function compareDataset({ tenon, dataDir }: Running, app: RandomApp, sent: readonly History[]): void {
  const log = new SqliteLogReader(join(dataDir, "log"));
  const dataset = buildDataset(tenon.build.app, "next", log, tenon.catalogue, {
    seqMax: tenon.log.lastSeq,
    nowMs: tenon.clock.nowMs(),
    rowsMax: 1_000_000,
    asOf: "served",
    onProgress: () => {},
  });
  log.close();
  const asked = sent.flatMap((history) => history.asked.map((spine) => ({ spine, history })));
  assert.equal(dataset.rowCount, asked.length, "exactly one row per spine row");
  const byId = new Map(asked.map((one) => [`${one.history.tenant}/${one.spine.id}`, one]));
  const columns = dataset.columns.finish();
  for (let row = 0; row < dataset.rowCount; row++) {
    const { spine, history } = byId.get(`${dataset.tenants[row]}/${dataset.ids[row]}`)!;
    compareLabel(dataset, row, spine, tenon.clock.nowMs());
    for (const column of app.columns) compareCell(columns, column, row, spine, history);
    comparePlanCells(columns, row, spine, history, app.planTtlMs);
  }
}

function compareLabel(dataset: Dataset, row: number, spine: Asked, nowMs: number): void {
  const isMature = spine.at + 660_000 <= nowMs;
  assert.equal(dataset.status[row], isMature ? exampleStatus.labelled : exampleStatus.immature);
  if (isMature) assert.equal(dataset.label[row], spine.worth > 10 ? 1 : 0);
}

function compareCell(columns: Columns, column: RandomColumn, row: number, spine: Asked, { things }: History): void {
  const name = isMany(column) ? `many_${column.set.slice(-1)}.${column.name}` : `${column.set}.${column.name}`;
  const one = cellOf(columns, name, row);
  const shown = isMany(column) ? JSON.parse(String(one)) : one;
  const known = { at: spine.at, seqMax: Number.POSITIVE_INFINITY };
  const expected = bruteForce(things, column, column.set === "by_a" ? spine.a : spine.b, spine.at, known);
  assertEqual(
    column,
    shown,
    asInput(column, expected),
    `training set, ${JSON.stringify(column)} of ${spine.id} at ${spine.at}`,
  );
}

function comparePlanCells(columns: Columns, row: number, spine: Asked, { puts }: History, ttlMs: number): void {
  const plan = planAt(puts, spine.a, { at: spine.at, knownAt: spine.at, ttlMs }).row ?? noPlan;
  for (const [name, value] of Object.entries(plan)) {
    const input = name === "since" && value !== null ? Date.parse(String(value)) : value;
    const expected = typeof input === "boolean" ? Number(input) : input;
    const found = cellOf(columns, `plan.${name}`, row);
    assert.equal(found, expected, `seed ${seed}: training set, plan.${name} at ${spine.at}`);
  }
}

function cellOf(columns: Columns, name: string, row: number): string | number | null {
  const found = columns.find((candidate) => candidate.name === name);
  const number = found === undefined ? Number.NaN : found.values[row];
  return Number.isNaN(number) ? null : found?.kind === "category" ? found.categories[number] : number;
}

/** A model takes flags as 0 and 1 and times in milliseconds. */
function asInput(column: RandomColumn, value: Value): Value {
  if (isMany(column)) return value;
  if (typeof value === "boolean") return Number(value);
  return column.fn !== "distinct" && column.column === "when" && typeof value === "string" ? Date.parse(value) : value;
}
