import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "../base/error.ts";
import { defineApp, embedded } from "../define/app.ts";
import { c } from "../define/column.ts";
import { pretrained } from "../define/model.ts";
import { prediction } from "../define/prediction.ts";
import { process, type RuntimeDefinition, remote, trees } from "../define/runtime.ts";
import { secret } from "../define/secret.ts";
import { compileApp } from "./compile.ts";
import { diffPlans } from "./diff.ts";

const columns = { input: { cents: c.integer() }, output: { score: c.real() } };

const planOf = (runtime: unknown, options: object = {}) =>
  compileApp(
    defineApp({
      name: "shop",
      tenancy: "none",
      stores: { dev: () => embedded() },
      use: [
        prediction("risk", {
          model: pretrained("risk", { ...columns, runtime: runtime as RuntimeDefinition }),
          fallback: { score: 0.5 },
          ...options,
        }),
      ],
    }),
  ).plan;

const runtimeOf = (runtime: RuntimeDefinition) => {
  const [model] = planOf(runtime).models;
  return model.source === "pretrained" ? model.runtime : undefined;
};

test("a runtime is plain data with its defaults, and secrets by their names alone", () => {
  assert.deepEqual(runtimeOf(trees("models/risk.txt")), { kind: "trees", path: "models/risk.txt" });
  assert.deepEqual(
    runtimeOf(process(["python3", "-m", "tenon_model"], { idleStop: "10m", env: { KEY: secret("K") } })),
    {
      kind: "process",
      command: ["python3", "-m", "tenon_model"],
      folder: ".",
      env: { KEY: { secret: "K" } },
      processes: 1,
      idleStopMs: 600_000,
      startTimeoutMs: 60_000,
      queueMax: 256,
    },
  );
  assert.deepEqual(runtimeOf(remote("https://models.example.com/", { headers: { authorization: secret("K") } })), {
    kind: "remote",
    url: "https://models.example.com/",
    model: "risk",
    headers: { authorization: { secret: "K" } },
    privateNetwork: false,
  });
});

test("another runtime is another model, and a plan tells of it", () => {
  const [before, after] = [planOf(trees("a.txt")), planOf(trees("b.txt"))];
  assert.notEqual(before.models[0].fingerprint, after.models[0].fingerprint);
  assert.deepEqual(
    diffPlans(before, after).map(({ definition }) => definition),
    ["model risk"],
  );
});

const mistaken: readonly (readonly [string, unknown, RegExp])[] = [
  ["no runtime", 5, /model risk\.runtime: needs a runtime, such as trees/],
  [
    "a file that is anywhere",
    trees("/models/risk.txt"),
    /runtime: needs a file's path from the configuration's folder/,
  ],
  ["a program without a name", process([]), /runtime: needs a program and its words/],
  ["words that are no texts", process(["python3", 5] as never), /runtime: needs a program and its words/],
  [
    "a count below one",
    process(["python3"], { processes: 0 }),
    /runtime\.processes: a whole number from 1 to 64; found number 0/,
  ],
  [
    "an option that is none",
    process(["python3"], { idle: "1m" } as never),
    /runtime\.idle: process has no option "idle"/,
  ],
  [
    "a secret in place of its name",
    process(["python3"], { env: { KEY: 5 } } as never),
    /runtime\.env\.KEY: needs the name/,
  ],
  [
    "an address that is none",
    remote("models"),
    /runtime\.url: needs an address with http or https; found string "models"/,
  ],
  [
    "a password in an address",
    remote("https://me:word@models.example.com"),
    /runtime\.url: an address holds no password/,
  ],
];

for (const [what, runtime, told] of mistaken)
  test(`the plan tells of ${what}`, () => {
    assert.throws(
      () => planOf(runtime),
      (thrown) => thrown instanceof TenonError && told.test(thrown.message) && !thrown.message.includes("word@"),
    );
  });

test("a prediction's budget has a default and a bound", () => {
  assert.equal(planOf(trees("a.txt")).predictions[0].budgetMs, 10_000);
  assert.equal(planOf(trees("a.txt"), { budget: "50ms" }).predictions[0].budgetMs, 50);
  assert.throws(
    () => planOf(trees("a.txt"), { budget: "1d" }),
    /prediction risk\.budget: a budget is at most 10 m; found 1d/,
  );
});

test("a model has a rule or a runtime, and not both", () => {
  const both = { ...columns, runtime: trees("a.txt"), code: () => ({ score: 1 }) };
  const appOf = (o: object) =>
    defineApp({
      name: "shop",
      tenancy: "none",
      stores: { dev: () => embedded() },
      use: [prediction("risk", { model: pretrained("risk", o as never), fallback: { score: 0.5 } as never })],
    });
  for (const o of [both, columns])
    assert.throws(() => compileApp(appOf(o)), /model risk\.code: code needs a rule in `code`, or what runs the model/);
});
