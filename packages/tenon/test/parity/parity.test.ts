import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { type Random, randomBelow, seededRandom } from "../../src/base/random.ts";
import { SqliteLogReader } from "../../src/drivers/sqlite/log-reader.ts";
import { startTenon } from "../../src/run.ts";
import { retractEvents } from "../../src/service/ingest/retract.ts";
import { buildDataset, type Dataset, exampleStatus } from "../../src/service/learn/dataset.ts";
import { readFeatures } from "../../src/service/predict/read-features.ts";
import { bruteForce, type PutPlan, planAt, type SentThing, type Value } from "./brute-force.ts";
import { isMany, type RandomApp, type RandomColumn, randomApp } from "./random-app.ts";

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.TENON_PARITY_ROUNDS ?? 3);
const startMs = Date.parse("2026-01-01T00:00:00Z");
const thingsPerRound = 1_500;
const readsPerRound = 120;

const quarter = (random: Random): number => Math.round((random() - 0.5) * 2 ** 34) / 2 ** 24;

function randomThing(random: Random, clock: number, order: number): SentThing {
  const isLate = random() < 0.2;
  return {
    id: `t${order}`,
    at: isLate ? clock - randomBelow(random, 6 * 3_600_000) : clock - randomBelow(random, 3),
    receivedAt: clock,
    order,
    a: `a${randomBelow(random, 3)}`,
    b: randomBelow(random, 40),
    whole: randomBelow(random, 2_000) - 1_000,
    money: random() < 0.2 ? null : randomBelow(random, 100_000) / 100,
    real: random() < 0.2 ? null : quarter(random),
    word: random() < 0.2 ? null : `w${randomBelow(random, 30)}`,
    tier: random() < 0.2 ? null : ["free", "team", "pro"][randomBelow(random, 3)],
    when: random() < 0.2 ? null : new Date(clock - 1_000 * randomBelow(random, 50)).toISOString(),
    flag: random() < 0.5,
  };
}

const rowOf = ({ receivedAt: _, order: __, retractedAt: ___, ...row }: SentThing): object => row;

test(`online = brute force = training set, for random definitions over random histories (seed ${seed})`, {
  timeout: 300_000,
}, async () => {
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round++) await oneRound(random, round);
});

/** Takes a few things back, some of them again. */
async function retractSome(random: Random, tenon: Tenon, tenant: number, things: readonly SentThing[]): Promise<void> {
  const chosen = new Set(Array.from({ length: 3 }, () => things[randomBelow(random, things.length)]));
  const fresh = [...chosen].filter(({ retractedAt }) => retractedAt === undefined);
  const answer = await retractEvents(tenon, tenant, "thing", [...[...chosen].map(({ id }) => id), "nobody"]);
  assert.deepEqual(answer.unknown, ["nobody"]);
  assert.deepEqual([answer.retracted, answer.duplicate], [fresh.length, chosen.size - fresh.length]);
  for (const thing of fresh) thing.retractedAt = tenon.clock.nowMs();
}

/** Puts a few rows, some of them for a time before, some of them at one time, some to take their key out. */
async function putPlans(random: Random, tenon: Tenon, tenant: number, puts: PutPlan[]): Promise<void> {
  const clock = tenon.clock.nowMs();
  const fresh = Array.from({ length: 1 + randomBelow(random, 3) }, (_, i): PutPlan => {
    const before = random() < 0.3 ? randomBelow(random, 3_600_000) : randomBelow(random, 2);
    const row = {
      tier: random() < 0.3 ? null : ["free", "team", "pro"][randomBelow(random, 3)],
      seats: randomBelow(random, 100),
      rate: randomBelow(random, 10_000) / 100,
      note: random() < 0.3 ? null : `n${randomBelow(random, 20)}`,
      since: new Date(clock - 1_000 * randomBelow(random, 50)).toISOString(),
      live: random() < 0.5,
    };
    const isDelete = random() < 0.15;
    return {
      a: `a${randomBelow(random, 3)}`,
      validFrom: clock - before,
      receivedAt: clock,
      order: puts.length + i,
      row: isDelete ? undefined : row,
    };
  });
  const rows = fresh.map(({ a, validFrom, row }) => ({ a, validFrom, ...(row ?? { deleted: true }) }));
  const answer = await tenon.put(tenant, "plan", rows);
  assert.equal(answer.accepted, fresh.length, JSON.stringify(answer.rejected[0]));
  puts.push(...fresh);
}

