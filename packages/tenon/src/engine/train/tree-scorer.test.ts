import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { syntheticTable } from "./testing/synthetic-table.ts";
import { trainTrees } from "./train-trees.ts";
import { nodeKind, type TreeModel } from "./tree-model.ts";
import { createTreeScorer } from "./tree-scorer.ts";

/** Two trees: `x <= 5 ? (plan in {1, 33} ? 1 : 2) : 4`, and a single leaf of 0.5. */
const model: TreeModel = {
  task: "regression",
  columns: [
    { name: "x", kind: "number" },
    { name: "plan", kind: "category" },
  ],
  outputs: 1,
  baseScore: Float64Array.of(10),
  nodeStart: Int32Array.of(0, 2, 2),
  leafStart: Int32Array.of(0, 3, 4),
  column: Int32Array.of(0, 1),
  kind: Uint8Array.of(nodeKind.numberMissingLeft, nodeKind.category),
  threshold: Float64Array.of(5, Number.NaN),
  left: Int32Array.of(1, ~0),
  right: Int32Array.of(~2, ~1),
  setStart: Int32Array.of(0, 0),
  setLength: Int32Array.of(0, 2),
  sets: Uint32Array.of(1 << 1, 1 << 1),
  gain: Float64Array.of(1, 1),
  nodeRows: Int32Array.of(3, 2),
  leafValue: Float64Array.of(1, 2, 4, 0.5),
  leafRows: Int32Array.of(1, 1, 1, 3),
  about: {},
};

const score = (x: number, plan: number): number => createTreeScorer(model).scoreRow(Float64Array.of(x, plan));

test("a value equal to the threshold goes left, one above goes right", () => {
  assert.equal(score(5, 1), 11.5);
  assert.equal(score(5.1, 1), 14.5);
});

test("a missing number goes the way that was learned", () => {
  assert.equal(score(Number.NaN, 1), 11.5);
  const right = { ...model, kind: Uint8Array.of(nodeKind.numberMissingRight, nodeKind.category) };
  assert.equal(createTreeScorer(right).scoreRow(Float64Array.of(Number.NaN, 1)), 14.5);
});

test("the categories of the set go left; others, missing and unseen ones go right", () => {
  assert.equal(score(0, 33), 11.5);
  for (const plan of [0, 2, 32, 64, 1e9, -1, Number.NaN, Infinity]) assert.equal(score(0, plan), 12.5, `plan ${plan}`);
});

test("a binary task's prediction is the logistic function of the score", () => {
  const binary = createTreeScorer({ ...model, task: "binary", baseScore: Float64Array.of(-14.5) });
  assert.equal(binary.predictRow(Float64Array.of(6, 0)), 1 / (1 + Math.exp(10)));
  assert.equal(createTreeScorer(model).predictRow(Float64Array.of(6, 0)), 14.5);
});

test("rows in columns get the predictions of the rows, in the caller's memory if given", () => {
  const to = new Float64Array(2);
  const predicted = createTreeScorer(model).predictColumns([Float64Array.of(5, 6), Float64Array.of(1, 1)], 2, to);
  assert.equal(predicted, to);
  assert.deepEqual([...to], [11.5, 14.5]);
});

/** The definition of a raw score, for models without categories. */
function walk(model: TreeModel, row: Float64Array): number {
  let sum = model.baseScore[0]!;
  for (let tree = 0; tree + 1 < model.nodeStart.length; tree++) {
    let node = model.nodeStart[tree]!;
    while (node >= 0) {
      const value = row[model.column[node]!]!;
      const left = Number.isNaN(value)
        ? model.kind[node] === nodeKind.numberMissingLeft
        : value <= model.threshold[node]!;
      node = left ? model.left[node]! : model.right[node]!;
    }
    sum += model.leafValue[~node]!;
  }
  return sum;
}

test("walking four trees at once gives what walking them one by one gives, to the bit", () => {
  const random = seededRandom(8);
  const table = syntheticTable(1_500);
  for (const { values } of table.columns) {
    for (let row = 0; row < values.length; row++) if (random() < 0.2) values[row] = Number.NaN;
  }
  // 27 trees: six times four, and three more.
  const trained = trainTrees(table, { task: "binary", rounds: 27 }).model;
  assert.deepEqual(new Set(trained.kind), new Set([nodeKind.numberMissingLeft, nodeKind.numberMissingRight]));
  const scorer = createTreeScorer(trained);
  const special = [Number.NaN, Infinity, -Infinity, 0, -0, Number.MAX_VALUE, -Number.MAX_VALUE];
  for (let i = 0; i < 2_000; i++) {
    const row = Float64Array.from(table.columns, ({ values }, column) => {
      if (random() < 0.1) return special[Math.floor(random() * special.length)]!;
      const node = trained.column.indexOf(column, Math.floor(random() * trained.column.length));
      return random() < 0.3 && node >= 0 ? trained.threshold[node]! : values[i % 1_500]!;
    });
    assert.equal(scorer.scoreRow(row), walk(trained, row));
  }
});
