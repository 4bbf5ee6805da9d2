import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { readGolden, readGoldenModel } from "./testing/golden.ts";
import { keepRows, readTable } from "./testing/read-table.ts";
import { syntheticTable } from "./testing/synthetic-table.ts";
import { trainTrees } from "./train-trees.ts";
import type { TrainingTable } from "./training-table.ts";
import { createTreeScorer } from "./tree-scorer.ts";

const sha256 = (data: NodeJS.ArrayBufferView): string => createHash("sha256").update(data).digest("hex");

const models = {
  "numbers, 100 trees": ["lgb_synth_numeric_100x31.json", "binary"],
  "categories, missing and unseen ones too": ["lgb_credit_g_categorical.json", "binary"],
  "missing numbers": ["lgb_credit_data_missing.json", "binary"],
  "a regression": ["lgb_synth_regression.json", "regression"],
} as const;

for (const [name, [file, task]] of Object.entries(models)) {
  test(`our scorer answers for a LightGBM model as LightGBM does: ${name}`, () => {
    const golden = readGoldenModel(file, task);
    const scorer = createTreeScorer(golden.model);
    for (const [i, row] of golden.rows.entries()) {
      assert.equal(scorer.scoreRow(row), golden.rawScores[i]);
      assert.ok(Math.abs(scorer.predictRow(row) - golden.predictions[i]!) < 1e-15);
    }
    const columns = golden.model.columns.map((_, c) => Float64Array.from(golden.rows, (row) => row[c]!));
    const batch = scorer.predictColumns(columns, golden.rows.length);
    assert.deepEqual(
      [...batch],
      golden.rows.map((row) => scorer.predictRow(row)),
    );
  });
}

test("the synthetic table is the published one, to the bit", () => {
  const golden = readGolden("synth.json");
  const table = syntheticTable(100_000);
  const rowMajor = new Float64Array(table.rowCount * table.columns.length);
  for (let row = 0, at = 0; row < table.rowCount; row++)
    for (const { values } of table.columns) rowMajor[at++] = values[row]!;
  assert.equal(sha256(rowMajor), golden["n=100000"].sha256_of_x_row_major_float64_little_endian);
  assert.equal(sha256(Uint8Array.from(table.target)), golden["n=100000"].sha256_of_y_as_bytes);
  const late = syntheticTable(100_000, 10_000_000);
  assert.equal(sha256(Uint8Array.from(late.target)), golden["test rows 10000000..10099999"].sha256_of_y_as_bytes);
});

/** Trains with the golden model's settings and compares trees and scores. */
function trainLike(
  file: string,
  o: { table: TrainingTable; task: "binary" | "regression"; rounds: number; leaves: number; within: number },
) {
  const golden = readGoldenModel(file, o.task);
  const { model } = trainTrees(o.table, { task: o.task, rounds: o.rounds, leaves: o.leaves });
  assert.deepEqual(model.column, golden.model.column);
  assert.deepEqual(model.left, golden.model.left);
  assert.deepEqual(model.nodeRows, golden.model.nodeRows);
  assert.deepEqual(model.sets, golden.model.sets);
  const scorer = createTreeScorer(model);
  for (const [i, row] of golden.rows.entries()) {
    assert.ok(Math.abs(scorer.scoreRow(row) - golden.rawScores[i]!) < o.within, `row ${i}`);
  }
}

test("equal settings grow LightGBM's own trees: numbers, 100 trees of 31 leaves", () => {
  trainLike("lgb_synth_numeric_100x31.json", {
    table: syntheticTable(20_000),
    task: "binary",
    rounds: 100,
    leaves: 31,
    within: 1e-12,
  });
});

test("equal settings grow LightGBM's own trees: missing numbers and categories, 30 trees of 8 leaves", () => {
  const table = keepRows(readTable("credit_credit_data.csv", "Status", "bad"), (row) => row % 5 !== 4);
  trainLike("lgb_credit_data_missing.json", { table, task: "binary", rounds: 30, leaves: 8, within: 1e-12 });
});

test("equal settings grow LightGBM's own trees: a regression, 20 trees of 8 leaves", () => {
  const table = syntheticTable(5_000);
  const [c3, c14, c21] = [3, 14, 21].map((column) => table.columns[column]!.values);
  const target = c21!.map((value, row) => 2 * value + c14![row]! + c3![row]!);
  // LightGBM keeps targets in single precision.
  trainLike("lgb_synth_regression.json", {
    table: { ...table, target },
    task: "regression",
    rounds: 20,
    leaves: 8,
    within: 1e-7,
  });
});