function comparePlan(random: Random, tenon: Tenon, tenant: number, puts: readonly PutPlan[], ttlMs: number): void {
  if (puts.length === 0) return;
  const a = `a${randomBelow(random, 4)}`;
  const anchor = puts[randomBelow(random, puts.length)];
  const at = anchor.validFrom + (random() < 0.3 ? 0 : randomBelow(random, 700_000) - 1_000);
  const asOf = random() < 0.5 ? ("served" as const) : ("corrected" as const);
  const query = { set: "plan", keys: [{ a }], atMs: at, seqMax: undefined, asOf, columns: undefined, brief: false };
  const [{ values, statuses = {} }] = readFeatures(tenon.serving, tenant, query).rows;
  const knownAt = asOf === "served" ? at : Number.POSITIVE_INFINITY;
  const { row, isOld } = planAt(puts, a, { at, knownAt, ttlMs });
  const what = `seed ${seed}: plan of ${a} at ${at} ${asOf}`;
  assert.deepEqual(JSON.parse(JSON.stringify(values)), row ?? noPlan, what);
  for (const [name, status] of Object.entries(statuses)) {
    const value = row === undefined ? undefined : row[name];
    const expected = value === undefined ? (isOld ? "expired" : "not-found") : value === null ? "null" : "present";
    assert.equal(status, expected, `${what}: status of ${name}`);
  }
}

const noPlan = { tier: null, seats: null, rate: null, note: null, since: null, live: null };

async function oneRound(random: Random, round: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "tenon-parity-"));
  const app = randomApp(random);
  await writeFile(join(dir, "tenon.config.ts"), app.config);
  const running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
    clock: { startMs, rate: 0 },
  });
  try {
    const { tenon } = running;
    const tenant = await tenon.metadata.tenant("default");
    const things: SentThing[] = [];
    const asked: { id: string; at: number; a: string; b: number }[] = [];
    const worth = new Map<string, number>();
    const puts: PutPlan[] = [];
    while (things.length < thingsPerRound) {
      tenon.clock.advanceTo(tenon.clock.nowMs() + 1 + randomBelow(random, random() < 0.02 ? 3_600_000 : 4_000));
      const clock = tenon.clock.nowMs();
      const batch = Array.from({ length: 1 + randomBelow(random, 20) }, (_, i) =>
        randomThing(random, clock, things.length + i),
      );
      const again = things.length > 0 && random() < 0.3 ? [things[randomBelow(random, things.length)]] : [];
      const answer = await tenon.ingest(tenant, "thing", [...again, ...batch].map(rowOf));
      assert.equal(answer.accepted, batch.length, JSON.stringify(answer.rejected[0]));
      assert.equal(answer.duplicate, again.length);
      things.push(...batch);
      if (random() < 0.2) await retractSome(random, tenon, tenant, things);
      if (random() < 0.3) await putPlans(random, tenon, tenant, puts);
      const spine = { id: `q${worth.size}`, at: clock, a: `a${randomBelow(random, 4)}`, b: randomBelow(random, 41) };
      await tenon.ingest(tenant, "asked", [spine]);
      asked.push(spine);
      const outcome = randomBelow(random, 30);
      worth.set(spine.id, outcome);
      if (random() < 0.05) {
        await retractEvents(tenon, tenant, "asked", [spine.id]);
        asked.pop();
      }
      await tenon.ingest(tenant, "answer", [{ id: `r${spine.id}`, at: clock, asked: spine.id, worth: outcome }]);
    }
    assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
    for (let i = 0; i < readsPerRound; i++) compareRead(random, running.tenon, tenant, app, things, round);
    for (let i = 0; i < readsPerRound; i++) comparePlan(random, tenon, tenant, puts, app.planTtlMs);
    compareDataset(running, app, { things, asked, worth, puts });
  } finally {
    await running.close();
    await rm(dir, { recursive: true, force: true });
  }
}

type Running = Awaited<ReturnType<typeof startTenon>>;
type Tenon = Running["tenon"];

