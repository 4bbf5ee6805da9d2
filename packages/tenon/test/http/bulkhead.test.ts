// What one prediction has to bear is not felt by the others; what is too much for it is refused, or answered without its model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startApp } from "../start-app.ts";

const victim = JSON.stringify([process.execPath, join(import.meta.dirname, "../runtimes/victim-model.mjs")]);
const config = `import { c, defineApp, embedded, prediction, pretrained, process } from "tenon";
const heavy = pretrained("heavy_rule", { input: { turns: c.integer() }, output: { sum: c.real() },
  code: ({ turns }) => { let sum = 0; for (let i = 0; i < turns; i++) sum += Math.sqrt(i); return { sum }; } });
const light = pretrained("light_rule", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cents }) => ({ ok: cents < 10 }) });
const slow = pretrained("slow_model", { input: { word: c.text() }, output: { echo: c.text() }, runtime: process(${victim}) });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [
  prediction("heavy", { model: heavy, fallback: { sum: 0 }, priority: "low" }),
  prediction("light", { model: light, fallback: { ok: false }, priority: "high" }),
  prediction("slow", { model: slow, fallback: { echo: "none" }, bulkhead: { concurrency: 1, queue: 1 } })] });
`;

test("a flood on one prediction leaves the others alone, and its own queue is bounded", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(config);
  const { bulkheads } = app.running.tenon;
  const key = await app.key("default");
  const heavy = bulkheads.find("heavy", false)!;
  let [isOver, flooded, waitingMax] = [false, 0, 0];
  const flood = Array.from({ length: 40 }, async () => {
    while (!isOver) {
      const { status, body } = await app.call("POST", "/predict/heavy", { key, body: { turns: 200_000 } });
      assert.deepEqual([status, body.receipt.variant], [200, "live"]);
      waitingMax = Math.max(waitingMax, heavy.waiting);
      flooded++;
    }
  });
  while (flooded < 100) await sleep(5);
  for (let i = 0; i < 50; i++) {
    const { status, body } = await app.call("POST", "/predict/light", { key, body: { cents: i % 20 } });
    assert.deepEqual([status, body.ok, body.receipt.variant], [200, i % 20 < 10, "live"]);
  }
  isOver = true;
  await Promise.all(flood);
  const light = bulkheads.find("light", false)!;
  assert.ok(heavy.counts.waited > light.counts.waited, `${heavy.counts.waited} and ${light.counts.waited} waited`);
  assert.ok(waitingMax > 0 && waitingMax <= 40);
  assert.deepEqual([heavy.underWay, heavy.waiting, heavy.counts.shed], [0, 0, 0]);
  const { body: metrics } = await app.call("GET", "/metrics", { key });
  assert.match(String(metrics), /tenon_prediction_queue_seconds_count\{prediction="heavy",calls="all"\} [1-9]/);
});

test("beyond its places calls wait, beyond its queue they are refused, and beyond their budget its model is not asked", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(config);
  const key = await app.key("default");
  const ask = (word: string, headers: Record<string, string> = {}) =>
    app.call("POST", "/predict/slow", { key, body: { word }, headers });
  while ((await ask("a")).body.echo !== "a") await sleep(20);
  const first = ask("wait 400");
  await sleep(50);
  const late = ask("b", { "tenon-budget-ms": "60" });
  await sleep(20);
  const refused = await ask("c");
  assert.deepEqual([refused.status, refused.body.code], [503, "prediction.busy"]);
  assert.equal(refused.headers.get("retry-after"), "1");
  const { body } = await late;
  assert.deepEqual([body.echo, body.receipt.variant], ["none", "fallback"]);
  assert.match(body.receipt.degraded[0], /^the call waited \d+ ms for its turn, which is longer than its budget$/);
  const waits = ask("d");
  assert.equal((await first).body.echo, "wait 400");
  assert.deepEqual([(await waits).status, (await waits).body.echo], [200, "d"]);
  const slow = app.running.tenon.bulkheads.find("slow", false)!;
  assert.deepEqual([slow.underWay, slow.waiting, slow.counts.shed], [0, 0, 1]);
});

test("calls that say they can wait have places and a queue of their own", { timeout: 60_000 }, async () => {
  await using app = await startApp(config);
  const key = await app.key("default");
  const ask = (word: string, headers: Record<string, string> = {}) =>
    app.call("POST", "/predict/slow", { key, body: { word }, headers });
  while ((await ask("a")).body.echo !== "a") await sleep(20);
  const low = { "tenon-priority": "low" };
  const waiting = [ask("wait 200", low), ask("e", low)];
  await sleep(50);
  assert.equal((await ask("f", low)).body.code, "prediction.busy");
  assert.equal((await ask("g")).body.echo, "g");
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ body }) => body.echo),
    ["wait 200", "e"],
  );
});

test("what a prediction says of its load is checked", async () => {
  const wrong = config.replace("{ concurrency: 1, queue: 1 }", "{ concurrency: 0, places: 3, share: 1000 }");
  await assert.rejects(startApp(wrong.replace('priority: "low"', 'priority: "urgent" as never')), (error: Error) => {
    assert.match(error.message, /./);
    const told = JSON.stringify("places" in error ? error.places : []);
    for (const text of ["slow.bulkhead.concurrency", "slow.bulkhead.places", "slow.bulkhead.share", "heavy.priority"])
      assert.match(told, new RegExp(text));
    return true;
  });
});
