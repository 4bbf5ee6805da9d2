import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { refusedAddress } from "../../src/base/address-guard.ts";
import { TenonError } from "../../src/base/error.ts";
import type { Tensor } from "../../src/base/oip-tensor.ts";
import { RemoteRuntime } from "../../src/drivers/oip/remote-runtime.ts";
import type { ColumnPlan } from "../../src/plan/plan.ts";
import type { ModelColumns } from "../../src/ports/model-runtime.ts";
import { startApp } from "../start-app.ts";
import { type Behaviour, startOipServer } from "./oip-server.ts";

const column = (name: string, type: ColumnPlan["type"], more: Partial<ColumnPlan> = {}): ColumnPlan => ({
  ...{ name, type, nullable: false, personal: false, scale: 0, values: [], to: undefined },
  ...more,
});

const signature = {
  name: "tone",
  input: [column("text", "text"), column("length", "integer"), column("weight", "real", { nullable: true })],
  output: [column("tone", "oneOf", { values: ["good", "bad"] }), column("score", "real"), column("sure", "flag")],
};
const input: ModelColumns = [
  ["fine", "awful", "fine too"],
  [4, 5, 8],
  [0.5, null, 2],
];

/** Says of each text whether it is good: each row can be told from the others. */
const honest: Behaviour["infer"] = (tensors) => {
  const texts = (tensors.find(({ name }) => name === "text")?.data ?? []) as readonly (Uint8Array | string)[];
  const words = texts.map((text) => Buffer.from(text).toString());
  const shape = [words.length];
  return [
    { name: "tone", shape, datatype: "BYTES", data: words.map((word) => (word.startsWith("fine") ? "good" : "bad")) },
    { name: "score", shape, datatype: "FP32", data: Float32Array.from(words, (word) => word.length) },
    { name: "sure", shape, datatype: "BOOL", data: Uint8Array.from(words, (word) => (word.length > 4 ? 1 : 0)) },
  ];
};
const expected: ModelColumns = [
  ["good", "bad", "good"],
  [4, 5, 8],
  [false, true, true],
];

const runtimeOf = (url: string, nowMs: () => number = () => performance.now()) =>
  new RemoteRuntime({ url, model: "tone", headers: { authorization: "Bearer word" }, privateNetwork: false, nowMs });

const waiting = (ms = 5_000) => ({ signal: AbortSignal.timeout(ms) });

for (const isBinary of [true, false])
  test(`rows keep their order and their nulls, over ${isBinary ? "binary tensors" : "JSON"}`, async () => {
    let weights: readonly number[] = [];
    const infer: Behaviour["infer"] = (tensors, response) => {
      weights = Array.from(tensors.find(({ name }) => name === "weight")?.data as Float64Array);
      return honest(tensors, response);
    };
    await using server = await startOipServer({ isBinary, infer });
    const model = await runtimeOf(server.url).load(signature);
    assert.deepEqual(await model.predict(input, 3, waiting()), expected);
    assert.deepEqual(weights, [0.5, Number.NaN, 2]);
    assert.equal(server.calls[0]?.headers.authorization, "Bearer word");
    assert.equal(server.calls[0]?.headers["inference-header-content-length"] === undefined, !isBinary);
    assert.equal(model.digest, (await runtimeOf(server.url).load(signature)).digest);
    await model.close();
    await model.close();
  });

const changed =
  (name: string, change: Partial<Tensor>): Behaviour["infer"] =>
  async (tensors, response) =>
    ((await honest(tensors, response)) ?? []).map((one) =>
      one.name === name ? ({ ...one, ...change } as Tensor) : one,
    );

const wrong: readonly (readonly [string, Behaviour["infer"], RegExp])[] = [
  ["a missing column", changed("score", { name: "scores" }), /answered no "score" but tone, scores, sure/],
  [
    "too few rows",
    changed("score", { shape: [1], data: Float32Array.of(1) } as Partial<Tensor>),
    /1 values of "score" for 3 rows/,
  ],
  [
    "a value that is none of a column's",
    changed("tone", { data: ["good", "ugly", "bad"] } as Partial<Tensor>),
    /"tone" that is no one of good, bad/,
  ],
  ["what is no number", changed("score", { data: Float32Array.of(1, Number.NaN, 2) }), /"score" that is no real/],
  [
    "an error",
    (_, response) => void response.writeHead(400).end('{"error":"no such thing"}'),
    /answered 400: no such thing/,
  ],
  ["no JSON", (_, response) => void response.end("<html>"), /the answer cannot be read/],
  [
    "half an answer",
    (_, response) => void response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy()),
    /cannot be reached/,
  ],
];

