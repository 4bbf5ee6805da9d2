import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type StartedApp, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;
let other: string;
before(async () => {
  app = await startApp();
  key = await app.key("acme");
  other = await app.key("other");
});
after(() => app[Symbol.asyncDispose]());

const retract = (ids: unknown, o: { key?: string; event?: string } = {}) =>
  app.call("POST", `/events/${o.event ?? "payment"}/retract`, { key: o.key ?? key, body: { ids } });

const spendOf = async (account: string, query: object): Promise<{ paid_1h: number; payments_lifetime: number }> =>
  (await app.call("POST", "/features/spend", { key, body: { keys: [{ account }], brief: true, ...query } })).body
    .rows[0].values;

test("a retracted event leaves every window, and a read of a position before it still counts it", async () => {
  const sent = await app.call("POST", "/events/payment", {
    key,
    body: ["r1", "r2", "r3"].map((id, i) => ({ id, account: "r", cents: 10 ** i })),
  });
  const { status, body } = await retract(["r2", "r2", "r9"]);
  assert.equal(status, 202);
  assert.deepEqual([body.retracted, body.duplicate, body.unknown], [1, 0, ["r9"]]);
  const now = await spendOf("r", { after: body.position });
  assert.deepEqual([now.paid_1h, now.payments_lifetime], [101, 2]);
  const then = await spendOf("r", { position: sent.body.position });
  assert.deepEqual([then.paid_1h, then.payments_lifetime], [111, 3]);
  const again = await retract(["r2"]);
  assert.deepEqual([again.body.retracted, again.body.duplicate], [0, 1]);
});

test("the id of a retracted event stays taken, and the newest events tell that it was taken back", async () => {
  const row = { id: "gone", account: "g", cents: 5 };
  await app.call("POST", "/events/payment", { key, body: row });
  await retract(["gone"]);
  const again = await app.call("POST", "/events/payment", { key, body: row });
  assert.equal(again.body.duplicate, 1);
  assert.equal((await spendOf("g", { after: again.body.position })).payments_lifetime, 0);
  const { body } = await app.call("GET", "/events/payment/recent?limit=1", { key });
  assert.deepEqual([body.events[0].id, body.events[0].retracted], ["gone", true]);
});

test("a tenant cannot take back another's event, nor a key without the scope its own", async () => {
  await app.call("POST", "/events/payment", { key, body: { id: "mine", account: "m", cents: 5 } });
  const foreign = await retract(["mine"], { key: other });
  assert.deepEqual([foreign.body.retracted, foreign.body.unknown], [0, ["mine"]]);
  assert.equal((await retract(["mine"], { key: await app.key("acme", "ingest") })).status, 403);
});

test("what is no list of ids is refused, and nothing is taken back", async () => {
  for (const ids of [undefined, "r1", [1], { a: "r1" }]) assert.equal((await retract(ids)).body.code, "field.type");
  assert.equal((await retract(["x"], { event: "paymant" })).body.code, "event.unknown");
  assert.equal((await retract(Array.from({ length: 1_001 }, (_, i) => `x${i}`))).body.code, "body.too-large");
});
