// A third party's AI API answers for a model, over its real wire: what it is asked, what it costs, and what becomes of what it refuses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { Spending } from "../../src/service/predict/spending.ts";
import { type Answer, type StartedApp, startApp } from "../start-app.ts";
import { type OpenAiServer, startOpenAi } from "./openai-server.ts";

let vendorServer: OpenAiServer;
let app: StartedApp;

const config = (
  url: string,
  cap = "",
) => `import { c, defineApp, embedded, prediction, pretrained, secret, vendor } from "tenon";
const shape = { input: { text: c.text(), at: c.time().nullable() }, output: { tone: c.oneOf("good", "bad"), score: c.real() } };
const price = { dollarsPerMillion: { input: 10, output: 50 }, privateNetwork: true };
const chat = pretrained("chat_tone", { ...shape, runtime: vendor("openai:small", { ...price, key: secret("OPENAI_KEY"), baseUrl: "${url}/v1",
  prompt: "How does this sound? {text}", temperature: 0${cap} }) });
const embed = pretrained("embedding", { input: { text: c.text() }, output: { e0: c.real(), e1: c.real(), e2: c.real() },
  runtime: vendor("openai:embed-small", { ...price, key: secret("OPENAI_KEY"), baseUrl: "${url}/v1", embeds: "text" }) });
const mapped = pretrained("mapped_tone", { input: { text: c.text(), words: c.integer() }, output: { tone: c.oneOf("good", "bad") },
  runtime: vendor("${url}/classify", { ...price, headers: { "x-api-key": secret("OPENAI_KEY") }, body: { text: "{text}", options: { words: "{words}", note: "has {words}" } },
    answer: { tone: "/result/tone" }, tokens: { input: "/used/0", output: "/used/1" } }) });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [
  prediction("tone", { model: chat, fallback: { tone: "good", score: 0 } }),
  prediction("embed", { model: embed, fallback: { e0: 0, e1: 0, e2: 0 } }),
  prediction("mapped", { model: mapped, fallback: { tone: "good" } })] });
`;

before(async () => {
  process.env.OPENAI_KEY = "sk-test-17";
  vendorServer = await startOpenAi();
  app = await startApp(config(vendorServer.url));
});

after(async () => {
  await app[Symbol.asyncDispose]();
  await vendorServer[Symbol.asyncDispose]();
});

