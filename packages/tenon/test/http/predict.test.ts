import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { lossWindowMs } from "../../src/service/predict/prediction-log.ts";
import { type StartedApp, shopConfig, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;
before(async () => {
  app = await startApp(
    shopConfig
      .replace(
        "const shape =",
        'const refunds = features("refunds", account, { cents: refund.sum("cents").over("7d", "30d") });\nconst shape =',
      )
      .replace("use: [payment, refund, spend,", "use: [payment, refund, spend, refunds,"),
  );
  key = await app.key("acme");
});
after(() => app[Symbol.asyncDispose]());

const logged = async (): Promise<number> => {
  await wait(4 * lossWindowMs);
  return (await app.call("GET", "/predictions?limit=200", { key })).body.predictions.length;
};

test("an array is answered in its order; with one bad row nothing of it is predicted, and every mistake is named", async () => {
  const good = await app.call("POST", "/predict/limit", { key, body: [{ cents: 1 }, { cents: 60_000 }] });
  assert.deepEqual(
    good.body.map(({ ok }: { ok: boolean }) => ok),
    [true, false],
  );
  assert.equal(await logged(), 2);
  const body = [{ cents: 1 }, { cents: "x" }, { cents: 2 }, { cent: 3 }];
  const bad = await app.call("POST", "/predict/limit", { key, body });
  assert.equal(bad.status, 422);
  assert.deepEqual(
    bad.body.errors.map(({ path, code }: { path: string; code: string }) => [path, code]),
    [
      ["/1/cents", "field.type"],
      ["/3/cents", "field.missing"],
      ["/3/cent", "field.unknown"],
    ],
  );
  const ahead = { account: "a", cents: 4, price: null, country: null, tier: null, when: null, ratio: null, gift: null };
  const late = await app.call("POST", "/predict/risk", {
    key,
    body: [ahead, { ...ahead, at: "2999-01-01T00:00:00Z" }],
  });
  assert.deepEqual([late.status, late.body.errors[0].path], [422, "/1/at"]);
  assert.equal(await logged(), 2, "what was refused is not in the log");
});

test("an imported row tells when it was received: a time, and neither before it happened nor after now", async () => {
  const path = "/events/payment?import=true&complete=true";
  const at = Date.now() - 60_000;
  const row = (receivedAt: unknown) => [{ id: `i${receivedAt}`, at, account: "imp", cents: 5, receivedAt }];
  for (const wrong of ["1e300", 1e300, 9e15, -1e16, "garbage", 1.5, null]) {
    const { status, body } = await app.call("POST", path, { key, body: row(wrong) });
    assert.deepEqual([status, body.accepted, body.rejected[0].code.split(".")[0]], [202, 0, "field"], String(wrong));
    assert.match(body.rejected[0].message, /receivedAt/);
  }
  for (const right of [at - 5_000, at + 1, "2030-01-01T00:00:00Z"])
    assert.equal((await app.call("POST", path, { key, body: row(right) })).body.accepted, 1, String(right));
  const { body } = await app.call("POST", path, { key, body: row(at + 2) });
  const read = await app.call("POST", "/features/spend", {
    key,
    body: { keys: [{ account: "imp" }], after: body.position, columns: ["paid_30d", "payments_lifetime"] },
  });
  assert.deepEqual(read.body.rows[0].values, { paid_30d: 20, payments_lifetime: 4 });
  assert.deepEqual(read.body.rows[0].statuses, { paid_30d: "present", payments_lifetime: "present" });
});

test("a read with a word that it does not know is refused, and so is one at a position that is not there yet", async () => {
  const ask = (more: object) =>
    app.call("POST", "/features/spend", { key, body: { keys: [{ account: "x" }], ...more } });
  assert.equal((await ask({ asOf: "correctd" })).body.code, "field.type");
  assert.equal((await ask({ brief: "yes" })).body.code, "field.type");
  assert.equal((await ask({ position: "p9999999" })).body.code, "position.unreached");
});

test("a rule that answers what it does not declare is no answer: the fallback is, with the reason", async () => {
  const config = `import { c, defineApp, embedded, prediction, pretrained } from "tenon";
const odd: Record<number, () => any> = { 7701: () => undefined, 7702: () => null, 7703: () => ({ ok: Number.NaN }), 7704: () => "hello", 7705: () => ({ ok: 10n }), 7706: () => ({ nope: true }), 7707: () => Promise.reject(new Error("later")) };
const rule = pretrained("rule", { input: { v: c.integer() }, output: { ok: c.flag() }, code: ({ v }) => odd[v] === undefined ? { ok: true } : odd[v]() });
export const app = defineApp({ name: "odd", tenancy: "none", stores: { dev: () => embedded() }, use: [prediction("p", { model: rule, fallback: { ok: false } })] });
`;
  await using odd = await startApp(config);
  const admin = await odd.key("default");
  const ask = async (v: number) => (await odd.call("POST", "/predict/p", { key: admin, body: { v } })).body;
  assert.deepEqual([(await ask(77)).ok, (await ask(77)).receipt.degraded], [true, []]);
  for (let v = 7701; v <= 7707; v++) {
    const { ok, receipt } = await ask(v);
    assert.deepEqual([ok, receipt.variant, receipt.degraded.length], [false, "fallback", 1], String(v));
    assert.match(receipt.degraded[0], /something else than it declares/);
  }
});

test("a number that a double would round sinks its own row alone; one that it holds is taken", async () => {
  const rows = `[{"id":"exact","account":"big","cents":1,"ratio":${2n ** 60n}},{"id":"rounded","account":"big","cents":1,"ratio":${2n ** 60n + 1n}},{"id":"fine","account":"big","cents":2}]`;
  const { body } = await app.call("POST", "/events/payment", { key, body: rows });
  assert.equal(body.accepted, 2);
  assert.deepEqual([body.rejected[0].index, body.rejected[0].code], [1, "field.range"]);
});

test("an address answers another method with the ones that it takes", async () => {
  const found = await app.call("GET", "/predict/limit", { key });
  assert.deepEqual([found.status, found.body.code, found.headers.get("allow")], [405, "method.refused", "POST"]);
  const gone = await app.call("PATCH", "/models/risk", { key });
  assert.deepEqual([gone.status, gone.headers.get("allow")], [405, "GET"]);
});

test("while the online store is made anew, reads say that they are incomplete and the server that it is not ready", async () => {
  const { tenon } = app.running;
  let isBehind = true;
  const { body } = await app.call("POST", "/events/payment", { key, body: { id: "p", account: "x", cents: 5 } });
  tenon.coverage.catchUp(() => isBehind);
  assert.equal((await app.call("GET", "/health/ready")).status, 503);
  const read = await app.call("POST", "/features/spend", {
    key,
    body: { keys: [{ account: "x" }], after: body.position },
  });
  assert.equal(read.body.rows[0].statuses.payments_1h, "incomplete");
  isBehind = false;
  assert.equal((await app.call("GET", "/health/ready")).status, 200);
});

test("an import says from when on it is whole: only windows that reach back behind that are incomplete", async () => {
  const at = Date.now() - 5 * 86_400_000;
  const from = new Date(Date.now() - 10 * 86_400_000).toISOString();
  const headers = { "content-type": "application/x-ndjson" };
  const refund = JSON.stringify({ id: "old", at, payment: "p0", account: "whole", cents: 3 });
  const { body } = await app.call("POST", `/events/refund?import=true&completeFrom=${from}`, {
    key,
    headers,
    body: refund,
  });
  assert.equal(body.accepted, 1);
  const read = await app.call("POST", "/features/refunds", {
    key,
    body: { keys: [{ account: "whole" }], after: body.position },
  });
  assert.deepEqual(read.body.rows[0].values, { cents_7d: 3, cents_30d: 3 });
  assert.deepEqual(read.body.rows[0].statuses, { cents_7d: "present", cents_30d: "incomplete" });
  const bad = await app.call("POST", "/events/refund?import=true&completeFrom=monday", { key, headers, body: refund });
  assert.deepEqual([bad.status, bad.body.code], [422, "field.type"]);
});

test("features that are further behind than a configured bound are not ready", async () => {
  // A bound that not even an idle app keeps.
  await using strict = await startApp(shopConfig, { lagBounds: { eventsMax: -1 } });
  const { status, body } = await strict.call("GET", "/health/ready");
  assert.deepEqual([status, body], [503, { ready: false, applierLagEvents: 0, applierLagMs: 0, modelsLoading: [] }]);
});
