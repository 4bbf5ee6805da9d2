import assert from "node:assert/strict";
import { test } from "node:test";
import { startApp } from "../start-app.ts";

const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), country: c.text() });
const spend = features("spend", account, { paid: payment.sum("cents").over("1h", "7d"), country: payment.last("country").over("7d"), mean: payment.mean("cents").over("7d") });
const risk = model("risk", { label: label("more", { of: payment, is: payment.count().next("1h").above(1) }), features: [spend], trainer: gradientBoosting() });
export const app = defineApp({ name: "past", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, spend, prediction("risk", { model: risk, fallback: { score: 0.5 } })] });
`;
const startMs = Date.parse("2026-01-01T00:00:00Z");
const hourMs = 3_600_000;
const days = 60;

test("a read behind the online rows goes to the log, is marked, and equals what was served then; so does a replay", {
  timeout: 120_000,
}, async () => {
  await using app = await startApp(config, { clock: { startMs, rate: 0 } });
  const { tenon } = app.running;
  const key = await app.key("past");
  const { tenant } = tenon.keys.authenticate(key);
  const cents: { readonly at: number; readonly cents: number }[] = [];
  let served: { readonly at: number; readonly values: unknown; readonly prediction: string } | undefined;
  for (let hour = 0; hour < days * 24; hour++) {
    tenon.clock.advanceTo(startMs + hour * hourMs);
    const at = tenon.clock.nowMs();
    const rows = Array.from({ length: 3 }, (_, i) => ({
      id: `${hour}-${i}`,
      at: at - i * 60_000,
      account: "hot",
      cents: hour + i,
      country: `c${hour % 7}`,
    }));
    cents.push(...rows);
    const { lastSeq } = await tenon.ingest(tenant, "payment", rows);
    if (hour !== 20 * 24) continue;
    assert.ok(await tenon.applier.waitFor(lastSeq, 10_000));
    const read = await app.call("POST", "/features/spend", {
      key,
      body: { keys: [{ account: "hot" }], at, brief: true },
    });
    assert.equal(read.body.archive, undefined, "a read of now is online");
    const made = await app.call("POST", "/predict/risk", {
      key,
      body: { id: "x", at, account: "hot", cents: 1, country: "c1" },
    });
    served = { at, values: read.body.rows[0].values, prediction: made.body.receipt.id };
  }
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 20_000));
  assert.ok(served);
  const { at } = served;
  const again = await app.call("POST", "/features/spend", {
    key,
    body: { keys: [{ account: "hot" }], at, brief: true },
  });
  assert.equal(again.body.archive, true);
  assert.deepEqual(again.body.rows[0].values, served.values);
  const expected = cents
    .filter((row) => row.at < at && row.at >= at - 7 * 24 * hourMs)
    .reduce((sum, row) => sum + row.cents, 0);
  assert.equal(again.body.rows[0].values.paid_7d, expected);
  // Asked again for that time, a prediction is made from the log: never one of windows that are no longer whole.
  const explained = await app.call("POST", "/predict/risk?explain=features", {
    key,
    body: { id: "y", at, account: "hot", cents: 1, country: "c1" },
  });
  assert.equal(explained.body.features.values["spend.paid_7d"], expected);
  assert.equal(explained.body.receipt.degraded.includes("features reach behind the online rows"), false);
  const both = await app.call("POST", "/predict/risk?explain=features", {
    key,
    body: [
      { id: "z1", at, account: "hot", cents: 1, country: "c1" },
      { id: "z2", account: "hot", cents: 1, country: "c1" },
    ],
  });
  assert.equal(both.body[0].features.values["spend.paid_7d"], expected);
  assert.notEqual(both.body[1].features.values["spend.paid_7d"], expected);
  const shown = await app.call("GET", `/predictions/${served.prediction}?replay=true`, { key });
  assert.deepEqual([shown.body.replay.same, shown.body.replay.differences], [true, []]);
});
