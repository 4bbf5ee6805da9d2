// The Python kit: scikit-learn's and LightGBM's models as processes of an app, and the kit's own answers to bad requests.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { silentLogger } from "../../src/base/log.ts";
import { type Running, startTenon } from "../../src/run.ts";

const kit = join(import.meta.dirname, "../../python");
/** Made by `.ci/run`; TENON_PYTHON_MODELS names another that has numpy, scikit-learn and lightgbm. */
const python = process.env.TENON_PYTHON_MODELS ?? join(import.meta.dirname, "../../../../.ci/models-venv/bin/python");
const skip = existsSync(python) || process.env.CI === "true" ? false : `${python} is not there: see .ci/run`;

const train = `
import json, lightgbm, numpy as np
random = np.random.default_rng(3)
rows = random.normal(size=(400, 2))
booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(rows, (rows[:, 0] > rows[:, 1]).astype(int), feature_name=["a", "b"]), 20)
booster.save_model("risk.txt")
print(json.dumps({"rows": rows[:50].tolist(), "scores": booster.predict(rows[:50]).tolist()}))
`;

const config = `import { c, defineApp, embedded, prediction, pretrained, process } from "tenon";
const entry = (name: string, o = {}) => process([${JSON.stringify(python)}, "-m", "tenon_model", "--entry", name], o);
const tone = pretrained("tone", { input: { text: c.text() }, output: { tone: c.oneOf("good", "bad"), score: c.real() }, runtime: entry("tone_sklearn:Tone", { idleStop: "10m" }) });
const risk = pretrained("risk", { input: { a: c.real(), b: c.real() }, output: { score: c.real() }, runtime: entry("risk_lightgbm:Risk", { env: { MODEL: "risk.txt" } }) });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [
  prediction("tone", { model: tone, fallback: { tone: "bad", score: 0 } }),
  prediction("risk", { model: risk, fallback: { score: 0.5 }, decide: ({ score }) => ({ block: score > 0.5 }) }),
] });
`;

let dir = "";
let running: Running | undefined;
let expected: { readonly rows: readonly (readonly [number, number])[]; readonly scores: readonly number[] };

before(async () => {
  if (skip !== false) return;
  dir = mkdtempSync(join(tmpdir(), "tenon-python-"));
  cpSync(join(kit, "examples"), dir, { recursive: true });
  writeFileSync(join(dir, "tenon.config.ts"), config);
  const { stdout } = await promisify(execFile)(python, ["-c", train], { cwd: dir });
  expected = JSON.parse(stdout);
  running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
  });
  await Promise.all(running.tenon.builds.runtimes.map(({ tried }) => tried));
});
after(async () => {
  await running?.close();
  if (dir !== "") rmSync(dir, { recursive: true, force: true });
});

test("scikit-learn answers texts", { skip, timeout: 120_000 }, async () => {
  const { tenon } = running!;
  const tenant = await tenon.metadata.tenant("default");
  const texts = ["it works great, I love it", "a very bad waste"];
  const made = await tenon.predictions.all(
    tenant,
    "tone",
    texts.map((text) => ({ text })),
  );
  assert.deepEqual(
    made.map(({ answer }) => answer.tone),
    ["good", "bad"],
    JSON.stringify(made[0].record.degraded),
  );
  assert.ok(made.every(({ record }) => record.variant === "live" && /^[0-9a-f]{64}$/.test(record.digest)));
});

test("LightGBM answers as it does in Python, to the bit, one by one and together", {
  skip,
  timeout: 120_000,
}, async () => {
  const { tenon } = running!;
  const tenant = await tenon.metadata.tenant("default");
  const rows = expected.rows.map(([a, b]) => ({ a, b }));
  const together = await tenon.predictions.all(tenant, "risk", rows);
  const single = await Promise.all(rows.map((row) => tenon.predict(tenant, "risk", row)));
  assert.deepEqual(
    together.map(({ answer }) => answer.score),
    expected.scores,
  );
  assert.deepEqual(
    single.map(({ answer }) => answer.score),
    expected.scores,
  );
  assert.deepEqual(
    single.map(({ answer }) => answer.block),
    expected.scores.map((score) => score > 0.5),
  );
});

test("killed in the midst of calls, each is answered, by the model or by the fallback, and it comes back", {
  skip,
  timeout: 120_000,
}, async () => {
  const { tenon } = running!;
  const tenant = await tenon.metadata.tenant("default");
  const children = async (): Promise<readonly string[]> =>
    (await promisify(execFile)("pgrep", ["-f", "risk_lightgbm:Risk"]).catch(() => ({ stdout: "" }))).stdout
      .split("\n")
      .filter(Boolean);
  const before = await children();
  const [a, b] = expected.rows[0];
  const variants: string[] = [];
  for (let i = 0; i < 400; i++) {
    if (i === 20) for (const pid of before) process.kill(Number(pid), "SIGKILL");
    const { record, answer } = await tenon.predict(tenant, "risk", { a, b });
    variants.push(record.variant);
    assert.equal(answer.score, record.variant === "live" ? expected.scores[0] : 0.5);
    if (i > 20 && record.variant === "live") break;
    await sleep(i < 20 ? 0 : 25);
  }
  assert.equal(variants[0], "live");
  assert.equal(variants.at(-1), "live", "it is back");
  assert.equal(
    (await children()).some((pid) => before.includes(pid)),
    false,
  );
});

test("the kit refuses what is not of the protocol, with a sentence", { skip, timeout: 60_000 }, async () => {
  writeFileSync(
    join(dir, "echo.py"),
    "def predict(inputs):\n    return inputs['a'] if 'list' in inputs else {'b': inputs['a'] * 2}\n",
  );
  const child = spawn(python, ["-m", "tenon_model", "--entry", "echo:predict", "--port", "0"], {
    cwd: dir,
    env: { ...process.env, PYTHONPATH: kit, PYTHONDONTWRITEBYTECODE: "1" },
  });
  try {
    const url = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
    const ask = async (body: string | object, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/v2/models/m/infer`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers,
      });
      return { status: response.status, body: (await response.json()) as { error?: string; outputs?: object } };
    };
    const tensor = { name: "a", shape: [2], datatype: "INT32", data: [1, 2] };
    assert.deepEqual((await ask({ inputs: [tensor] })).body.outputs, [
      { name: "b", shape: [2], datatype: "INT32", data: [2, 4] },
    ]);
    const wrong: readonly (readonly [string | object, RegExp, Record<string, string>?])[] = [
      ["{", /not JSON/],
      [{}, /no list "inputs"/],
      [{ inputs: [{ ...tensor, shape: [3] }] }, /cannot reshape/],
      [{ inputs: [{ ...tensor, shape: [2 ** 40, 10] }] }, /cannot reshape/],
      [{ inputs: [{ ...tensor, datatype: "TEXT" }] }, /TEXT is no datatype/],
      [
        { inputs: [{ ...tensor, data: undefined, parameters: { binary_data_size: 9 } }] },
        /9 bytes are said, 0 are there/,
      ],
      [{ inputs: [tensor, { ...tensor, name: "list" }] }, /the model answers a dict of arrays; it answered ndarray/],
    ];
    for (const [body, message] of wrong) {
      const { status, body: told } = await ask(body);
      assert.equal(status, 400, JSON.stringify(told));
      assert.match(told.error ?? "", message);
    }
    const failing = await ask({ inputs: [{ ...tensor, name: "other" }] });
    assert.deepEqual([failing.status, failing.body.error], [500, "KeyError: 'a'"]);
  } finally {
    child.kill("SIGTERM");
  }
});