async function ask(
  text: unknown,
  o: { name?: string; more?: object; headers?: Record<string, string>; tenant?: string } = {},
) {
  const key = await app.key(o.tenant ?? "a");
  const body = Array.isArray(text) ? text.map((one) => ({ text: one, ...o.more })) : { text, ...o.more };
  const answer = await app.call("POST", `/predict/${o.name ?? "tone"}`, { key, body, headers: o.headers ?? {} });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

test("a row is asked as a chat with the output's schema, and its price stands in the receipt and the log", async () => {
  const body = await ask("well done!", { more: { at: "2026-01-02T03:04:05Z" } });
  assert.deepEqual([body.tone, body.score, body.receipt.variant], ["good", 0.75, "live"]);
  // 100 × 10 + 20 × 50 millionths of a dollar.
  assert.equal(body.receipt.costMicros, 2_000);
  const { path, authorization, body: sent } = vendorServer.seen.at(-1)!;
  assert.deepEqual([path, authorization], ["/v1/chat/completions", "Bearer sk-test-17"]);
  assert.equal(sent.messages[1].content, "How does this sound? well done!");
  assert.deepEqual([sent.model, sent.temperature, sent.max_completion_tokens], ["small", 0, 1_000]);
  assert.deepEqual(sent.response_format, {
    type: "json_schema",
    json_schema: {
      name: "chat_tone",
      strict: true,
      schema: {
        type: "object",
        properties: { tone: { type: "string", enum: ["good", "bad"] }, score: { type: "number" } },
        required: ["tone", "score"],
        additionalProperties: false,
      },
    },
  });
  await app.running.tenon.predictions.drain();
  const logged = await app.call("GET", `/predictions/${body.receipt.id}`, { key: await app.key("a") });
  assert.equal(logged.body.receipt.costMicros, 2_000);
  const { body: metrics } = await app.call("GET", "/metrics", { key: await app.key("a") });
  assert.match(String(metrics), /tenon_model_tokens_total\{model="chat_tone",direction="input"\} 100/);
  assert.match(String(metrics), /tenon_model_cost_micros_total\{model="chat_tone"\} 2000/);
});

const useless: readonly [what: string, text: string, told: RegExp, costMicros: number][] = [
  ["it refuses", "refuse this", /refused to answer: I'm sorry/, 2_000],
  ["it is cut", "cut this", /the answer was cut: length/, 2_000],
  ["it is none of the output", "wrong this", /does not fit the model's output: \/tone/, 2_000],
  ["it is an error", "broken this", /answered 500: The server had an error/, 0],
  ["its connection breaks", "torn this", /cannot be reached/, 0],
  ["the key is wrong", "unknown key", /answered 401: Incorrect API key provided: …$/, 0],
];

for (const [what, text, told, costMicros] of useless)
  test(`where ${what} the fallback answers, and what it cost is told`, async () => {
    const body = await ask(text);
    assert.deepEqual([body.score, body.receipt.variant, body.receipt.costMicros], [0, "fallback", costMicros]);
    assert.match(body.receipt.degraded[0], told);
    assert.doesNotMatch(JSON.stringify(body), /sk-test/);
  });

test("a row that fails does not take the others with it", async () => {
  const answers = await ask(["one!", "refuse two", "three"]);
  assert.deepEqual(
    answers.map(({ tone, score, receipt }: Answer["body"]) => [tone, score, receipt.variant]),
    [
      ["good", 0.75, "live"],
      ["good", 0, "fallback"],
      ["bad", 0.75, "live"],
    ],
  );
});

test("429 is tried again as Retry-After says, within the budget alone", async () => {
  const before = vendorServer.seen.length;
  const body = await ask("busy now!");
  assert.deepEqual([body.tone, body.receipt.variant, vendorServer.seen.length - before], ["good", "live", 2]);
  const late = await ask("patience", { headers: { "tenon-budget-ms": "100" } });
  assert.deepEqual([late.receipt.variant, late.receipt.costMicros], ["fallback", 0]);
  assert.match(late.receipt.degraded[0], /tried again later than the call's budget lets/);
  const slow = await ask("slow!", { headers: { "tenon-budget-ms": "100" } });
  assert.match(slow.receipt.degraded[0], /did not answer in time/);
});

test("embeddings are asked for together, and come back to their rows", async () => {
  const before = vendorServer.seen.length;
  const texts = Array.from({ length: 300 }, (_, i) => "x".repeat(i % 7));
  const answers = await ask(texts, { name: "embed" });
  for (const [i, { e0, e1, e2, receipt }] of answers.entries()) {
    assert.deepEqual([e0, e1, e2], [i % 7, (i % 7) + 0.1, (i % 7) + 0.2], String(i));
    assert.ok(Math.abs(receipt.costMicros - 50) < 1e-9);
  }
  assert.equal(vendorServer.seen.length - before, 2);
  assert.equal(vendorServer.seen.at(-1)?.body.dimensions, 3);
});

test("another wire is a body with places, and pointers into the answer", async () => {
  const body = await ask("a long text", { name: "mapped", more: { words: 3 } });
  assert.deepEqual([body.tone, body.receipt.costMicros], ["good", 7 * 10 + 3 * 50]);
  assert.deepEqual(vendorServer.seen.at(-1)?.body, { text: "a long text", options: { words: 3, note: "has 3" } });
});

test("a tenant that has spent its cap gets the fallback; another does not, and a restart forgets nothing", async () => {
  await using capped = await startApp(config(vendorServer.url, ', cap: { dollars: 0.005, per: "day" }'));
  const askAs = async (tenant: string) => {
    const key = await capped.key(tenant);
    return (await capped.call("POST", "/predict/tone", { key, body: { text: "hello!" } })).body;
  };
  for (let i = 0; i < 3; i++) assert.equal((await askAs("a")).receipt.variant, "live");
  const over = await askAs("a");
  assert.deepEqual([over.receipt.variant, over.receipt.costMicros], ["fallback", 0]);
  assert.match(over.receipt.degraded[0], /has cost the tenant \$0\.005 this day, which is all it may/);
  assert.equal((await askAs("b")).receipt.variant, "live");
  const { metadata } = capped.running.tenon;
  const tenant = await metadata.tenant("a");
  const day = new Date().toISOString().slice(0, 10);
  let kept: string | undefined;
  for (let i = 0; i < 100 && kept !== `${day} 6000`; i++) kept = await metadata.setting(`spent chat_tone ${tenant}`);
  assert.equal(kept, `${day} 6000`);
  const cap = { micros: 5_000, per: "day" } as const;
  const nextDay = Date.now() + 86_400_000;
  const begun = (machineNowMs: () => number) =>
    new Spending("chat_tone", cap, { metadata, machineNowMs, logger: silentLogger });
  await assert.rejects(begun(Date.now).check(tenant), { code: "model.capped" });
  await begun(() => nextDay).check(tenant);
});

test("a vendor that does not fit its model is a mistake of the configuration", async () => {
  const wrong = config(vendorServer.url, ', cap: { dollars: -1, per: "year" }, answer: { tone: "/x" }')
    .replace("{text}", "{txet}")
    .replace('embeds: "text"', 'embeds: "txt"')
    .replace('answer: { tone: "/result/tone" }', 'answer: { tune: "result" }');
  await assert.rejects(startApp(wrong), (error: Error) => {
    const told = JSON.stringify("places" in error ? error.places : []);
    for (const text of ["txet", "cap", "go with `body`", "a text column", 'lacks \\\\"tone\\\\"', "is no output"])
      assert.match(told, new RegExp(text));
    return true;
  });
});
