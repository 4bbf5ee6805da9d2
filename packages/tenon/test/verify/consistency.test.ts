// Logged predictions are recomputed from their events while the app runs, and what does not agree is kept and told.
import assert from "node:assert/strict";
import { cpSync, rmSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { startTenon } from "../../src/run.ts";
import { retractEvents } from "../../src/service/ingest/retract.ts";
import { decodePrediction, encodePrediction, predictionTopic } from "../../src/service/predict/prediction-record.ts";
import type { Tenon } from "../../src/service/tenon.ts";
import { shopConfig, startApp } from "../start-app.ts";
import { brokenCopy, tenon as root, run, scratchOf, shopOn } from "./broken-copy.ts";

const scratch = scratchOf("consistency");
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Events, some late and some taken back, with predictions between them. */
async function live(tenon: Tenon, tenant: number, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const at = Date.now() - (i % 5 === 0 ? 3_600_000 : 1);
    await tenon.ingest(tenant, "payment", [{ id: `p${i}`, at, account: `a${i % 3}`, cents: 37 * i, country: "DE" }]);
    if (i % 7 === 0) await retractEvents(tenon, tenant, "payment", [`p${i - 1}`]);
    await tenon.predict(tenant, "risk", { account: `a${i % 3}`, cents: 500, country: "DE" });
  }
  await tenon.predictions.drain();
}

test("logged predictions agree with their events, and a wrong one is told to its tenant alone", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(undefined, { recomputes: true });
  const { tenon } = app.running;
  const shop = await tenon.metadata.tenant("shop");
  const other = await tenon.metadata.tenant("other");
  const [key, otherKey] = [await app.key("shop"), await app.key("other")];
  await live(tenon, shop, 1, 15);
  await tenon.consistency.round();
  const first = await app.call("GET", "/consistency", { key });
  assert.equal(first.status, 200);
  assert.equal(first.body.on, true);
  assert.equal(first.body.predictions, 15);
  assert.ok(first.body.values >= 15 * 4, JSON.stringify(first.body));
  assert.deepEqual([first.body.mismatches, first.body.newest], [0, []]);
  // Nothing new, nothing recomputed.
  await tenon.consistency.round();
  assert.equal(tenon.consistency.of(shop).predictions, 15);

  // A logged value that its events do not say: as if the store had been wrong.
  const topic = tenon.catalogue.topics[predictionTopic("risk")];
  const [entry] = await tenon.log.newest(shop, topic, 1);
  const record = decodePrediction(entry.payload);
  const features = record.features.map((served) => ({
    ...served,
    values: served.values.map((value, place) => (place === 0 ? Number(value) + 1 : value)),
  }));
  await tenon.log.append([{ ...entry, id: "wrong", payload: encodePrediction({ ...record, features }) }]);
  await live(tenon, other, 1, 3);
  await tenon.consistency.round();
  const second = await app.call("GET", "/consistency", { key });
  assert.equal(second.body.mismatches, 1);
  const [{ id, column, logged, expected, test: written }] = second.body.newest;
  assert.deepEqual([id, column, logged - expected], ["wrong", "spend.paid_1h", 1]);
  assert.equal(written, null, "a new app does not show it: the events are right");
  const others = await app.call("GET", "/consistency", { key: otherKey });
  assert.deepEqual([others.body.predictions, others.body.mismatches, others.body.newest], [3, 0, []]);
  const metrics = await app.call("GET", "/metrics", { key });
  assert.match(metrics.body, /^tenon_consistency_checked_total 16$/m);
  assert.match(metrics.body, /^tenon_consistency_mismatches_total 1$/m);
  const weak = await app.call("GET", "/consistency", { key: await app.key("shop", "predict") });
  assert.equal(weak.status, 403);
});