function compareRead(
  random: Random,
  tenon: Running["tenon"],
  tenant: number,
  app: RandomApp,
  things: readonly SentThing[],
  round: number,
): void {
  const set = random() < 0.5 ? "by_a" : "by_b";
  const key = set === "by_a" ? `a${randomBelow(random, 4)}` : randomBelow(random, 41);
  const anchor = things[randomBelow(random, things.length)];
  const at =
    random() < 0.3
      ? anchor.at
      : random() < 0.5
        ? anchor.receivedAt + randomBelow(random, 100_000)
        : tenon.clock.nowMs();
  const asOf = random() < 0.5 ? ("served" as const) : ("corrected" as const);
  const keys = [set === "by_a" ? { a: key } : { b: key }];
  const { rows } = readFeatures(tenon.serving, tenant, {
    set,
    keys,
    atMs: at,
    seqMax: undefined,
    asOf,
    columns: undefined,
    brief: false,
  });
  for (const column of app.columns.filter((candidate) => candidate.set === set)) {
    const expected = bruteForce(things, column, key, at, asOf === "served" ? at : Number.POSITIVE_INFINITY);
    assertEqual(
      column,
      rows[0].values[column.name],
      expected,
      `round ${round}, ${JSON.stringify(column)} of ${key} at ${at} ${asOf}`,
    );
  }
}

/** To the column's declared exactness: the same bits, or 1e-9 where weights are rounded. */
function assertEqual(column: RandomColumn, read: unknown, expected: Value, what: string): void {
  const found: unknown = read === undefined ? null : JSON.parse(JSON.stringify(read));
  const message = `seed ${seed}, ${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`;
  if (column.fn.startsWith("decayed"))
    // Of the sum of magnitudes, which are at most 1,000 each.
    assert.ok(Math.abs(Number(found) - Number(expected)) <= 1e-9 * thingsPerRound * 1_000, message);
  else assert.deepEqual(found, JSON.parse(JSON.stringify(expected)), message);
}

/** What the test sent. */
interface Sent {
  readonly things: readonly SentThing[];
  readonly asked: readonly { id: string; at: number; a: string; b: number }[];
  readonly worth: ReadonlyMap<string, number>;
  readonly puts: readonly PutPlan[];
}

function compareDataset(running: Running, app: RandomApp, { things, asked, worth, puts }: Sent): void {
  const { tenon, dataDir } = running;
  const log = new SqliteLogReader(join(dataDir, "log"));
  const dataset = buildDataset(tenon.build.app, "next", log, tenon.catalogue, {
    seqMax: tenon.log.lastSeq,
    nowMs: tenon.clock.nowMs(),
    rowsMax: 1_000_000,
    asOf: "served",
    onProgress: () => {},
  });
  log.close();
  assert.equal(dataset.rowCount, asked.length, "exactly one row per spine row");
  const byId = new Map(asked.map((spine) => [spine.id, spine]));
  const columns = dataset.columns.finish();
  for (let row = 0; row < dataset.rowCount; row++) {
    const spine = byId.get(dataset.ids[row])!;
    compareLabel(dataset, row, spine, worth.get(spine.id)!, tenon.clock.nowMs());
    for (const column of app.columns) compareCell(columns, column, row, spine, things);
    const plan = planAt(puts, spine.a, { at: spine.at, knownAt: spine.at, ttlMs: app.planTtlMs }).row ?? noPlan;
    for (const [name, value] of Object.entries(plan)) {
      const input = name === "since" && value !== null ? Date.parse(String(value)) : value;
      const expected = typeof input === "boolean" ? Number(input) : input;
      assert.equal(
        cellOf(columns, `plan.${name}`, row),
        expected,
        `seed ${seed}: training set, plan.${name} at ${spine.at}`,
      );
    }
  }
}

function compareLabel(
  dataset: Dataset,
  row: number,
  spine: { readonly at: number },
  worth: number,
  nowMs: number,
): void {
  const isMature = spine.at + 660_000 <= nowMs;
  assert.equal(dataset.status[row], isMature ? exampleStatus.labelled : exampleStatus.immature);
  if (isMature) assert.equal(dataset.label[row], worth > 10 ? 1 : 0);
}

function compareCell(
  columns: ReturnType<Dataset["columns"]["finish"]>,
  column: RandomColumn,
  row: number,
  spine: { readonly at: number; readonly a: string; readonly b: number },
  things: readonly SentThing[],
): void {
  const name = isMany(column) ? `many_${column.set.slice(-1)}.${column.name}` : `${column.set}.${column.name}`;
  const one = cellOf(columns, name, row);
  const shown = isMany(column) ? JSON.parse(String(one)) : one;
  const expected = bruteForce(things, column, column.set === "by_a" ? spine.a : spine.b, spine.at, spine.at);
  assertEqual(column, shown, asInput(column, expected), `training set, ${JSON.stringify(column)} at ${spine.at}`);
}

function cellOf(columns: ReturnType<Dataset["columns"]["finish"]>, name: string, row: number): string | number | null {
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
