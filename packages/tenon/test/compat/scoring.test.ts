import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type OipApp, startOipApp } from "./oip-app.ts";

let oip: OipApp;
before(async () => {
  oip = await startOipApp();
});
after(async () => {
  await oip[Symbol.asyncDispose]();
});

const ask = async (url: string, body?: unknown, headers: Record<string, string> = {}) => {
  const sent =
    typeof body === "string" || body instanceof Uint8Array || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method: sent === undefined ? "GET" : "POST",
    redirect: "manual",
    headers: { authorization: `Bearer ${oip.key}`, ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json" && text.length > 1;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
};
const predict = (body: unknown, model = "numbers", headers = {}) =>
  ask(`${oip.app.url}/kserve/v1/models/${model}:predict`, body, headers);
const invoke = (body: unknown, headers = {}, query = "?prediction=numbers") =>
  ask(`${oip.app.url}/scoring/invocations${query}`, body, headers);
const sums = (answer: { body: { predictions: { sum: number }[] } }): number[] =>
  answer.body.predictions.map(({ sum }) => sum);

test("V1 takes instances as objects, as lists in the columns' order, or as single values", async () => {
  const objects = await predict({
    instances: [
      { x: 1, y: 2, n: 3, on: true },
      { x: 1, n: 3, on: 1 },
    ],
  });
  assert.equal(objects.status, 200, objects.text);
  assert.deepEqual(objects.body.predictions[0], { sum: 6, sign: "plus", many: false, list: [6] });
  assert.equal(objects.body.prediction_ids.length, 2);
  assert.deepEqual(sums(objects), [6, 4]);
  assert.deepEqual(
    sums(
      await predict({
        instances: [
          [1, 2, 3, true],
          [1, null, 3, 1],
        ],
      }),
    ),
    [6, 4],
  );
  assert.deepEqual((await predict({ instances: [100, [60_000]] }, "limit")).body.predictions, [
    { ok: true },
    { ok: false },
  ]);
  const zipped = await predict(gzipSync('{"instances":[[1,NaN,3,1]]}'), "numbers", { "content-encoding": "gzip" });
  assert.deepEqual(sums(zipped), [4], "a bare NaN, as Python writes it, is null");
});

test("V1 tells its models and their readiness, and what it refuses in its own form", async () => {
  assert.deepEqual((await ask(`${oip.app.url}/kserve/`)).body, { status: "alive" });
  assert.deepEqual((await ask(`${oip.app.url}/kserve/v1/models/risk`)).body, { name: "risk", ready: true });
  assert.deepEqual((await ask(`${oip.app.url}/kserve/v1/models`)).body, {
    models: ["risk", "echo", "numbers", "limit"],
  });
  const bad: readonly [unknown, string, number, RegExp][] = [
    [{ instances: [[1, 2]] }, "numbers", 422, /has 4 values \(x, y, n, on\); found 2/],
    [{ instances: [{ x: "1", n: 1, on: true }] }, "numbers", 422, /\/0\/x: expected a number; found "1"/],
    ['{"instances":[{"cents":9007199254740993}]}', "limit", 422, /9007199254740993, which is beyond 2\^53/],
    [{ instances: {} }, "numbers", 422, /"instances" is a list/],
    [{ instances: [1] }, "none", 404, /no prediction "none"/],
    ["{", "numbers", 400, /not JSON/],
    [{ instances: new Array(10_001).fill(1) }, "limit", 413, /it takes 10000/],
  ];
  for (const [body, model, status, sentence] of bad) {
    const answer = await predict(body, model);
    assert.deepEqual([answer.status, Object.keys(answer.body)], [status, ["error"]], answer.text);
    assert.match(answer.body.error, sentence);
  }
  const explain = await ask(`${oip.app.url}/kserve/v1/models/risk:explain`, { instances: [] });
  assert.deepEqual([explain.status, /NAME:predict/.test(explain.body.error)], [404, true]);
});

test("a frame is scored in each of MLflow's forms", async () => {
  const data = [
    [1, 2, 3, true],
    [4, null, 6, true],
  ];
  const columns = ["x", "y", "n", "on"];
  const records = [
    { x: 1, y: 2, n: 3, on: true },
    { x: 4, n: 6, on: true },
  ];
  const forms = [
    { dataframe_split: { columns, index: [0, 1], data } },
    {
      dataframe_split: {
        columns: ["on", "n", "x"],
        data: [
          [true, 5, 1],
          [true, 6, 4],
        ],
      },
    },
    { dataframe_records: records },
    { instances: records },
    { instances: data, params: {} },
    { inputs: records },
    { inputs: { x: [1, 4], n: [5, 6], on: [true, true] } },
  ];
  for (const body of forms) assert.deepEqual(sums(await invoke(body)), [6, 10], JSON.stringify(body));
  const csv = await invoke("on,n,x,y\r\ntrue,3,1,2\r\n1,6,4,\r\n", { "content-type": "text/csv; charset=utf-8" });
  assert.deepEqual([csv.status, sums(csv)], [200, [6, 10]], csv.text);
  const texts = await invoke(
    'account,cents,country\n"h,1",100,"a ""b"""\n',
    { "content-type": "text/csv" },
    "?prediction=risk",
  );
  assert.deepEqual([texts.status, texts.body.predictions[0].verdict], [200, "approve"]);
});

test("what is no frame is refused with MLflow's code and a sentence", async () => {
  const csv = { "content-type": "text/csv" };
  const bad: readonly [unknown, object, number, RegExp][] = [
    [{}, {}, 422, /one of dataframe_split, dataframe_records, inputs, instances; found 0/],
    [{ inputs: [], instances: [] }, {}, 422, /found 2/],
    [{ dataframe_records: { x: 1 } }, {}, 422, /is a list of rows/],
    [{ dataframe_split: { data: [1] } }, {}, 422, /are lists/],
    [{ inputs: { x: [1], n: [1, 2] } }, {}, 422, /of one length; found 1 and 2/],
    [{ instances: [], params: { k: 1 } }, {}, 422, /takes no "params"; found k/],
    ["x,n,on\n1,2\n", csv, 422, /line 2 of the CSV has 2 fields; its header has 3/],
    ["x,n,on\none,2,true\n", csv, 422, /\/0\/x: expected a number; found "one"/],
    ['x,n,on\n"1,2,true\n', csv, 422, /never closed/],
    ["", csv, 422, /no header/],
  ];
  for (const [body, headers, status, sentence] of bad) {
    const answer = await invoke(body, headers);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.body.error_code, "BAD_REQUEST");
    assert.match(answer.body.message, sentence);
  }
  const unnamed = await invoke({ instances: [] }, {}, "");
  assert.deepEqual(
    [unnamed.status, /4 predictions \(risk, echo, numbers, limit\)/.test(unnamed.body.message)],
    [404, true],
  );
});

