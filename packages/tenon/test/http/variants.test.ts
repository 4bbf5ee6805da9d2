// Several models of one prediction: each has its share of those who are called for, and challengers are asked beside them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { limit } from "../../src/base/limit.ts";
import { startApp } from "../start-app.ts";

const config = `import { c, defineApp, embedded, entity, prediction, pretrained } from "tenon";
const account = entity("account");
const made = (name, add) => pretrained(name, { input: { account: c.ref(account), cents: c.integer() }, output: { sum: c.integer() },
  code: ({ cents }) => { if (cents < 0) throw new Error("no such sum"); return { sum: cents + add }; } });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [
  prediction("sum", { model: made("plain", 0), fallback: { sum: -1 }, variants: { more: { model: made("more_model", 1_000), share: 0.3 },
    most: { model: made("most_model", 2_000), share: 0.1 } }, challengers: [made("next_model", 7)] }),
  prediction("alone", { model: made("alone_model", 0), fallback: { sum: -1 } })] });
`;

test("each account keeps its variant, each variant has its share, and tenants draw apart", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(config);
  const key = await app.key("a", "predict");
  const rows = Array.from({ length: 4_000 }, (_, i) => ({ account: `a${i % 2_000}`, cents: i }));
  const { body } = await app.call("POST", "/predict/sum", { key, body: rows });
  const counts = new Map<string, number>();
  const added = { live: 0, more: 1_000, most: 2_000 } as const;
  for (const [i, { sum, receipt }] of body.entries()) {
    const variant: keyof typeof added = receipt.variant;
    assert.equal(sum, i + added[variant], "rows keep their order whoever answers them");
    assert.equal(variant, body[(i + 2_000) % 4_000].receipt.variant);
    counts.set(variant, (counts.get(variant) ?? 0) + 1);
  }
  // Six standard errors of 2,000 draws.
  for (const [variant, share] of Object.entries({ live: 0.6, more: 0.3, most: 0.1 }))
    assert.ok(Math.abs((counts.get(variant) ?? 0) / 4_000 - share) < 0.066, JSON.stringify([...counts]));
  const one = await app.call("POST", "/predict/sum", { key, body: rows[17] });
  assert.equal(one.body.receipt.variant, body[17].receipt.variant);
  const other = await app.call("POST", "/predict/sum", { key: await app.key("b", "predict"), body: rows });
  const moved = body.filter(
    ({ receipt }: { receipt: { variant: string } }, i: number) => receipt.variant !== other.body[i].receipt.variant,
  );
  assert.ok(moved.length > 1_000, `${moved.length} of 4000`);
});

test("a tester names the variant; others may not, and a variant that fails falls back", async () => {
  await using app = await startApp(config);
  const [admin, plain] = [await app.key("a"), await app.key("a", "predict")];
  const ask = (key: string, variant: string, cents = 1, name = "sum") =>
    app.call("POST", `/predict/${name}`, { key, body: { account: "x", cents }, headers: { "tenon-variant": variant } });
  for (const [variant, sum] of Object.entries({ live: 1, more: 1_001, most: 2_001 })) {
    const { body } = await ask(admin, variant);
    assert.deepEqual([body.sum, body.receipt.variant], [sum, variant]);
  }
  assert.deepEqual([(await ask(plain, "more")).status, (await ask(plain, "more")).body.code], [403, "key.scope"]);
  const unknown = await ask(admin, "moore");
  assert.deepEqual([unknown.status, unknown.body.code], [404, "variant.unknown"]);
  assert.match(unknown.body.detail ?? unknown.body.message, /live, more, most/);
  assert.equal((await ask(admin, "more", 1, "alone")).body.code, "variant.unknown");
  const { body: failed } = await ask(admin, "more", -5);
  assert.deepEqual([failed.sum, failed.receipt.variant, failed.receipt.model], [-1, "fallback", "more_model"]);
});

test("a challenger is asked after the answer: its own is logged beside it, and changes nothing", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(config);
  const { predictions } = app.running.tenon;
  const key = await app.key("a");
  const { body } = await app.call("POST", "/predict/sum", { key, body: { account: "x", cents: 5 } });
  while (predictions.challengers.counts.answered < 1) await sleep(5);
  await predictions.drain();
  const { body: shown } = await app.call("GET", `/predictions/${body.receipt.id}`, { key });
  assert.deepEqual(shown.challengers, [{ model: "next_model", output: { sum: 12 }, degraded: [] }]);
  assert.equal(shown.output.sum, body.sum);
  const { body: list } = await app.call("GET", "/predictions", { key });
  assert.equal(list.predictions.length, 1, "a challenger's answer is no prediction of its own");

  const many = Array.from({ length: limit.challengersQueueMax * 3 }, (_, i) => ({ account: "x", cents: i }));
  const answers = await app.call("POST", "/predict/sum", { key, body: many });
  assert.equal(answers.status, 200);
  const { counts } = predictions.challengers;
  while (counts.answered + counts.dropped < many.length + 1) await sleep(5);
  assert.ok(counts.dropped > 0, "what is too much for them is passed over");
});

test("variants and challengers that do not fit are mistakes of the configuration", async () => {
  const wrong = config
    .replace("share: 0.3 }", "share: 0.95 }")
    .replace("most: {", "live: {")
    .replace(
      'challengers: [made("next_model", 7)]',
      'challengers: [pretrained("other", { input: { cents: c.integer() }, output: { total: c.integer() }, code: () => ({ total: 1 }) })], by: "acount"',
    );
  await assert.rejects(startApp(wrong), (error: Error) => {
    const told = JSON.stringify("places" in error ? error.places : []);
    for (const text of [
      "their shares are 1.05",
      "what a receipt calls",
      "other rows than",
      "other columns than",
      "no column",
    ])
      assert.ok(told.includes(text), `${text} in ${told}`);
    return true;
  });
});
