// What the random histories do not come to: beyond the bounds of estimates, and at the ends of what columns hold.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type pg from "pg";
import { limit } from "../../src/base/limit.ts";
import { silentLogger } from "../../src/base/log.ts";
import { type Running, startTenon } from "../../src/run.ts";
import { readFeatures } from "../../src/service/predict/read-features.ts";
import { postgres } from "../../src/sql/dialect/postgres.ts";
import { featureSql } from "../../src/sql/feature-sql.ts";
import { createReads, createRows } from "../../src/sql/relation.ts";
import { noPostgres, type Postgres, startPostgres } from "../engines/postgres.ts";

const skip = noPostgres;
const nowMs = Date.parse("2026-01-01T00:00:00Z");

const config = String.raw`import { c, defineApp, embedded, entity, event, features } from "tenon";
const a = entity("a");
const thing = event("thing", { a: c.ref(a), word: c.text().nullable(), real: c.real().nullable(), group: c.integer().nullable(), order: c.integer().nullable() });
const odd = ["it's", "a\\b", "line\n  break", "\u{1F600}"] as const;
const bounds = features("bounds", a, {
  words: thing.distinct("word").over("lifetime"),
  top: thing.topK("word", 5).over("lifetime"),
  top100: thing.topK("word", 100).over("lifetime"),
  groups: thing.count().by("group").over("lifetime"),
  low: thing.quantile("real", 0.05).over("lifetime"),
  high: thing.quantile("real", 0.95).over("lifetime"),
  sum: thing.sum("real").over("lifetime"),
  spread: thing.variance("real").over("lifetime"),
  least: thing.min("real").over("lifetime"),
  heavy: thing.decayedSum("real", "1s").over("lifetime"),
  recent: thing.decayedCount("1s").over("lifetime"),
  odd: thing.count({ word: odd }).over("lifetime"),
  even: thing.count({ word: { not: odd } }).over("lifetime"),
  newest: thing.lastN("word", 3).over("lifetime"),
  hopped: thing.count().over("1m").hop("7m"),
  ordered: thing.max("order").over("1d"),
});
export const app = defineApp({ name: "bounds", tenancy: "none", stores: { dev: () => embedded() }, use: [bounds] });
`;

interface Thing {
  readonly a: string;
  readonly at: number;
  readonly word?: string;
  readonly real?: number;
  readonly group?: number;
  readonly order?: number;
}

