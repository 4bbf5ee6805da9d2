import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { noPostgres, type Postgres, startPostgres } from "../engines/postgres.ts";
import { begin, type Dev, type Ended, folder, startDev, tenon } from "./command-line.ts";
import { csvRows, goodAccounts, scoreConfig } from "./score-app.ts";

const rowCount = 3_000;
const scored = rowCount * 0.9;

let at: Awaited<ReturnType<typeof folder>>;
let dev: Dev;
let postgres: Postgres;
before(async () => {
  if (noPostgres !== false) return;
  postgres = await startPostgres();
  process.env.SCORES_URL = postgres.url;
  at = await folder();
  await writeFile(join(at.dir, "tenon.config.ts"), scoreConfig);
  await writeFile(join(at.dir, "rows.csv"), csvRows(rowCount));
  dev = await startDev(at.dir);
});
after(async () => {
  await dev?.stop();
  await at?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});

const scoreArgs = (table: string, ...more: string[]): readonly string[] => [
  ...["score", "rule", "--for", "rows.csv", "--to", `postgres:${table}`, "--url-from-env", "SCORES_URL", "--json"],
  ...more,
];
const score = (table: string, ...more: string[]): Promise<Ended> => tenon(at.dir, ...scoreArgs(table, ...more));

const skip = noPostgres;

test("a table is made with the types of the columns, and holds each row once", { skip }, async () => {
  const { values, stderr } = await score("scores", "--explain", "features");
  assert.equal(values[0]?.scored, scored, stderr);
  const columns = await postgres.query(
    "select column_name, data_type from information_schema.columns where table_name = 'scores' order by ordinal_position",
  );
  assert.deepEqual(
    columns.map(({ column_name, data_type }) => [column_name, data_type]),
    [
      ["account", "text"],
      ["cents", "bigint"],
      ["score", "double precision"],
      ["verdict", "text"],
      ["model", "text"],
      ["predicted_at", "timestamp with time zone"],
      ["prediction_id", "text"],
      ["degraded", "ARRAY"],
      ["features", "jsonb"],
    ],
  );
  const rows = await postgres.query("select * from scores order by cents");
  assert.deepEqual(
    rows.map(({ account }) => account),
    goodAccounts(rowCount),
  );
  const { predicted_at, prediction_id, ...row } = rows[7]!;
  assert.ok(predicted_at instanceof Date && Math.abs(predicted_at.getTime() - Date.now()) < 600_000);
  assert.match(String(prediction_id), /^[0-9a-f-]{36}$/);
  assert.deepEqual(row, {
    ...{ account: "a7", cents: "7", score: 1.75, verdict: "low", model: "rule", degraded: [], features: {} },
  });
});

test("names are quoted, whatever they hold", { skip }, async () => {
  await postgres.query('create schema "my ""own"""');
  const { values, stderr } = await score(`my "own".drop table scores; --'`);
  assert.equal(values[0]?.scored, scored, stderr);
  const [{ n }] = (await postgres.query(`select count(*)::int n from "my ""own"""."drop table scores; --'"`)) as {
    n: number;
  }[];
  assert.equal(n, scored);
  assert.match((await score("a.b.c")).stderr, /schema\.name/);
  assert.match((await score("x".repeat(64))).stderr, /sql\.name/);
});

test("readers see the old rows or the new ones, in every isolation level, and wait for none", { skip }, async () => {
  await postgres.query(
    "create table swapped (account text primary key, score double precision, note text default 'kept')",
  );
  await postgres.query("create index by_score on swapped (score)");
  await postgres.query("insert into swapped select 'old' || i, -1 from generate_series(1, 500) i");
  await postgres.query("create view best as select account, score from swapped where score > 700");
  await postgres.query("create role reader; grant select on swapped to reader; grant select on best to reader");
  const seen = new Set<string>();
  let longestMs = 0;
  let isOver = false;
  const repeatable = await postgres.connect();
  await repeatable.query("begin isolation level repeatable read; select 1 from pg_class limit 1");
  const reader = await postgres.connect();
  await reader.query("set role reader");
  const polling = (async () => {
    while (!isOver) {
      const beganMs = performance.now();
      const { rows } = await reader.query(
        "select count(*)::int n, count(*) filter (where score = -1)::int old, count(distinct account)::int accounts from swapped",
      );
      longestMs = Math.max(longestMs, performance.now() - beganMs);
      seen.add(JSON.stringify(rows[0]));
      await wait(1);
    }
  })();
  // Beside a reader whose transaction stays open, nothing waits.
  const first = await score("swapped");
  const second = await score("swapped");
  isOver = true;
  await polling;
  assert.deepEqual([first.values[0]?.scored, second.values[0]?.scored], [scored, scored], first.stderr + second.stderr);
  assert.deepEqual([...seen].sort(), [
    JSON.stringify({ n: scored, old: 0, accounts: scored }),
    JSON.stringify({ n: 500, old: 500, accounts: 500 }),
  ]);
  assert.ok(longestMs < 2_000, `a reader waited ${longestMs} ms`);
  const { rows: before } = await repeatable.query("select count(*)::int n, min(score) low from swapped");
  assert.deepEqual(before, [{ n: 500, low: -1 }], "an older snapshot sees what it saw");
  await Promise.all([repeatable.end(), reader.end()]);
  // What hangs on the table is as it was, and columns that it lacked are there.
  const [best] = await postgres.query("select count(*)::int n from best");
  assert.deepEqual(best, { n: goodAccounts(rowCount).filter((account) => Number(account.slice(1)) / 4 > 700).length });
  const [{ note, model }] = (await postgres.query("select note, model from swapped limit 1")) as {
    note: string;
    model: string;
  }[];
  assert.deepEqual([note, model], ["kept", "rule"]);
  const indexes = await postgres.query("select indexname from pg_indexes where tablename = 'swapped' order by 1");
  assert.deepEqual(
    indexes.map(({ indexname }) => indexname),
    ["by_score", "swapped_pkey"],
  );
});

