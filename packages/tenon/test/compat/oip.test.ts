import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { limit } from "../../src/base/limit.ts";
import { readTensorBody, type Tensor, writeTensorBody } from "../../src/base/oip-tensor.ts";
import { randomBelow, seededRandom } from "../../src/base/random.ts";
import { startApp, trainTwoVersions } from "../start-app.ts";
import { type OipApp, startOipApp } from "./oip-app.ts";

let oip: OipApp;
before(async () => {
  oip = await startOipApp();
});
after(async () => {
  await oip[Symbol.asyncDispose]();
});

type Headers = Record<string, string>;
const call = async (method: string, path: string, body?: unknown, headers: Headers = {}) => {
  const sent =
    body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${oip.app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${oip.key}`, ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get("content-type") === "application/json";
  const length = Number(response.headers.get("inference-header-content-length") ?? bytes.length);
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    length,
    body: isJson && bytes.length > 1 ? JSON.parse(bytes.toString()) : undefined,
  };
};
const get = (path: string, headers?: Headers) => call("GET", `/oip${path}`, undefined, headers);
const infer = (model: string, body: unknown, headers?: Headers) =>
  call("POST", `/oip/v2/models/${model}/infer`, body, headers);
const inferBinary = (model: string, tensors: readonly Tensor[], header: object = {}, headers: Headers = {}) => {
  const binary = tensors.map((tensor) => ({ ...tensor, isBinary: true }));
  const { body, headerBytes } = writeTensorBody({ ...header }, "inputs", binary);
  return infer(model, body, { "inference-header-content-length": String(headerBytes), ...headers });
};
/** A prediction of the log, where it is a moment after its answer. */
const loggedOf = async (id: string) => {
  const key = await oip.app.key("acme");
  for (let i = 0; i < 50; i++) {
    const { status, body } = await oip.app.call("GET", `/predictions/${id}?replay=true`, { key });
    if (status === 200) return body;
    await setTimeout(100);
  }
  throw new Error(`prediction ${id} was never logged`);
};
const outputsOf = (answer: { bytes: Buffer; length: number }): Record<string, unknown[]> =>
  Object.fromEntries(
    readTensorBody(answer.bytes, "outputs", answer.length).tensors.map((tensor) => [
      tensor.name,
      tensor.datatype === "BYTES" ? tensor.data.map((one) => one?.toString()) : Array.from<unknown>(tensor.data),
    ]),
  );
const numbers = (values: readonly (readonly number[])[], datatype = "FP64") => ({
  inputs: [{ name: "x", shape: [values.length, 4], datatype, data: values }],
});

test("health, metadata, list, readiness and configuration are those of the definitions", async () => {
  assert.deepEqual((await get("/v2/health/live")).body, { live: true });
  assert.deepEqual((await get("/v2/health/ready", { authorization: "" })).body, { ready: true });
  const { body: server } = await get("/v2");
  assert.deepEqual(server.extensions, ["binary_tensor_data", "model_repository", "model_configuration", "statistics"]);
  assert.equal(server.name, "tenon");
  assert.deepEqual((await get("/v2/models")).body, { models: ["risk", "echo", "numbers", "limit"] });
  assert.deepEqual((await get("/v2/models/risk/ready")).body, { name: "risk", ready: true });
  assert.deepEqual((await get("/v2/models/risk/versions/2/ready")).body, { name: "risk", ready: true });
  const { body: risk } = await get("/v2/models/risk");
  assert.deepEqual([risk.versions, risk.platform], [["1", "2"], "tenon_trees"]);
  assert.deepEqual(risk.inputs[0], { name: "account", datatype: "BYTES", shape: [-1] });
  assert.deepEqual(
    risk.inputs.map(({ datatype }: { datatype: string }) => datatype),
    ["BYTES", "INT64", "FP64", "BYTES", "BYTES", "INT64", "FP64", "BOOL"],
  );
  assert.deepEqual(risk.outputs, [
    { name: "score", datatype: "FP64", shape: [-1] },
    { name: "verdict", datatype: "BYTES", shape: [-1] },
  ]);
  const { body: echo } = await get("/v2/models/echo/versions/1");
  assert.deepEqual(
    echo.outputs.map(({ name, datatype }: { name: string; datatype: string }) => `${name} ${datatype}`),
    ["real FP64", "whole FP64", "price FP64", "word BYTES", "yes FP64", "late BOOL"],
  );
  const { body: config } = await get("/v2/models/risk/config");
  assert.deepEqual(config.input.at(-1), { name: "at", data_type: "TYPE_INT64", dims: [-1], optional: true });
  assert.deepEqual(config.input[0], { name: "account", data_type: "TYPE_STRING", dims: [-1], optional: false });
  assert.equal(config.max_batch_size, 0);
});

test("tensors of columns are rows, in JSON and binary, as the prediction's own address answers", async () => {
  const cents = [100, 1_900];
  const inputs = [
    { name: "account", shape: [2], datatype: "BYTES", data: ["h1", "h2"] },
    { name: "cents", shape: [2, 1], datatype: "INT64", data: [[100], [1_900]] },
    { name: "country", shape: [2], datatype: "BYTES", data: ["DE", null] },
    { name: "at", shape: [2], datatype: "INT64", data: [Date.now(), Date.now()] },
  ];
  const { status, body } = await infer("risk", { id: "call-7", inputs, parameters: { priority: 1, timeout: 5 } });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.model_name, body.model_version, body.id], ["risk", "1", "call-7"]);
  const ids = body.parameters.prediction_ids.split(",");
  assert.equal(ids.length, 2);
  const own = await oip.app.call("POST", "/predict/risk", {
    key: oip.key,
    body: cents.map((value, i) => ({
      account: `h${i + 1}`,
      cents: value,
      ...(i === 0 ? { country: "DE" } : {}),
      at: Date.now(),
    })),
  });
  const [score, verdict] = body.outputs;
  assert.deepEqual([score.name, score.datatype, score.shape], ["score", "FP64", [2]]);
  assert.deepEqual(
    score.data,
    own.body.map((one: { score: number }) => one.score),
  );
  assert.deepEqual(verdict.data, ["approve", "block"]);
  const logged = await loggedOf(ids[1]);
  assert.equal(logged.input.cents, 1_900, JSON.stringify(logged));

  const binary = await inferBinary(
    "risk",
    [
      { name: "account", shape: [2], datatype: "BYTES", data: ["h1", "h2"] },
      { name: "cents", shape: [2], datatype: "INT64", data: BigInt64Array.of(100n, 1_900n) },
      { name: "country", shape: [2], datatype: "BYTES", data: ["DE", "US"] },
    ],
    { parameters: { binary_data_output: true } },
  );
  assert.equal(binary.headers.get("content-type"), "application/octet-stream");
  assert.deepEqual(Object.keys(outputsOf(binary)), ["score", "verdict"]);
  assert.equal(outputsOf(binary).score?.[0], score.data[0]);
});

test("every type goes in and comes out; NaN and what is missing are null", async () => {
  const echo = await inferBinary(
    "echo",
    [
      { name: "real", shape: [2], datatype: "FP64", data: Float64Array.of(0.1, -1e100) },
      { name: "whole", shape: [2], datatype: "INT32", data: Int32Array.of(7, -8) },
      { name: "price", shape: [2], datatype: "FP32", data: Float32Array.of(9.99, Number.NaN) },
      { name: "word", shape: [2], datatype: "BYTES", data: ["ü", ""] },
      { name: "yes", shape: [2], datatype: "BOOL", data: Uint8Array.of(1, 0) },
      { name: "when", shape: [2], datatype: "INT64", data: BigInt64Array.of(5_000n, 1n) },
    ],
    {
      outputs: [
        { name: "real" },
        { name: "whole" },
        { name: "price", parameters: { binary_data: true } },
        { name: "word" },
        { name: "yes" },
        { name: "late" },
      ],
    },
  );
  assert.deepEqual(outputsOf(echo), {
    real: [0.1, -1e100],
    whole: [7, -8],
    price: [9.99, Number.NaN],
    word: ["ü", ""],
    yes: [1, 0],
    late: [1, 0],
  });
  const bare = await infer("echo", {
    inputs: [
      { name: "real", shape: [1], datatype: "FP64", data: [1] },
      { name: "whole", shape: [1], datatype: "UINT8", data: [1] },
    ],
  });
  assert.deepEqual(
    bare.body.outputs.map(({ data }: { data: unknown }) => data),
    [[1], [1], [null], [null], [null], [false]],
  );
  const none = await infer("echo", {
    inputs: [
      { name: "real", shape: [0], datatype: "FP64", data: [] },
      { name: "whole", shape: [0], datatype: "UINT8", data: [] },
    ],
  });
  assert.deepEqual(
    none.body.outputs.map(({ shape, datatype }: { shape: number[]; datatype: string }) => [shape[0], datatype]),
    [
      [0, "FP64"],
      [0, "FP64"],
      [0, "FP64"],
      [0, "BYTES"],
      [0, "FP64"],
      [0, "BOOL"],
    ],
  );
});

test("a matrix has all columns where they are numbers; what decide adds is there, lists as JSON", async () => {
  const { body } = await infer(
    "numbers",
    numbers([
      [1, 2, 3, 1],
      [-9, 0.5, 1, 1],
      [1, 1, 1, 0],
    ]),
  );
  assert.deepEqual(
    body.outputs.map(({ name, datatype, data }: { name: string; datatype: string; data: unknown }) => [
      name,
      datatype,
      data,
    ]),
    [
      ["sum", "FP64", [6, -7.5, 0]],
      ["sign", "BYTES", ["plus", "minus", "plus"]],
      ["many", "BOOL", [false, false, false]],
      ["list", "BYTES", ["[6]", "[-7.5]", "[0]"]],
    ],
  );
  const binary = await inferBinary(
    "numbers",
    [{ name: "input", shape: [2, 4], datatype: "FP32", data: Float32Array.of(1, Number.NaN, 2, 1, 5, 5, 5, 1) }],
    { outputs: [{ name: "sum", parameters: { binary_data: true } }] },
  );
  assert.deepEqual(outputsOf(binary), { sum: [3, 15] });
});

test("a raw body is the single input; its answer is binary", async () => {
  const answer = await infer("limit", new Uint8Array(BigInt64Array.of(100n, 60_000n).buffer), {
    "inference-header-content-length": "0",
    "content-type": "application/octet-stream",
  });
  assert.equal(answer.status, 200, answer.bytes.toString());
  assert.deepEqual(outputsOf(answer), { ok: [1, 0] });
});

test("a version is asked by its number, the live one without", async () => {
  const inputs = [
    { name: "account", shape: [1], datatype: "BYTES", data: ["h1"] },
    { name: "cents", shape: [1], datatype: "INT64", data: [5] },
  ];
  const second = await call("POST", "/oip/v2/models/risk/versions/2/infer", { inputs });
  assert.deepEqual([second.status, second.body.model_version], [200, "2"]);
  assert.equal((await infer("risk", { inputs })).body.model_version, "1");
  const logged = await loggedOf(second.body.parameters.prediction_ids);
  assert.deepEqual([logged.model, logged.replay.same], ["risk@2", true]);
  const ninth = await call("POST", "/oip/v2/models/risk/versions/9/infer", { inputs });
  assert.deepEqual([ninth.status, ninth.body.error], [404, '"risk" has no version 9 [version.unknown]']);
  assert.equal((await get("/v2/models/limit/versions/2/ready")).status, 404);
});

test("bodies and answers are compressed both ways, and a bomb is refused before it is inflated", async () => {
  const rows = Array.from({ length: 400 }, (_, i) => [i, i, 1, 1]);
  const json = JSON.stringify(numbers(rows));
  for (const [coding, bytes] of [
    ["gzip", gzipSync(json)],
    ["deflate", deflateSync(json)],
  ] as const) {
    const answer = await infer("numbers", bytes, { "content-encoding": coding, "accept-encoding": "identity" });
    assert.equal(answer.headers.get("content-encoding"), null);
    assert.equal(answer.body.outputs[0].data[399], 799);
  }
  const zipped = await infer("numbers", json, { "accept-encoding": "br;q=1, gzip" });
  assert.equal(zipped.headers.get("content-encoding"), "gzip");
  assert.equal(zipped.body.outputs[0].data.length, 400, "fetch inflates it");
  const bomb = gzipSync(Buffer.alloc(limit.tensorBodyBytesMax + 1));
  assert.ok(bomb.length < 100_000 && gunzipSync(bomb).length > limit.tensorBodyBytesMax);
  const refused = await infer("numbers", bomb, { "content-encoding": "gzip" });
  assert.deepEqual([refused.status, /once it is inflated/.test(refused.body.error)], [413, true]);
  const wide = await infer("numbers", `{"inputs":[],"pad":"${"x".repeat(limit.bodyBytesMax)}"}`);
  assert.deepEqual([wide.status, /send the tensors as binary/.test(wide.body.error)], [413, true]);
  const broken = await infer("numbers", "no gzip", { "content-encoding": "gzip" });
  assert.equal(broken.status, 400);
  assert.equal((await infer("numbers", json, { "content-encoding": "zstd" })).status, 400);
});

const x = { name: "x", shape: [1], datatype: "FP64", data: [1] };
const bad: readonly [string, string, unknown, number, RegExp][] = [
  ["an unknown model", "nothing", numbers([[1, 1, 1, 1]]), 404, /no prediction "nothing"/],
  ["no JSON", "numbers", "{", 400, /not JSON/],
  ["no inputs", "numbers", {}, 400, /"inputs" is no list/],
  ["a shape beyond memory", "numbers", { inputs: [{ ...x, shape: [2 ** 40, 10] }] }, 400, /10995116277760 elements/],
  [
    "too many rows",
    "numbers",
    { inputs: [{ ...x, shape: [10_001], data: new Array(10_001).fill(1) }] },
    413,
    /10001 rows/,
  ],
  ["an unknown input", "numbers", { inputs: [{ ...x, name: "xx" }] }, 422, /no input "xx".*Did you mean "x"/],
  ["a missing input", "numbers", { inputs: [x] }, 422, /\/0\/n: "n" is missing.*\/0\/on/],
  ["an input that stands twice", "numbers", { inputs: [x, x] }, 400, /stands twice/],
  ["ragged inputs", "numbers", { inputs: [x, { ...x, name: "y", shape: [2], data: [1, 2] }] }, 400, /1 and 2 rows/],
  [
    "a matrix of other columns",
    "numbers",
    { inputs: [{ ...x, name: "m", shape: [1, 3], data: [1, 2, 3] }] },
    400,
    /has 4 columns \(x, y, n, on\); found 3/,
  ],
  [
    "a matrix for texts",
    "risk",
    { inputs: [{ ...x, name: "m", shape: [1, 8], data: new Array(8).fill(1) }] },
    400,
    /"account" is no number/,
  ],
  [
    "a column of two dimensions",
    "numbers",
    {
      inputs: [
        { ...x, shape: [1, 2], data: [1, 2] },
        { ...x, name: "n" },
      ],
    },
    400,
    /a column is \[n\] or \[n, 1\]/,
  ],
  [
    "a bad value in the second row",
    "numbers",
    numbers([
      [1, 1, 1, 1],
      [1, 1, 1.5, 1],
    ]),
    422,
    /\/1\/n: expected a whole number; found 1.5/,
  ],
  [
    "a whole number beyond doubles",
    "limit",
    '{"inputs":[{"name":"cents","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}',
    422,
    /\/0\/cents: .*9007199254740993/,
  ],
  [
    "an unknown output",
    "limit",
    { inputs: [{ name: "cents", shape: [1], datatype: "INT64", data: [1] }], outputs: [{ name: "no" }] },
    400,
    /no output "no"; its outputs are ok/,
  ],
  [
    "a classification",
    "limit",
    {
      inputs: [{ name: "cents", shape: [1], datatype: "INT64", data: [1] }],
      outputs: [{ name: "ok", parameters: { classification: 3 } }],
    },
    400,
    /classification is not answered/,
  ],
  [
    "a sequence",
    "limit",
    { inputs: [{ name: "cents", shape: [1], datatype: "INT64", data: [1] }], parameters: { sequence_id: 4 } },
    400,
    /sequences are not answered/,
  ],
];
for (const [what, model, body, status, sentence] of bad)
  test(`${what} is an error of the protocol: a status and a sentence`, async () => {
    const answer = await infer(model, body);
    assert.equal(answer.headers.get("content-type"), "application/json");
    assert.deepEqual(Object.keys(answer.body), ["error"]);
    assert.match(answer.body.error, sentence);
    assert.equal(answer.status, status, answer.body.error);
  });

test("header lengths that lie are refused", async () => {
  const json = JSON.stringify(numbers([[1, 1, 1, 1]]));
  for (const told of ["-1", "x", "99999", "5", "1e2"]) {
    const { status, body } = await infer("numbers", json, { "inference-header-content-length": told });
    assert.equal(status, 400, `${told}: ${body.error}`);
  }
  assert.match((await infer("numbers", json, { "inference-header-content-length": "0" })).body.error, /has 4/);
});

test("the repository lists versions with their state; what the configuration has is neither changed nor unloaded", async () => {
  const { body: index } = await call("POST", "/oip/v2/repository/index");
  assert.deepEqual(
    index.filter(({ name }: { name: string }) => name === "risk"),
    [
      { name: "risk", version: "1", state: "READY", reason: "" },
      { name: "risk", version: "2", state: "READY", reason: "" },
    ],
  );
  assert.equal((await call("POST", "/oip/v2/repository/index", { ready: true })).body.length, 5);
  assert.deepEqual((await call("POST", "/oip/v2/repository/models/risk/load")).body, { name: "risk", load: true });
  for (const parameters of [{ config: "{}" }, { "file:1/model.onnx": "AA==" }]) {
    const { status, body } = await call("POST", "/oip/v2/repository/models/risk/load", { parameters });
    assert.equal(status, 409);
    assert.match(body.error, /configuration alone/);
  }
  const unload = await call("POST", "/oip/v2/repository/models/risk/unload", {
    parameters: { unload_dependents: true },
  });
  assert.deepEqual([unload.status, /of the configuration/.test(unload.body.error)], [409, true]);
  assert.equal((await call("POST", "/oip/v2/repository/models/no/load")).status, 404);
});

test("figures count a tenant's own calls; keys and scopes are those of every address", async () => {
  const other = await oip.app.key("other", "predict");
  const stats = async (key: string) =>
    (await get("/v2/models/echo/stats", { authorization: `Bearer ${key}` })).body.model_stats[0];
  const before = await stats(oip.key);
  await infer("echo", { inputs: [x] });
  const asOther = { authorization: `Bearer ${other}` };
  const inputs = [
    { ...x, name: "real" },
    { ...x, name: "whole" },
  ];
  assert.equal((await infer("echo", { inputs }, asOther)).status, 200);
  const [mine, theirs] = [await stats(oip.key), await stats(other)];
  assert.equal(mine.inference_stats.fail.count, before.inference_stats.fail.count + 1);
  assert.deepEqual(
    [mine.inference_count, theirs.inference_count, theirs.execution_count],
    [before.inference_count, 1, 1],
  );
  assert.ok(theirs.inference_stats.compute_infer.ns > 0 && theirs.last_inference > Date.now() - 60_000);
  assert.equal((await get("/v2/models/stats")).body.model_stats.length, 5);
  const keyless = await infer("echo", { inputs }, { authorization: "" });
  assert.deepEqual([keyless.status, /key.missing/.test(keyless.body.error)], [401, true]);
  const weak = await oip.app.key("acme", "ingest");
  assert.equal((await get("/v2/models", { authorization: `Bearer ${weak}` })).status, 403);
  const basic = `Basic ${Buffer.from(`any:${oip.key}`).toString("base64")}`;
  assert.equal((await get("/v2/models", { authorization: basic })).status, 200);
  assert.equal((await get("/v2/trace/setting")).body.error.includes("route.unknown"), true);
});

test("a model without a live version is not ready, and its fallback answers", async () => {
  const fresh = await startApp();
  try {
    const key = await fresh.key("acme", "predict");
    const ready = await fresh.call("GET", "/oip/v2/models/risk/ready", { key });
    assert.deepEqual([ready.status, ready.body.ready], [503, false]);
    const inputs = [
      { name: "account", shape: [1], datatype: "BYTES", data: ["a"] },
      { name: "cents", shape: [1], datatype: "INT64", data: [5] },
    ];
    const { body } = await fresh.call("POST", "/oip/v2/models/risk/infer", { key, body: { inputs } });
    assert.deepEqual(
      [body.model_version, body.parameters.degraded, body.outputs[0].data],
      ["0", "no live version", [0.5]],
    );
    const index = await fresh.call("POST", "/oip/v2/repository/index", { key, body: {} });
    assert.equal(index.body.find(({ name }: { name: string }) => name === "risk").state, "UNAVAILABLE");
  } finally {
    await fresh[Symbol.asyncDispose]();
  }
});

test("a version whose inputs the configuration computes otherwise is asked no more, unless it is live", async () => {
  await using app = await startApp();
  await trainTwoVersions(app.running, "acme");
  const file = join(app.dir, "tenon.config.ts");
  await writeFile(file, (await readFile(file, "utf8")).replace("row.cents > 1000", "row.cents > 1001"));
  assert.equal((await app.running.reload()).error, null);
  const key = await app.key("acme", "predict");
  const { body: index } = await app.call("POST", "/oip/v2/repository/index", { key, body: {} });
  const states = index.filter(({ name }: { name: string }) => name === "risk");
  assert.deepEqual(
    states.map(({ version, state }: Record<string, string>) => [version, state]),
    [
      ["1", "READY"],
      ["2", "UNAVAILABLE"],
    ],
  );
  assert.match(states[1].reason, /other inputs.*shape/);
  const body = {
    inputs: [
      { name: "account", shape: [1], datatype: "BYTES", data: ["a"] },
      { name: "cents", shape: [1], datatype: "INT64", data: [5] },
    ],
  };
  const live = await app.call("POST", "/oip/v2/models/risk/versions/1/infer", { key, body });
  assert.deepEqual([live.body.model_version, live.body.parameters.degraded], ["1", undefined]);
  const second = await app.call("POST", "/oip/v2/models/risk/versions/2/infer", { key, body });
  assert.deepEqual([second.status, /takes other inputs.*model.unloadable/.test(second.body.error)], [503, true]);
});

test("bodies of every kind are answered or refused, and none fails the server", async () => {
  const random = seededRandom(21);
  const tensors: Tensor[] = [
    { name: "real", shape: [3], datatype: "FP32", data: Float32Array.of(1, 2, 3) },
    { name: "whole", shape: [3], datatype: "INT16", data: Int16Array.of(1, 2, 3) },
    { name: "word", shape: [3, 1], datatype: "BYTES", data: ["a", "ü", ""] },
  ];
  const statuses = new Map<number, number>();
  for (let round = 0; round < 400; round++) {
    const mixed = tensors.map((tensor) => ({ ...tensor, isBinary: random() < 0.7 }));
    const parameters = { binary_data_output: random() < 0.5 };
    const { body, headerBytes } = writeTensorBody({ parameters }, "inputs", mixed);
    for (let i = randomBelow(random, 4); i > 0; i--) body[randomBelow(random, body.length)] = randomBelow(random, 256);
    const told = random() < 0.1 ? randomBelow(random, body.length + 9) : headerBytes;
    const headers: Headers = told === undefined ? {} : { "inference-header-content-length": String(told) };
    const { status } = await infer("echo", new Uint8Array(body), headers);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.deepEqual(
    [...statuses.keys()].filter((status) => ![200, 400, 413, 422].includes(status)),
    [],
  );
  assert.ok((statuses.get(200) ?? 0) > 50 && (statuses.get(400) ?? 0) > 50, JSON.stringify([...statuses]));
});
