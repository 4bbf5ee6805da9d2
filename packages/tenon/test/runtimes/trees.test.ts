// A model of LightGBM serves a prediction of an app: its columns are the row's, its answers the library's own.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { publishedModel } from "../../src/drivers/trees/testing/golden-models.ts";
import { startApp } from "../start-app.ts";

const golden = publishedModel("lgb_synth_regression.json", 1e-9);
const columns = golden.input.map(({ name }) => `${name}: c.real().nullable()`).join(", ");
const config = `import { c, defineApp, embedded, prediction, pretrained, trees } from "tenon";
const worth = pretrained("worth", { input: { ${columns} }, output: { value: c.real() }, runtime: trees("models/worth.txt") });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() },
  use: [prediction("worth", { model: worth, fallback: { value: -1 }, decide: ({ value }) => ({ big: value > 2 }) })] });
`;
const rowOf = (i: number) => Object.fromEntries(golden.input.map(({ name, rows }) => [name, rows[i]]));

test("it answers as its library does, on the request's own thread, with the file's digest; and falls back without its file", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(config);
  const { tenon } = app.running;
  const key = await app.key("default");
  const ask = async (body: unknown) => (await app.call("POST", "/predict/worth", { key, body })).body;
  const before = await ask(rowOf(0));
  assert.deepEqual([before.value, before.receipt.variant], [-1, "fallback"]);
  assert.match(before.receipt.degraded[0], /there is no file "models\/worth.txt" beside the configuration/);
  const [model] = (await app.call("GET", "/models", { key })).body.models;
  assert.match(model.problem, /there is no file/);
  const unready = await app.call("GET", "/oip/v2/models/worth/ready", { key });
  assert.deepEqual([unready.status, unready.body.ready], [503, false]);
  assert.match(unready.body.reason, /there is no file/);

  mkdirSync(join(app.dir, "models"));
  writeFileSync(join(app.dir, "models/worth.txt"), golden.bytes);
  let after = before;
  for (let i = 0; i < 400 && after.receipt.variant === "fallback"; i++) {
    await sleep(25);
    after = await ask(rowOf(0));
  }
  assert.equal(tenon.serving.predictor("worth").answersLater, false);
  assert.equal((await app.call("GET", "/oip/v2/models/worth/ready", { key })).status, 200);
  assert.equal((await app.call("GET", "/oip/v2/models/worth", { key })).body.platform, "tenon_trees");
  const many = await ask(golden.input[0].rows.map((_, i) => rowOf(i)));
  for (const [i, expected] of golden.output[0].rows.entries()) {
    const one = await ask(rowOf(i));
    assert.ok(Math.abs(one.value - Number(expected)) <= 1e-9, `row ${i}: ${one.value}, not ${expected}`);
    assert.deepEqual([one.value, one.big, one.receipt.variant], [many[i].value, one.value > 2, "live"]);
    assert.match(one.receipt.digest, /^[0-9a-f]{64}$/);
  }
});
