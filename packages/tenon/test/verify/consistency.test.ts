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
