import assert from "node:assert/strict";
import { test } from "node:test";
import type { TenonError } from "../../base/error.ts";
import { sha256 } from "../../base/hash.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import { importedModels } from "./testing/golden-models.ts";
import { columnPlan } from "./testing/model-case.ts";
import { TreesRuntime } from "./trees-runtime.ts";

const bytesOf = (file: string): Uint8Array => {
  const found = importedModels().find((each) => each.file === file);
  assert.ok(found !== undefined);
  return found.bytes;
};
const lightgbm = bytesOf("lgb-categories.txt");
const reals = (...names: readonly string[]): ColumnPlan[] => names.map((name) => columnPlan({ name, type: "real" }));
const plan = columnPlan({ name: "plan", type: "text" });
const input = [...reals("age", "Paid_EUR", "visits"), plan];
const output = reals("score");
const signal = new AbortController().signal;

const isUnloadable = (message: RegExp) => (thrown: TenonError) =>
  thrown.code === "model.unloadable" && message.test(thrown.message);

test("columns are matched by name in whatever order, and the digest is that of the file", async () => {
  const one = await new TreesRuntime(lightgbm).load({ name: "m", input, output });
  const other = await new TreesRuntime(lightgbm).load({ name: "m", input: [...input].reverse(), output });
  assert.equal(one.digest, sha256(lightgbm));
  const row = [[1], [2], [null], ["pro"]];
  assert.deepEqual(one.predictNow?.(row, 1), other.predictNow?.([...row].reverse(), 1));
  assert.deepEqual(await one.predict([[], [], [], []], 0, { signal }), [[]]);
});

test("a category that the file does not know counts as a missing one", async () => {
  const model = await new TreesRuntime(lightgbm).load({ name: "m", input, output });
  assert.ok(model.predictNow !== undefined);
  const [scores] = model.predictNow(
    [
      [1, 1],
      [2, 2],
      [0, 0],
      ["unheard of", null],
    ],
    2,
  );
  assert.equal(scores![0], scores![1]);
});

test("a signature that does not fit is refused with the names", async () => {
  const load = (signature: { input: readonly ColumnPlan[]; output: readonly ColumnPlan[] }) =>
    new TreesRuntime(lightgbm).load({ name: "m", ...signature });
  await assert.rejects(
    load({ input: [...reals("age", "Paid_EUR", "visit"), plan], output }),
    isUnloadable(/its input lacks visits, which the file reads; its input has visit, which the file does not know/),
  );
  await assert.rejects(
    load({ input: [...reals("age", "Paid_EUR"), columnPlan({ name: "visits", type: "text" }), plan], output }),
    isUnloadable(/visits is of type text, and the file reads a number/),
  );
  await assert.rejects(
    load({ input: reals("age", "Paid_EUR", "visits", "plan"), output }),
    isUnloadable(/plan is of type real, and the file's categories of it are strings/),
  );
  await assert.rejects(
    load({ input, output: reals("low", "mid", "high") }),
    isUnloadable(/its output low is none of the classes class_0, class_1/),
  );
  const forest = new TreesRuntime(bytesOf("onnx-forest-3.onnx"));
  await assert.rejects(
    forest.load({ name: "m", input: reals("a", "b", "c"), output: reals("high", "middle", "low") }),
    isUnloadable(/its output middle is none of the classes high, low, mid/),
  );
  await assert.rejects(
    forest.load({ name: "m", input: reals("a", "b"), output }),
    isUnloadable(/the file names no columns and reads 3, and its input lists 2/),
  );
  await assert.rejects(
    new TreesRuntime(lightgbm.subarray(0, 5_000)).load({ name: "m", input, output }),
    isUnloadable(/The file of the model "m": .*breaks off/),
  );
});

test("classes that the file does not know have the names of a oneOf in their order", async () => {
  const names = columnPlan({ name: "answer", type: "oneOf", values: ["no", "yes"] });
  const model = await new TreesRuntime(lightgbm).load({ name: "m", input, output: [names, ...reals("yes", "no")] });
  const [answer, yes, no] = model.predictNow?.([[1], [3], [0], ["pro"]], 1) ?? [];
  assert.ok(typeof yes![0] === "number" && typeof no![0] === "number");
  assert.ok(Math.abs(yes![0] + no![0] - 1) < 1e-15);
  assert.equal(answer![0], yes![0] > no![0] ? "yes" : "no");
});

test("many rows leave others their turn, and stop when nobody waits", async () => {
  const model = await new TreesRuntime(lightgbm).load({ name: "m", input, output });
  const rowCount = 2_500;
  const columns = [1, 2, 3, "pro"].map((value) => new Array(rowCount).fill(value));
  const controller = new AbortController();
  const [scores] = await model.predict(columns, rowCount, { signal: controller.signal });
  assert.equal(scores!.length, rowCount);
  setImmediate(() => controller.abort());
  await assert.rejects(
    model.predict(columns, rowCount, { signal: controller.signal }),
    (thrown: TenonError) => thrown.code === "model.late" && /of 2500 rows/.test(thrown.message),
  );
});