for (const [what, infer, message] of wrong)
  test(`an answer of ${what} is a failure of the model`, async () => {
    await using server = await startOipServer({ infer });
    const model = await runtimeOf(server.url).load(signature);
    await assert.rejects(model.predict(input, 3, waiting()), (thrown) => {
      assert.ok(thrown instanceof TenonError);
      assert.equal(thrown.code, "model.failed");
      assert.match(thrown.message, message);
      return true;
    });
    await model.close();
  });

test("who does not wait any longer is let go, and the server's connection with it", async () => {
  let isClosed = false;
  const infer: Behaviour["infer"] = async (_, response) => {
    response.once("close", () => {
      isClosed = true;
    });
    await sleep(60_000, undefined, { ref: false });
    return [];
  };
  await using server = await startOipServer({ infer });
  const model = await runtimeOf(server.url).load(signature);
  await assert.rejects(model.predict(input, 3, waiting(50)), { code: "model.late" });
  while (!isClosed) await sleep(5);
  await model.close();
});

test("a server that fails is left alone, then tried by one call", async () => {
  let nowMs = 0;
  let fails = true;
  const infer: Behaviour["infer"] = (tensors, response) =>
    fails ? void response.writeHead(500).end() : honest(tensors, response);
  await using server = await startOipServer({ infer });
  const model = await runtimeOf(server.url, () => nowMs).load(signature);
  const codeOf = () =>
    model.predict(input, 3, waiting()).then(
      () => "ok",
      ({ code }: TenonError) => code,
    );
  for (let i = 0; i < 5; i++) assert.equal(await codeOf(), "model.failed");
  assert.equal(await codeOf(), "model.busy");
  assert.equal(server.calls.length, 5, "it was not asked");
  nowMs = 1_000;
  assert.deepEqual(await Promise.all([codeOf(), codeOf()]), ["model.failed", "model.busy"], "one tries it");
  nowMs = 2_999;
  assert.equal(await codeOf(), "model.busy", "for twice as long");
  nowMs = 3_000;
  fails = false;
  assert.deepEqual([await codeOf(), await codeOf()], ["ok", "ok"]);
  await model.close();
});

test("a budget that is too short for anything does not shut a server off", async () => {
  const infer: Behaviour["infer"] = async (tensors, response) => {
    await sleep(30);
    return honest(tensors, response) ?? [];
  };
  await using server = await startOipServer({ infer });
  const model = await runtimeOf(server.url).load(signature);
  for (let i = 0; i < 8; i++) await assert.rejects(model.predict(input, 3, waiting(1)), { code: "model.late" });
  assert.deepEqual(await model.predict(input, 3, waiting()), expected);
  await model.close();
});

test("a model without the columns is not loaded, and the names are told", async () => {
  const metadata = { inputs: [{ name: "text" }, { name: "size" }], outputs: [] };
  await using server = await startOipServer({ metadata, infer: honest });
  await assert.rejects(runtimeOf(server.url).load(signature), /no "length" among its inputs there: text, size/);
});