test("a scoring that is killed leaves the old rows, and goes on to the new ones", { skip }, async () => {
  await postgres.query("create table killed (account text, score double precision)");
  await postgres.query("insert into killed values ('old', 1)");
  let kills = 0;
  let ended: Ended | undefined;
  while (ended === undefined) {
    const going = begin(at.dir, scoreArgs("killed", "--rate", "2000"));
    ended = (await Promise.race([going.ended, wait(500 + kills * 130)])) ?? undefined;
    if (ended !== undefined) break;
    going.child.kill("SIGKILL");
    await going.ended;
    kills++;
    const rows = await postgres.query("select count(*)::int n, count(distinct account)::int accounts from killed");
    assert.ok(
      [
        { n: 1, accounts: 1 },
        { n: scored, accounts: scored },
      ].some((whole) => JSON.stringify(whole) === JSON.stringify(rows[0])),
      JSON.stringify(rows[0]),
    );
  }
  assert.ok(kills >= 2, `${kills} kills`);
  assert.equal(ended.values[0]?.scored, scored, ended.stderr);
  const rows = await postgres.query("select account from killed order by cents");
  assert.deepEqual(
    rows.map(({ account }) => account),
    goodAccounts(rowCount),
  );
});

test("a user who may insert and delete replaces the rows", { skip }, async () => {
  await score("granted");
  await postgres.query("create role writer login; grant insert, delete on granted to writer");
  process.env.WRITER_URL = postgres.url.replace("tenon@", "writer@");
  const { values, stderr } = await tenon(
    at.dir,
    ...["score", "rule", "--for", "rows.csv", "--to", "postgres:granted", "--url-from-env", "WRITER_URL", "--json"],
  );
  assert.equal(values[0]?.scored, scored, stderr);
});

test("texts that PostgreSQL does not hold are written as far as it does", { skip }, async () => {
  const accounts = ["a\u0000b", "\u{1F600} \u2028 'quoted' \"twice\""];
  await writeFile(
    join(at.dir, "odd.ndjson"),
    accounts.map((account) => `${JSON.stringify({ account, cents: -4 })}\n`).join(""),
  );
  const { values, stderr } = await tenon(
    at.dir,
    ...["score", "rule", "--for", "odd.ndjson", "--to", "postgres:odd", "--url-from-env", "SCORES_URL", "--json"],
  );
  assert.equal(values[0]?.scored, 2, stderr);
  const rows = await postgres.query("select account, verdict from odd");
  assert.deepEqual(rows, [
    { account: "a\uFFFDb", verdict: "half \uFFFD" },
    { account: "\u{1F600} \u2028 'quoted' \"twice\"", verdict: "half \uFFFD" },
  ]);
});

test("what the database refuses is told without its address, and what was scored is kept", { skip }, async () => {
  await postgres.query("create table strict (account text, score double precision check (score < 100))");
  await postgres.query("create view no_table as select 1 as one");
  assert.match((await score("no_table")).stderr, /is no table/);
  const refused = await score("strict");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /score\.sink/);
  assert.match(refused.stderr, /strict_score_check/);
  assert.ok(!refused.stderr.includes("127.0.0.1"));
  await postgres.query("alter table strict drop constraint strict_score_check");
  const again = await score("strict");
  assert.deepEqual([again.values[0]?.scored, again.values[0]?.begunAtRow], [scored, rowCount + 1], again.stderr);
});