test("what a prediction read of a batch is the row of the run that was published then", {
  timeout: 60_000,
}, async () => {
  const config = `
import { batch, c, defineApp, embedded, entity, event, gradientBoosting, label, model, prediction } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer() }, { late: "1h" });
const value = batch("value", account, { every: "1d", ttl: "7d", columns: { total: c.integer() }, sql: "select account, sum(cents)::bigint as total from payment group by account" });
const pays = model("pays", { label: label("pays", { of: payment, is: payment.count().next("1d").above(0) }), features: [payment.pick("cents"), value], trainer: gradientBoosting({ rounds: 3 }) });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, prediction("pays", { model: pays, fallback: { score: 0.5 } })] });
`;
  await using app = await startApp(config, { recomputes: true, pulls: false });
  const { tenon } = app.running;
  const shop = await tenon.metadata.tenant("shop");
  const other = await tenon.metadata.tenant("other");
  const hourMs = 3_600_000;
  const from = tenon.clock.nowMs();
  for (const tenant of [shop, other]) {
    // The last payments of an account are followed by none.
    const rows = Array.from({ length: 60 }, (_, i) => ({
      id: `p${i}`,
      at: from - (i < 40 ? 120 : 12) * hourMs + i,
      account: i < 20 || i >= 40 ? `a${i % 2}` : `b${i}`,
      cents: 10 * i,
    }));
    await tenon.ingest(tenant, "payment", rows, { latencyMs: 0 });
  }
  tenon.clock.advanceTo(from + 49 * hourMs);
  await tenon.learner.train(tenon.trainedModel("pays"), tenon.learnRequest("pays", { rowsMax: 1_000 }));
  await tenon.registry.promote("pays", 1, { force: true });
  const seen: unknown[] = [];
  const predictAll = async (): Promise<void> => {
    await tenon.applier.waitFor(tenon.log.lastSeq, 5_000);
    for (const account of ["a0", "a1", "a2"]) {
      const { record } = await tenon.predict(shop, "pays", { account, cents: 5 });
      seen.push(record.features[0]?.values[0]);
    }
    await tenon.predictions.drain();
  };
  await predictAll();
  await tenon.batches.run("value");
  await predictAll();
  await tenon.ingest(
    shop,
    "payment",
    [0, 1, 2, 3].map((i) => ({ id: `n${i}`, account: `a${i % 2}`, cents: 10 * i })),
  );
  await tenon.batches.run("value");
  await predictAll();
  tenon.clock.advanceTo(tenon.clock.nowMs() + 200 * hourMs);
  await predictAll();
  assert.deepEqual(seen, [null, null, null, 5_800, 6_000, null, 5_820, 6_040, null, null, null, null]);
  await tenon.consistency.round();
  assert.deepEqual({ ...tenon.consistency.of(shop) }, { predictions: 12, values: 12, mismatches: 0 });

  const topic = tenon.catalogue.topics[predictionTopic("pays")];
  const logged = await tenon.log.newest(shop, topic, 6);
  const [entry] = logged.filter(({ payload }) => decodePrediction(payload).features[0]?.values[0] === 6_040);
  const record = decodePrediction(entry.payload);
  const features = record.features.map((served) => ({ ...served, values: [6_000] }));
  await tenon.log.append([{ ...entry, id: "elder", payload: encodePrediction({ ...record, features }) }]);
  await tenon.consistency.round();
  assert.deepEqual(
    tenon.consistency.mismatches(shop).map(({ id, column, logged, expected }) => [id, column, logged, expected]),
    [["elder", "value.total", 6_000, 6_040]],
  );
});

test("a restart goes on where the last round ended", { timeout: 60_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), "tenon-consistency-"));
  await writeFile(join(dir, "tenon.config.ts"), shopConfig);
  const places = { configFile: join(dir, "tenon.config.ts"), dataDir: join(dir, "data") };
  for (const count of [6, 4]) {
    const { tenon, close } = await startTenon({ ...places, logger: silentLogger, recomputes: true });
    const shop = await tenon.metadata.tenant("shop");
    await live(tenon, shop, 100 * count, count);
    await tenon.consistency.round();
    assert.deepEqual([tenon.consistency.of(shop).predictions, tenon.consistency.of(shop).mismatches], [count, 0]);
    await close();
  }
  await rm(dir, { recursive: true, force: true });
});

test("a mismatch that an app shows again becomes a test of its few events", { timeout: 120_000 }, async () => {
  const broken = brokenCopy(scratch, {
    file: "engine/aggregate/first-last.ts",
    from: "const later = time - this.#time || seq - this.#seq;",
    to: "const later = time - this.#time || this.#seq - seq;",
  });
  const shop = shopOn(scratch, broken, "broken");
  const script = join(broken, "test/verify/predict-in-copy.ts");
  const { code, output } = await run(shop, [script, join(shop, "tenon.config.ts")]);
  assert.equal(code, 0, output);
  const { tally, mismatches } = JSON.parse(output);
  assert.equal(tally.predictions, 1);
  assert.deepEqual(
    mismatches.map(({ column, logged, expected }: { column: string; logged: string; expected: string }) => [
      column,
      logged,
      expected,
    ]),
    [["spend.country_30d", "FR", "DE"]],
  );
  const file = join(shop, "data/consistency", mismatches[0].test);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = await run(shop, ["--test", file]);
  assert.notEqual(again.code, 0, "the test fails with what is broken");
  assert.match(again.output, /AssertionError/);
  const good = shopOn(scratch, root, "good");
  cpSync(join(shop, "data/consistency"), join(good, "data/consistency"), { recursive: true });
  const passes = await run(good, ["--test", join(good, "data/consistency", mismatches[0].test)]);
  assert.equal(passes.code, 0, passes.output);
});
