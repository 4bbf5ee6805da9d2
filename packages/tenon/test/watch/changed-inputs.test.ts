import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type StartedApp, startApp, trainTwoVersions } from "../start-app.ts";

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

test("a live version is never asked with other inputs than it learnt: the fallback answers and says why", async () => {
  const first = await answer();
  assert.deepEqual([first.receipt.variant, first.receipt.degraded], ["live", []]);

  const changes = await change('over("1h", "30d"), payments', 'over("1h", "20d"), payments');
  assert.ok(
    changes.some(({ kind, what }) => kind === "breaking" && what === "its inputs spend.paid_30d changed or are gone"),
    JSON.stringify(changes),
  );
  // The on-demand function reads paid_30d, which is gone as well: what is missing must not pass for a number.
  const { score, receipt } = await answer();
  assert.deepEqual([score, receipt.variant], [0.5, "fallback"]);
  assert.match(receipt.degraded.join(), /trained on other inputs, train again: spend\.paid_30d/);

  await change('over("1h", "20d"), payments', 'over("1h", "30d"), payments');
  const again = await answer();
  assert.deepEqual([again.receipt.variant, again.score], ["live", first.score]);
});

test("a changed function or filter is another input, and a new column beside the old ones is none", async () => {
  await change(
    'countries: payment.distinct("country").over("30d")',
    'countries: payment.distinct("country").over("30d", "60d")',
  );
  assert.equal((await answer()).receipt.variant, "live");
  await change("row.cents > 1000", "row.cents > 1001");
  assert.match((await answer()).receipt.degraded.join(), /train again: shape/);
  await change("row.cents > 1001", "row.cents > 1000");
  await change("payments: payment.count()", "payments: payment.count({ gift: { not: true } })");
  assert.match((await answer()).receipt.degraded.join(), /train again: spend\.payments_1h, spend\.payments_lifetime/);
});