let server: Postgres;
let client: pg.Client;
let running: Running;
let dir: string;
before(async () => {
  if (skip !== false) return;
  server = await startPostgres();
  client = await server.connect();
  dir = await mkdtemp(join(tmpdir(), "tenon-bounds-"));
  const configFile = join(dir, "tenon.config.ts");
  await writeFile(configFile, config);
  const clock = { startMs: nowMs, rate: 0 };
  running = await startTenon({ configFile, dataDir: join(dir, "data"), logger: silentLogger, clock });
});
after(async () => {
  await client?.end();
  await running?.close();
  await server?.[Symbol.asyncDispose]();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

type Values = Readonly<Record<string, unknown>>;
let tenants = 0;

/** What Tenon reads of these rows, and what SQL does. */
async function both(things: readonly Thing[], at = nowMs): Promise<{ readonly tenon: Values; readonly sql: Values }> {
  const { tenon } = running;
  const name = `t${tenants++}`;
  const tenant = await tenon.metadata.tenant(name);
  for (let i = 0; i < things.length; i += limit.itemsMax / 10) {
    const rows = things.slice(i, i + limit.itemsMax / 10).map((thing, place) => ({ id: `${i + place}`, ...thing }));
    const { accepted } = await tenon.ingest(tenant, "thing", rows, { latencyMs: 0 });
    assert.equal(accepted, rows.length);
  }
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
  const query = {
    set: "bounds",
    keys: [{ a: "k" }],
    atMs: at,
    asOf: "served" as const,
    columns: undefined,
    brief: true,
  };
  const [row] = readFeatures(tenon.serving, tenant, { ...query, seqMax: undefined }).rows;
  const { plan } = tenon.build.app;
  const set = plan.featureSets[0];
  await client.query("DROP TABLE IF EXISTS tenon_reads, tenon_event_thing");
  await client.query(`${createReads(set, postgres)}; ${createRows(plan.events[0], postgres)}`);
  const rows = things.map((thing, _position) => ({
    _tenant: name,
    _position,
    _at: thing.at,
    _received_at: thing.at,
    ...thing,
  }));
  await client.query(
    "INSERT INTO tenon_event_thing SELECT * FROM json_populate_recordset(NULL::tenon_event_thing, $1)",
    [JSON.stringify(rows)],
  );
  await client.query("INSERT INTO tenon_reads VALUES (1, $1, 'k', $2, 'served', NULL)", [name, at]);
  const found = await client.query<Values>(featureSql(plan, set, postgres));
  assert.equal(found.rows.length, 1);
  return { tenon: row.values, sql: found.rows[0] };
}

const spread = (count: number, of: (i: number) => Omit<Thing, "a" | "at">): Thing[] =>
  Array.from({ length: count }, (_, i) => ({ a: "k", at: nowMs - count + i, ...of(i) }));

test("distinct is exact in SQL, and beyond its bound Tenon's estimate is within its error", { skip }, async () => {
  const within = await both(spread(limit.distinctMax, (i) => ({ word: `w${i}` })));
  assert.equal(Number(within.sql.words_lifetime), limit.distinctMax);
  assert.equal(within.tenon.words_lifetime, limit.distinctMax);
  const beyond = await both(spread(5_000, (i) => ({ word: `w${i % 2_500}` })));
  assert.equal(Number(beyond.sql.words_lifetime), 2_500);
  // Four standard errors.
  assert.ok(Math.abs(Number(beyond.tenon.words_lifetime) - 2_500) <= 4 * 0.016 * 2_500);
});

test("topK is exact in SQL, and beyond its bound Tenon's counts are too low by a thousandth of the rows at most", {
  skip,
}, async () => {
  const rows = 6_000;
  const { tenon, sql } = await both(spread(rows, (i) => ({ word: i % 3 === 0 ? `often${i % 5}` : `w${i}` })));
  const often = Array.from({ length: 5 }, (_, i) => ({ value: `often${i}`, count: 400 }));
  assert.deepEqual(sql.top_lifetime, often);
  assert.ok(Array.isArray(tenon.top_lifetime));
  for (const [i, { value, count }] of tenon.top_lifetime.entries()) {
    assert.equal(value, often[i].value);
    assert.ok(count <= 400 && count >= 400 - rows / limit.topValuesMax, `${value}: ${count}`);
  }
});

test("ties of topK are in the order of characters in SQL; JavaScript's differs beyond the basic plane alone", {
  skip,
}, async () => {
  const words = ["\u{FF5E}", "\u{1F600}", "Z", "a", "ä", "_"];
  const { tenon, sql } = await both(spread(words.length, (i) => ({ word: words[i] })));
  const valuesOf = (counts: unknown): unknown => Array.isArray(counts) && counts.map(({ value }) => value);
  assert.deepEqual(valuesOf(sql.top100_lifetime), ["Z", "_", "a", "ä", "\u{FF5E}", "\u{1F600}"]);
  assert.deepEqual(valuesOf(tenon.top100_lifetime), ["Z", "_", "a", "ä", "\u{1F600}", "\u{FF5E}"]);
});

test("a map has 256 groups, and one more makes it null", { skip }, async () => {
  const full = await both(spread(600, (i) => ({ group: i % limit.groupsMax })));
  assert.equal(Object.keys(Object(full.sql.groups_lifetime)).length, limit.groupsMax);
  assert.deepEqual(full.sql.groups_lifetime, full.tenon.groups_lifetime);
  const over = await both(spread(600, (i) => ({ group: i % (limit.groupsMax + 1) })));
  assert.deepEqual([over.sql.groups_lifetime, over.tenon.groups_lifetime], [null, null]);
});

test("a quantile is exact in SQL; Tenon's is at most 1/128 below it, or 0 for magnitudes beyond its buckets", {
  skip,
}, async () => {
  // 60 powers of two, of which the sketch keeps the 32 largest.
  const { tenon, sql } = await both(
    spread(60 * 128, (i) => ({ real: 2 ** (Math.floor(i / 128) - 30) * (1 + (i % 128) / 128) })),
  );
  assert.equal(sql.low_lifetime, 2 ** -28 * (1 + 127 / 128));
  assert.equal(tenon.low_lifetime, 0);
  const high = Number(sql.high_lifetime);
  assert.ok(Number(tenon.high_lifetime) <= high && (high - Number(tenon.high_lifetime)) * 128 <= high);
});

test("doubles at the ends of their range neither overflow nor underflow", { skip }, async () => {
  const reals = [1e150, -1e150, 5e-324, 1e-300, -0, 0, 3, 1e-160];
  // From now to 2,000 half-lives ago.
  const things = reals.flatMap((real, i) => [
    { a: "k", at: nowMs - 1 - i, real },
    { a: "k", at: nowMs - 2_000_000 - i, real },
    { a: "k", at: nowMs - 501_000 - i, real },
  ]);
  const { tenon, sql } = await both(things);
  const magnitude = 6e150;
  for (const name of ["sum_lifetime", "heavy_lifetime", "recent_lifetime"])
    assert.ok(Math.abs(Number(sql[name]) - Number(tenon[name])) <= 1e-9 * magnitude, name);
  assert.ok(Math.abs(Number(sql.recent_lifetime) - Number(tenon.recent_lifetime)) <= 1e-9 * reals.length);
  const old = await both(things.filter(({ at }) => at < nowMs - 500_000));
  assert.equal(old.sql.heavy_lifetime, 0);
  assert.ok(Math.abs(Number(old.tenon.heavy_lifetime)) <= 2 ** -500 * magnitude);
  // Tenon's variance is stated up to here.
  const wide = await both(spread(4, (i) => ({ real: [1e140, -1e140, 1e-140, 0][i] })));
  assert.ok(Math.abs(Number(wide.sql.spread_lifetime) - Number(wide.tenon.spread_lifetime)) <= 1e-9 * 5e279);
  const zero = await both(spread(2, (i) => ({ real: [0, -0][i] })));
  assert.ok(Object.is(zero.sql.least_lifetime, 0));
});

test("a filter's texts may hold anything", { skip }, async () => {
  const words = ["it's", "a\\b", "line\n  break", "\u{1F600}", "a\\\\b", "line\nbreak", "its"];
  const { tenon, sql } = await both(spread(words.length + 1, (i) => (i < words.length ? { word: words[i] } : {})));
  assert.deepEqual([Number(sql.odd_lifetime), Number(sql.even_lifetime)], [4, 4]);
  assert.deepEqual([tenon.odd_lifetime, tenon.even_lifetime], [4, 4]);
  assert.deepEqual(sql.newest_lifetime, tenon.newest_lifetime);
});

test("a hop of a time before 1970 is floored, too", { skip }, async () => {
  const things = Array.from({ length: 40 }, (_, i) => ({ a: "k", at: -600_000 + i * 20_000 }));
  for (const at of [-1, -420_000, -419_999, -360_001, 1, 60_000]) {
    const { tenon, sql } = await both(things, at);
    assert.equal(Number(sql.hopped_1m), tenon.hopped_1m, `at ${at}`);
  }
});

test("names may be words of SQL, and a key without rows reads as empty", { skip }, async () => {
  const { tenon, sql } = await both([{ a: "other", at: nowMs - 1, order: 5 }]);
  assert.deepEqual([sql.ordered_1d, tenon.ordered_1d], [null, null]);
  assert.deepEqual([sql.groups_lifetime, tenon.groups_lifetime], [{}, {}]);
  assert.deepEqual([sql.top_lifetime, sql.newest_lifetime, Number(sql.words_lifetime)], [null, null, 0]);
  assert.deepEqual([sql.sum_lifetime, sql.recent_lifetime, sql.spread_lifetime], [0, 0, null]);
});