test("addresses where machines keep secrets are refused; private ones unless the configuration says so", () => {
  for (const address of ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0"])
    for (const allowed of [true, false])
      assert.match(refusedAddress("m", address, allowed) ?? "", /link-local/, address);
  for (const address of ["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"]) {
    assert.match(refusedAddress("m", address, false) ?? "", /privateNetwork/, address);
    assert.equal(refusedAddress("m", address, true), undefined);
  }
  for (const address of ["93.184.216.34", "172.32.0.1", "2606:2800::1"])
    assert.equal(refusedAddress("m", address, false), undefined);
});

test("a name that stands for this machine is refused when it is connected to", async () => {
  await using server = await startOipServer({ infer: honest });
  const url = server.url.replace("127.0.0.1", "localhost");
  await assert.rejects(runtimeOf(url).load(signature), /"localhost" is .*in a private network/);
  const model = await new RemoteRuntime({ url, model: "tone", headers: {}, privateNetwork: true, nowMs: () => 0 }).load(
    signature,
  );
  assert.deepEqual(await model.predict(input, 3, waiting()), expected);
  await model.close();
});

const frontConfig = (
  url: string,
) => `import { c, defineApp, embedded, prediction, pretrained, remote, secret } from "tenon";
const limit = pretrained("limit_there", { input: { cents: c.integer() }, output: { ok: c.flag() },
  runtime: remote("${url}/oip", { model: "limit", headers: { authorization: secret("TENON_TEST_REMOTE_KEY") } }) });
export const app = defineApp({ name: "front", tenancy: "none", stores: { dev: () => embedded() },
  use: [prediction("limit", { model: limit, fallback: { ok: false }, budget: "2s", decide: ({ ok }) => ({ verdict: ok ? "pay" : "ask" }) })] });
`;

test("one app asks another: the same answers, one by one and in lists, and its fallback while the other is away", async () => {
  const back = await startApp();
  process.env.TENON_TEST_REMOTE_KEY = `Bearer ${await back.key("shop", "predict")}`;
  await using front = await startApp(frontConfig(back.url));
  const key = await front.key("default");
  const ask = (body: unknown) => front.call("POST", "/predict/limit", { key, body });
  const ready = async (): Promise<boolean> => (await front.call("GET", "/health/ready")).status === 200;
  while (!(await ready())) await sleep(10);
  const cents = [1, 49_999, 50_000, 1_000_000];
  const many = await ask(cents.map((one) => ({ cents: one })));
  assert.equal(many.status, 200, JSON.stringify(many.body));
  for (const [i, one] of cents.entries()) {
    const { body } = await ask({ cents: one });
    const there = await back.call("POST", "/predict/limit", {
      key: (process.env.TENON_TEST_REMOTE_KEY ?? "").slice(7),
      body: { cents: one },
    });
    assert.deepEqual([body.ok, body.verdict], [there.body.ok, one < 50_000 ? "pay" : "ask"]);
    assert.deepEqual([many.body[i].ok, many.body[i].receipt.variant], [body.ok, "live"]);
    await front.running.tenon.predictions.drain();
    const replayed = await front.call("GET", `/predictions/${body.receipt.id}?replay=true`, { key });
    assert.equal(replayed.body.replay.same, true);
  }
  await back[Symbol.asyncDispose]();
  const { body } = await ask({ cents: 1 });
  assert.deepEqual([body.ok, body.verdict, body.receipt.variant], [false, "ask", "fallback"]);
  assert.match(body.receipt.degraded[0], /the model failed: the model's server cannot be reached/);
  const bad = await ask({ cents: "many" });
  assert.deepEqual([bad.status, bad.body.code], [422, "field.type"]);
});

test("a server that is not there at the start is found later; a budget ends the wait", async () => {
  const infer: Behaviour["infer"] = async ([cents]) => {
    if (Number(cents.data[0]) === 2) await sleep(60_000, undefined, { ref: false });
    return [{ name: "ok", shape: [1], datatype: "BOOL", data: Uint8Array.of(1) }];
  };
  const { url } = await startOipServer({ infer }).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  process.env.TENON_TEST_REMOTE_KEY = "word";
  await using front = await startApp(frontConfig(url).replace("/oip", ""));
  const key = await front.key("default");
  const ask = async (cents: number, headers: Record<string, string> = {}) =>
    (await front.call("POST", "/predict/limit", { key, body: { cents }, headers })).body;
  while ((await front.call("GET", "/health/ready")).status !== 200) await sleep(10);
  const before = await ask(1);
  assert.equal(before.receipt.variant, "fallback");
  assert.match(before.receipt.degraded[0], /cannot be loaded: .*cannot be reached/);
  await using server = await startOipServer({ infer }, Number(new URL(url).port));
  assert.equal(server.url, url);
  let after = before;
  for (let i = 0; i < 400 && after.receipt.variant === "fallback"; i++) {
    await sleep(25);
    after = await ask(1);
  }
  assert.deepEqual([after.ok, after.receipt.variant], [true, "live"]);
  const startedMs = performance.now();
  const late = await ask(2, { "tenon-budget-ms": "60" });
  assert.ok(performance.now() - startedMs < 1_900, "the caller's budget, not the prediction's");
  assert.match(late.receipt.degraded[0], /the model failed: the model did not answer in time/);
  const odd = await front.call("POST", "/predict/limit", {
    key,
    body: { cents: 1 },
    headers: { "tenon-budget-ms": "soon" },
  });
  assert.match(odd.body.detail, /Tenon-Budget-Ms: a whole number of milliseconds from 1; found "soon"/);
});
