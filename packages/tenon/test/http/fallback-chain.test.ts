// Where the live version has no answer the one before it is asked, then the prediction's rule, then its fallback; each says so.
import assert from "node:assert/strict";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { serve, startTenon } from "../../src/run.ts";
import { type Answer, shopConfig, startApp, trainTwoVersions } from "../start-app.ts";

const ruled = shopConfig.replace(
  "model: risk, fallback: { score: 0.5 },",
  "model: risk, fallback: { score: 0.5 }, rule: ({ cents }) => { if (cents > 1_900) throw new Error('too dear'); return { score: cents / 2_000 }; },",
);

/** The app of a folder, and how it is asked. */
async function open(dir: string) {
  const [configFile, dataDir] = [join(dir, "tenon.config.ts"), join(dir, "data")];
  const running = await startTenon({ configFile, dataDir, logger: silentLogger });
  const { url, close } = await serve(running, { port: 0 });
  const { key } = await running.tenon.keys.create({ tenant: "default", scopes: ["admin"], note: "test" });
  const bodyOf = async (response: Promise<Response>): Promise<Answer["body"]> => (await response).json();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return {
    running,
    ask: (cents: number) => {
      const body = JSON.stringify({ account: "h1", cents });
      return bodyOf(fetch(`${url}/predict/risk`, { method: "POST", headers, body }));
    },
    replay: (id: string) => bodyOf(fetch(`${url}/predictions/${id}?replay=true`, { headers })),
    [Symbol.asyncDispose]: async () => {
      await close();
      await running.close();
    },
  };
}

test("a version whose file is damaged is stood in for by the one before, then the rule, then the fallback", {
  timeout: 120_000,
}, async () => {
  const dir = await mkdtemp(join(tmpdir(), "tenon-test-"));
  await writeFile(join(dir, "tenon.config.ts"), ruled);
  let digests: readonly string[] = [];
  let byFirst: Record<string, unknown> = {};
  {
    await using app = await open(dir);
    await trainTwoVersions(app.running, "default");
    byFirst = await app.ask(700);
    const { tenon } = app.running;
    const { registry } = tenon;
    // The first two learnt the same: they are one file.
    await tenon.learner.train(tenon.trainedModel("risk"), tenon.learnRequest("risk", { rowsMax: 200 }));
    await registry.promote("risk", 3, { force: true });
    const { receipt } = await app.ask(700);
    assert.deepEqual([receipt.model, receipt.variant], ["risk@3", "live"]);
    digests = [1, 3].map((version) => registry.version("risk", version).digest);
  }
  damage(dir, digests.slice(1));
  {
    await using app = await open(dir);
    const { score, receipt } = await app.ask(700);
    assert.deepEqual([score, receipt.variant, receipt.model], [byFirst.score, "previous", "risk@1"]);
    assert.match(receipt.degraded[0], /^the live version cannot be loaded/);
    assert.equal(receipt.digest, digests[0]);
    await app.running.tenon.predictions.drain();
    assert.equal((await app.replay(receipt.id)).replay.same, true);
  }
  damage(dir, digests.slice(0, 1));
  {
    await using app = await open(dir);
    const { score, verdict, receipt } = await app.ask(700);
    assert.deepEqual([score, verdict, receipt.variant, receipt.model], [0.35, "approve", "rule", "risk"]);
    await app.running.tenon.predictions.drain();
    assert.equal((await app.replay(receipt.id)).replay.same, true);
    const failed = await app.ask(1_950);
    assert.deepEqual([failed.score, failed.receipt.variant], [0.5, "fallback"]);
    assert.match(failed.receipt.degraded.at(-1), /^the rule failed: too dear$/);
  }
  await rm(dir, { recursive: true, force: true });
});

/** Writes over the artifacts of these digests. */
function damage(dir: string, digests: readonly string[]): void {
  for (const file of filesOf(dir, digests)) writeFileSync(file, "no model at all");
}

/** The files of artifacts, by their digests. */
function filesOf(dir: string, digests: readonly string[]): readonly string[] {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .filter((file) => statSync(file).isFile())
    .filter((file) => digests.some((digest) => file.replaceAll("/", "").includes(digest)));
  assert.equal(files.length, digests.length);
  return files;
}

test("a rule that answers something else than its model is a mistake of the configuration", async () => {
  const wrong = shopConfig.replace(
    "model: risk, fallback: { score: 0.5 },",
    'model: risk, fallback: { score: 0.5 }, rule: () => ({ score: "high" }) as never,',
  );
  await assert.rejects(startApp(wrong), /prediction risk\.rule|score/);
});
