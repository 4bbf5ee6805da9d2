import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger } from "../../src/base/log.ts";
import { startTenon } from "../../src/run.ts";
import { type StartedApp, shopConfig, startApp, trainTwoVersions } from "../start-app.ts";

let app: StartedApp;
let key: string;
before(async () => {
  app = await startApp();
  key = await app.key("acme");
  await trainTwoVersions(app.running, "acme");
});
after(() => app[Symbol.asyncDispose]());

async function change(from: string, to: string) {
  const file = join(app.dir, "tenon.config.ts");
  await writeFile(file, (await readFile(file, "utf8")).replaceAll(from, to));
  const reloaded = await app.running.reload();
  assert.equal(reloaded.error, null);
  return reloaded.changes;
}

const answer = async (): Promise<{ score: number; receipt: { variant: string; degraded: string[] } }> =>
  (await app.call("POST", "/predict/risk", { key, body: { id: `x${Math.random()}`, account: "h1", cents: 700 } })).body;

test("a live version whose inputs changed is served by its own build until a new one is live", async () => {
  const { tenon } = app.running;
  const first = await answer();
  assert.deepEqual([first.receipt.variant, first.receipt.degraded], ["live", []]);
  const { body: read } = await app.call("POST", "/features/spend", { key, body: { keys: [{ account: "h1" }] } });
  const counted: number = read.rows[0].values.payments_lifetime;
  const laneIds = () => tenon.build.app.plan.lanes.map(({ id }) => id);
  const ownLanes = laneIds();

  const changes = await change("payments: payment.count()", "payments: payment.count({ gift: { not: true } })");
  assert.ok(
    changes.some(
      ({ kind, what }) =>
        kind === "backfill" && what.startsWith("its inputs spend.payments_1h, spend.payments_lifetime"),
    ),
    JSON.stringify(changes),
  );
  const during = await answer();
  assert.deepEqual([during.receipt.variant, during.receipt.degraded, during.score], ["live", [], first.score]);
  // What comes meanwhile is in the windows of both.
  const event = { id: "meanwhile", account: "h1", cents: 40_000, gift: true, at: tenon.clock.nowMs() - 1 };
  const { body: sent } = await app.call("POST", "/events/payment", { key, body: event });
  assert.equal(sent.accepted, 1);
  assert.ok(await tenon.applier.waitFor(tenon.log.lastSeq, 5_000));
  const input = { id: "after", account: "h1", cents: 700 };
  const { body: after } = await app.call("POST", "/predict/risk", {
    key,
    body: input,
  });
  await tenon.predictions.drain();
  const { body: logged } = await app.call("GET", `/predictions/${after.receipt.id}?replay=true`, { key });
  assert.equal(logged.features.values["spend.payments_lifetime"], counted + 1);
  assert.equal(logged.replay.same, true, JSON.stringify(logged.replay));

  // A version of the new build goes live: the old one's lanes are no longer kept, and it can be gone back to.
  await tenon.learner.train(tenon.trainedModel("risk"), tenon.learnRequest("risk", { rowsMax: 1_000 }));
  await tenon.registry.promote("risk", 3, { force: true });
  assert.deepEqual((await answer()).receipt.degraded, []);
  assert.equal(tenon.builds.elder(tenon.registry.version("risk", 1).build), undefined);
  await tenon.registry.rollback("risk");
  for (let tries = 0; Object.keys(tenon.applier.filling).length > 0 && tries < 100; tries++) await wait(20);
  assert.equal((await answer()).receipt.variant, "live");
  assert.notDeepEqual(laneIds(), ownLanes);
  await change("payments: payment.count({ gift: { not: true } })", "payments: payment.count()");
  assert.equal((await answer()).receipt.variant, "live");
});

test("over a restart the live version is served by its own build still", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tenon-elder-"));
  const configFile = join(dir, "tenon.config.ts");
  const start = () => startTenon({ configFile, dataDir: join(dir, "data"), logger: silentLogger });
  await writeFile(configFile, shopConfig);
  const running = await start();
  await trainTwoVersions(running, "acme");
  const input = { account: "h1", cents: 700, at: running.tenon.clock.nowMs() };
  const tenant = await running.tenon.metadata.tenant("acme");
  const first = await running.tenon.predict(tenant, "risk", input);
  await running.close();
  await writeFile(configFile, shopConfig.replace("row.cents > 1000", "row.cents > 1001"));
  const { tenon, close } = await start();
  assert.notEqual(tenon.registry.version("risk", 1).build, tenon.build.id);
  const again = await tenon.predict(tenant, "risk", input);
  assert.deepEqual([again.answer, again.record.build, again.record.degraded], [first.answer, first.record.build, []]);
  await close();
  await rm(dir, { recursive: true, force: true });
});

test("where the row itself changed the fallback answers and says why", async () => {
  await change("country: c.text().nullable(), tier:", "country: c.text().nullable(), shop: c.text().nullable(), tier:");
  assert.equal((await answer()).receipt.variant, "live", "the inputs are what they were");
  await change("row.cents > 1000", "row.cents > 1001");
  const { score, receipt } = await answer();
  assert.deepEqual([score, receipt.variant], [0.5, "fallback"]);
  assert.match(receipt.degraded.join(), /trained on other inputs, train again: shape/);
});
