import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Idempotency } from "../../src/service/predict/idempotency.ts";
import { type StartedApp, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;

before(async () => {
  app = await startApp();
  key = await app.key("shop");
});
after(() => app[Symbol.asyncDispose]());

const ask = (idempotencyKey: string, body: unknown, as = key) =>
  app.call("POST", "/predict/limit", { key: as, body, headers: { "idempotency-key": idempotencyKey } });
const logged = async (as = key): Promise<number> => {
  await app.running.tenon.predictions.drain();
  return (await app.call("GET", "/predictions?prediction=limit&limit=200", { key: as })).body.predictions.length;
};

test("tries with one key are one prediction, also at the same time", async () => {
  const before = await logged();
  const tries = await Promise.all([1, 2, 3, 4, 5].map(() => ask("order-1", { cents: 7 })));
  assert.deepEqual(new Set(tries.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(tries.map(({ body }) => JSON.stringify(body))).size, 1);
  assert.equal(await logged(), before + 1);
});

test("the log knows the key where memory does not", async () => {
  const first = await ask("order-2", { cents: 8 });
  await app.running.tenon.predictions.drain();
  const tenant = await app.running.tenon.metadata.tenant("shop");
  const elsewhere = new Idempotency(app.running.tenon);
  const row = { prediction: "limit", key: "order-2", budgetMs: undefined };
  const again = await elsewhere.predict(tenant, { ...row, input: { cents: 8 } });
  assert.deepEqual([again.id, again.answer], [first.body.receipt.id, { ok: true }]);
  await assert.rejects(new Idempotency(app.running.tenon).predict(tenant, { ...row, input: { cents: 9 } }), {
    code: "idempotency.mismatch",
  });
});

test("another row, another tenant, another key", async () => {
  const first = await ask("order-3", { cents: 7 });
  const other = await ask("order-3", { cents: 8 });
  assert.deepEqual([other.status, other.body.code], [422, "idempotency.mismatch"]);
  const theirs = await ask("order-3", { cents: 8 }, await app.key("other"));
  assert.equal(theirs.status, 200);
  assert.notEqual(theirs.body.receipt.id, first.body.receipt.id);
  assert.notEqual((await ask("order-4", { cents: 7 })).body.receipt.id, first.body.receipt.id);
});

test("what was refused may be sent again, mended", async () => {
  assert.equal((await ask("order-5", { cents: "x" })).status, 422);
  assert.equal((await ask("order-5", { cents: 1 })).status, 200);
});

test("a key is for one row, and is short", async () => {
  assert.match((await ask("many", [{ cents: 1 }])).body.detail, /it is for a single row/);
  assert.match((await ask("x".repeat(256), { cents: 1 })).body.detail, /1 to 255 characters/);
});

test("at hand are the newest alone, and the others are found all the same", async () => {
  const tenant = await app.running.tenon.metadata.tenant("shop");
  const small = new Idempotency(app.running.tenon, 2);
  const one = (i: number) =>
    small.predict(tenant, { prediction: "limit", key: `k${i}`, input: { cents: i }, budgetMs: undefined });
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await one(i)).id);
  await app.running.tenon.predictions.drain();
  for (let i = 0; i < 5; i++) assert.equal((await one(i)).id, ids[i]);
});