test("with --oip-root the protocols stand at the root, and without it they do not", async () => {
  const { rootUrl } = oip;
  assert.deepEqual((await ask(`${rootUrl}/`)).body, { status: "alive" });
  const browser = await ask(`${rootUrl}/`, undefined, { accept: "text/html,*/*" });
  assert.deepEqual([browser.status, browser.headers.get("location")], [303, "/console/"]);
  assert.equal((await ask(`${rootUrl}/ping`)).status, 200);
  assert.equal((await ask(`${rootUrl}/health`)).status, 200);
  assert.match((await ask(`${rootUrl}/version`)).text, /^\d+\.\d+\.\d+$/);
  assert.deepEqual((await ask(`${rootUrl}/v2/models/risk/ready`)).body, { name: "risk", ready: true });
  assert.deepEqual((await ask(`${rootUrl}/v1/models/limit:predict`, { instances: [1] })).body.predictions, [
    { ok: true },
  ]);
  assert.deepEqual((await ask(`${rootUrl}/invocations?prediction=limit`, { inputs: [1] })).body.predictions, [
    { ok: true },
  ]);
  const keyless = await ask(`${rootUrl}/invocations`, "{}", { authorization: "" });
  assert.deepEqual([keyless.status, keyless.body.error_code], [401, "BAD_REQUEST"]);
  for (const path of ["/v2", "/ping", "/version", "/v1/models"])
    assert.equal((await ask(`${oip.app.url}${path}`)).status, 404, path);
  assert.equal((await ask(`${oip.app.url}/`)).status, 303);
});
