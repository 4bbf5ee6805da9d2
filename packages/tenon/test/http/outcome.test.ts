import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type StartedApp, startApp } from "../start-app.ts";

const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction, pretrained } from "tenon";
const account = entity("account");
const order = event("order", { account: c.ref(account), cents: c.integer() }, { late: "1d" });
const refund = event("refund", { order: c.ref(order), account: c.ref(account), cents: c.integer() }, { late: "1d" });
const visit = event("visit", { account: c.ref(account), minutes: c.decimal(1), page: c.text().nullable() }, { late: "1d" });
const spend = features("spend", account, { paid: order.sum("cents").over("30d") });
const inputs = { features: [order.pick("cents"), spend], trainer: gradientBoosting({ rounds: 5 }) };
const refunded = model("refunded", { label: label("refunded", { of: order, is: refund.follows("1d") }), ...inputs });
const stay = model("stay", { label: label("minutes", { of: order, is: visit.sum("minutes").next("1d") }), ...inputs });
const rule = pretrained("rule", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cents }) => ({ ok: cents < 5 }) });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [order, refund, visit,
  prediction("refunded", { model: refunded, fallback: { score: 0.1 }, record: true }),
  prediction("stay", { model: stay, fallback: { value: 1 } }),
  prediction("rule", { model: rule, fallback: { ok: false } })] });
`;

let app: StartedApp;
let key: string;

before(async () => {
  app = await startApp(config);
  key = await app.key("shop");
});
after(() => app[Symbol.asyncDispose]());

const predict = async (prediction: string, row: object): Promise<string> => {
  const { status, body } = await app.call("POST", `/predict/${prediction}`, { key, body: row });
  assert.equal(status, 200, JSON.stringify(body));
  await app.running.tenon.predictions.drain();
  return body.receipt.id;
};
const tell = (id: string, body: unknown, as = key) => app.call("POST", `/predictions/${id}/outcome`, { key: as, body });
const labelOf = async (id: string) => {
  const { applier, clock, log } = app.running.tenon;
  await applier.waitFor(log.lastSeq, 10_000);
  // A label is told once it is final.
  clock.advanceTo(clock.nowMs() + 3 * 86_400_000);
  return (await app.call("GET", `/predictions/${id}`, { key })).body.label;
};

test("an outcome becomes the event that the label is read from, once", async () => {
  const id = await predict("refunded", { account: "a", cents: 900 });
  const told = await tell(id, { label: true, account: "a", cents: 900 });
  assert.deepEqual([told.status, told.body.event, told.body.recorded], [202, "refund", true]);
  const again = await tell(id, { label: true, account: "a", cents: 900 });
  assert.deepEqual([again.status, again.body.recorded, again.body.duplicate], [200, false, true]);
  assert.equal(await labelOf(id), true);
  const { body } = await app.call("GET", "/events/refund/recent", { key });
  assert.equal(body.events.length, 1);
});

test("a number goes to the column that the label is read from, and is matched by the row's key", async () => {
  const id = await predict("stay", { account: "b", cents: 1 });
  assert.equal((await tell(id, { label: 12.5, page: "cart" })).status, 202);
  assert.equal(await labelOf(id), 12.5);
});

test("that nothing came of it is no event", async () => {
  const id = await predict("refunded", { account: "a", cents: 1 });
  const { status, body } = await tell(id, { label: false });
  assert.deepEqual([status, body.recorded, body.id], [200, false, null]);
});

test("what does not fit is refused with its places, and nothing is stored", async () => {
  const id = await predict("refunded", { account: "c", cents: 1 });
  const missing = await tell(id, { label: true });
  assert.equal(missing.status, 422);
  assert.deepEqual(missing.body.errors.map((error: { path: string }) => error.path).sort(), ["/account", "/cents"]);
  for (const body of [[], 5, { id: "x" }, { label: true, order: "other" }])
    assert.match((await tell(id, body)).body.detail, /an outcome is .* columns of "refund": account, cents/);
  const stay = await predict("stay", { account: "c", cents: 1 });
  assert.equal((await tell(stay, { label: "long" })).body.code, "field.type");
  assert.equal((await tell(stay, { label: 5, at: "2001-01-01T00:00:00Z" })).body.code, "event.late");
  assert.equal(await labelOf(id), false);
});

test("there has to be a label, an example, and a prediction of one's own", async () => {
  assert.equal((await tell(await predict("rule", { cents: 1 }), { label: true })).body.code, "prediction.unlabelled");
  assert.equal((await tell("nothing", { label: true })).body.code, "prediction.unlogged");
  const id = await predict("refunded", { account: "a", cents: 900 });
  assert.equal((await tell(id, { label: true }, await app.key("other"))).body.code, "prediction.unlogged");
  assert.equal((await tell(id, { label: true }, await app.key("shop", "predict"))).body.code, "key.scope");
});
