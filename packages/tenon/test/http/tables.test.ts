import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SqliteLogReader } from "../../src/drivers/sqlite/log-reader.ts";
import { buildDataset } from "../../src/service/learn/dataset.ts";
import { type StartedApp, shopConfig, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;
before(async () => {
  app = await startApp(
    shopConfig
      .replace("prediction, pretrained }", "prediction, pretrained, table }")
      .replace(
        "const shape =",
        `const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro"), seats: c.integer().nullable() }, { ttl: "400d" });
const risky = prediction("risky", { model: model("risky", { label: label("refunded2", { of: payment, is: refund.follows("1h") }), features: [payment.pick("cents"), plan], trainer: gradientBoosting({ rounds: 5 }) }), fallback: { score: 0.5 } });
const stays = prediction("stays", { model: model("stays", { label: label("pays", { of: account.every("1d", { while: plan }), is: payment.count().next("1d").above(0) }), features: [plan], trainer: gradientBoosting({ rounds: 5 }) }), fallback: { score: 0.5 } });
const shape =`,
      )
      .replace("use: [payment, refund, spend,", "use: [payment, refund, spend, plan, risky, stays,"),
  );
  key = await app.key("acme");
});
after(() => app[Symbol.asyncDispose]());

const put = (body: unknown, headers: Record<string, string> = {}, query = "") =>
  app.call("PUT", `/tables/plan${query}`, { key, body, headers });
const dayMs = 86_400_000;

async function read(account: string, o: { at?: number; after?: string; as?: string } = {}) {
  const { as = key, ...query } = o;
  // As it is known now: what was put a moment ago was not there to be served then.
  const body = { keys: [{ account }], ...query, asOf: "corrected" };
  const { body: answer } = await app.call("POST", "/features/plan", { key: as, body });
  return answer.rows[0];
}

test("the row that is valid at a time is read, at its first millisecond already", async () => {
  const from = Date.now() - 10 * dayMs;
  const { status, body } = await put([
    { account: "a1", tier: "free", validFrom: from },
    { account: "a1", tier: "pro", seats: 5, validFrom: from + dayMs },
  ]);
  assert.deepEqual([status, body.accepted, body.rejectedCount], [202, 2, 0]);
  const now = await read("a1", { after: body.position });
  assert.deepEqual(
    [now.values, now.statuses],
    [
      { tier: "pro", seats: 5 },
      { tier: "present", seats: "present" },
    ],
  );
  assert.ok(Math.abs(now.ages.tier - 9 * dayMs) < 60_000);
  const then = await read("a1", { at: from + dayMs - 1 });
  assert.deepEqual([then.values.tier, then.statuses.seats], ["free", "null"]);
  assert.equal((await read("a1", { at: from + dayMs })).values.tier, "pro");
  const before = await read("a1", { at: from - 1 });
  assert.deepEqual([before.values.tier, before.statuses.tier, before.ages.tier], [null, "not-found", null]);
  assert.equal((await read("nobody")).statuses.tier, "not-found");
});

test("a row may come after one that is valid later, and may be put for a time to come", async () => {
  const from = Date.now() - 5 * dayMs;
  await put({ account: "a2", tier: "pro", validFrom: from });
  await put({ account: "a2", tier: "free", validFrom: from - dayMs });
  const { body } = await put({ account: "a2", tier: "free", validFrom: Date.now() + dayMs });
  assert.equal((await read("a2", { after: body.position })).values.tier, "pro");
  assert.equal((await read("a2", { at: from - 1 })).values.tier, "free");
});

test("a key is taken out from a time on, and an old row expires", async () => {
  const from = Date.now() - 500 * dayMs;
  await put({ account: "a3", tier: "pro", validFrom: from });
  const old = await put({ account: "a4", tier: "pro" });
  const out = await app.call("DELETE", "/tables/plan", { key, body: { keys: [{ account: "a4" }] } });
  assert.deepEqual([out.status, out.body.accepted], [202, 1]);
  const gone = await read("a4", { after: out.body.position });
  assert.deepEqual([gone.values.tier, gone.statuses.tier], [null, "not-found"]);
  assert.ok(old.body.position < out.body.position);
  const expired = await read("a3");
  assert.deepEqual([expired.values.tier, expired.statuses.tier], [null, "expired"]);
  assert.equal((await read("a3", { at: from + dayMs })).values.tier, "pro");
});

test("many rows come as lines; a bad one is told by its index and sinks no other", async () => {
  const lines = [
    '{"account":"n1","tier":"pro"}',
    '{"account":"n2","tier":"gold"}',
    "{",
    '{"account":"n1","deleted":true}',
  ];
  const { status, body } = await put(lines.join("\n"), { "content-type": "application/x-ndjson" });
  assert.deepEqual([status, body.accepted, body.rejectedCount], [202, 2, 2]);
  assert.deepEqual(
    body.rejected.map(({ index, code }: { index: number; code: string }) => [index, code]),
    [
      [1, "field.type"],
      [2, "body.unreadable"],
    ],
  );
});

test("history is put as it was known, for training sets that see what was served", async () => {
  const from = Date.now() - 20 * dayMs;
  const row = { account: "a5", tier: "pro", validFrom: from };
  const { status, body: answer } = await put(row, {}, "?import=true&latency=1d");
  assert.equal(status, 202);
  const after = answer.position;
  const body = { keys: [{ account: "a5" }], at: from + dayMs / 2, asOf: "served", brief: true, after };
  const early = await app.call("POST", "/features/plan", { key, body });
  assert.equal(early.body.rows[0].values.tier, null, "it was not known yet");
  const later = await app.call("POST", "/features/plan", { key, body: { ...body, at: from + 2 * dayMs } });
  assert.equal(later.body.rows[0].values.tier, "pro");
});

const bad: readonly [string, unknown, number, string][] = [
  ["a missing column", { account: "b" }, 422, "field.missing"],
  ["a missing key", { tier: "pro" }, 422, "field.missing"],
  ["an unknown column", { account: "b", tier: "pro", seat: 1 }, 422, "field.unknown"],
  ["a time in words", { account: "b", tier: "pro", validFrom: "monday" }, 422, "field.type"],
  ["a delete in words", { account: "b", deleted: "yes" }, 422, "input.invalid"],
  ["a delete with values", { account: "b", deleted: true, tier: "pro" }, 422, "field.unknown"],
  ["an event's id", { account: "b", tier: "pro", id: "1" }, 422, "field.unknown"],
  ["no row", 5, 422, "field.type"],
];
for (const [what, body, status, code] of bad) {
  test(`${what} is refused, and nothing is put`, async () => {
    const answer = await put(body);
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
    assert.equal((await read("b")).statuses.tier, "not-found");
  });
}

test("a table is no event, an event is no table, and another tenant's rows are nobody else's", async () => {
  await put({ account: "mine", tier: "pro" });
  const sent = await app.call("POST", "/events/plan", { key, body: { account: "x", tier: "pro" } });
  assert.equal(sent.body.code, "event.unknown");
  const retracted = await app.call("POST", "/events/plan/retract", { key, body: { ids: ["x"] } });
  assert.equal(retracted.body.code, "event.unknown");
  const asTable = await app.call("PUT", "/tables/payment", { key, body: {} });
  assert.equal(asTable.body.code, "table.unknown");
  assert.equal((await read("mine", { as: await app.key("other") })).statuses.tier, "not-found");
  const { body } = await app.call("GET", "/app", { key });
  assert.ok(!body.events.some(({ name }: { name: string }) => name === "plan"));
});

test("a model takes a table's columns, and a prediction sees the row of now", async () => {
  await put({ account: "p1", tier: "pro", seats: 3 });
  const { body } = await put({ account: "p1", tier: "free", seats: 4 });
  await read("p1", { after: body.position });
  const input = { id: "x1", account: "p1", cents: 5 };
  const answer = await app.call("POST", "/predict/risky?explain=features", { key, body: input });
  assert.equal(answer.status, 200);
  const { values } = answer.body.features;
  assert.deepEqual([values["plan.tier"] ?? values.tier, values["plan.seats"] ?? values.seats], ["free", 4]);
});

test("an entity's examples may be bound to a table: none before its row, none once the key is taken out", async () => {
  const day = (n: number): number => Math.floor(Date.now() / dayMs) * dayMs - n * dayMs;
  const history = [
    { account: "bound", tier: "free", validFrom: day(50) },
    { account: "bound", deleted: true, validFrom: day(40) },
    { account: "bound", tier: "pro", validFrom: day(30) + 1 },
    { account: "bound", deleted: true, validFrom: day(25) },
  ];
  await put(history, {}, "?import=true");
  const ids = await boundExamples();
  assert.deepEqual(
    ids,
    [50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 29, 28, 27, 26].map((n) => `bound@${day(n)}`),
  );
});

async function boundExamples(): Promise<string[]> {
  const { tenon, dataDir } = app.running;
  const log = new SqliteLogReader(join(dataDir, "log"));
  const dataset = buildDataset(tenon.build.app, "stays", log, tenon.catalogue, {
    seqMax: tenon.log.lastSeq,
    nowMs: tenon.clock.nowMs(),
    rowsMax: 1_000_000,
    asOf: "served",
    onProgress: () => {},
  });
  log.close();
  return dataset.ids.filter((id) => id.startsWith("bound@"));
}
