import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { syntheticTable } from "./testing/synthetic-table.ts";
import type { TrainProgress } from "./train-options.ts";
import { trainTrees } from "./train-trees.ts";
import type { TrainingTable } from "./training-table.ts";
import { encodeTreeModel } from "./tree-file.ts";
import { treeCount } from "./tree-model.ts";
import { createTreeScorer } from "./tree-scorer.ts";

const steps = (rows: number): TrainingTable => {
  const x = Float64Array.from({ length: rows }, (_, i) => i);
  return {
    rowCount: rows,
    columns: [{ name: "x", kind: "number", values: x }],
    target: x.map((v) => (v >= rows / 2 ? 1 : 0)),
  };
};

test("a step is found at its place", () => {
  const { model } = trainTrees(steps(200), { task: "binary", rounds: 10 });
  assert.equal(model.threshold[0], 99.50000000000001);
  assert.equal(treeCount(model), 10);
});

test("the first tree of a regression is the shrunken mean of each side", () => {
  // Bins hold three rows and zero is alone, so that the step after row 51 lies between two bins.
  const table = { ...steps(104), target: Float64Array.from({ length: 104 }, (_, i) => (i < 52 ? 1 : 5)) };
  const { model } = trainTrees(table, { task: "regression", rounds: 1, leaves: 2 });
  assert.deepEqual([...model.baseScore], [3]);
  assert.deepEqual(
    [...model.leafValue].map((value) => Math.round(value * 1e9) / 1e9),
    [-0.2, 0.2],
  );
  assert.deepEqual([...model.leafRows], [52, 52]);
});

test("the same table, options and seed give the same bytes; another seed another model", () => {
  const table = syntheticTable(3_000);
  const options = { task: "binary", rounds: 20, rowFraction: 0.7, columnFraction: 0.5, seed: 3 } as const;
  const bytes = encodeTreeModel(trainTrees(table, options).model);
  assert.deepEqual(encodeTreeModel(trainTrees(table, options).model), bytes);
  assert.notDeepEqual(encodeTreeModel(trainTrees(table, { ...options, seed: 4 }).model), bytes);
});

test("the scores kept while training are those of the finished model", () => {
  const table = syntheticTable(2_000);
  let last: TrainProgress | undefined;
  const { model } = trainTrees(table, {
    task: "binary",
    rounds: 15,
    rowFraction: 0.6,
    validationRows: 500,
    onRound: (progress) => (last = progress),
  });
  const predicted = createTreeScorer(model).predictColumns(
    table.columns.map((column) => column.values),
    table.rowCount,
  );
  const loss = (begin: number, end: number): number => {
    let sum = 0;
    for (let row = begin; row < end; row++)
      sum -= Math.log(table.target[row] === 1 ? predicted[row]! : 1 - predicted[row]!);
    return sum / (end - begin);
  };
  assert.equal(last!.round, 15);
  assert.ok(Math.abs(last!.trainLoss - loss(0, 1_500)) < 1e-12);
  assert.ok(Math.abs(last!.validationLoss! - loss(1_500, 2_000)) < 1e-12);
});

test("early stopping keeps the round with the least validation loss", () => {
  const losses: number[] = [];
  const trained = trainTrees(syntheticTable(2_000), {
    task: "binary",
    rounds: 300,
    earlyStoppingRounds: 10,
    onRound: ({ validationLoss }) => losses.push(validationLoss!),
  });
  const least = Math.min(...losses);
  assert.equal(trained.rounds, losses.indexOf(least) + 1);
  assert.equal(losses.length, trained.rounds + 10);
  assert.equal(trained.validationLoss, least);
  assert.equal(treeCount(trained.model), trained.rounds);
});

test("refitting learns from all rows with the number of rounds that was found", () => {
  const table = syntheticTable(2_000);
  const kept = trainTrees(table, { task: "binary", rounds: 300, earlyStoppingRounds: 10 });
  const refitted = trainTrees(table, { task: "binary", rounds: 300, earlyStoppingRounds: 10, refit: true });
  const plain = trainTrees(table, { task: "binary", rounds: kept.rounds });
  assert.equal(refitted.rounds, kept.rounds);
  assert.deepEqual(refitted.model.leafValue, plain.model.leafValue);
  assert.equal(refitted.model.about.trainingRows, 2_000);
});

test("a row that counts twice is like the row twice", () => {
  const once = syntheticTable(500);
  const twice: TrainingTable = {
    rowCount: 1_000,
    columns: once.columns.map((column) => ({
      ...column,
      values: Float64Array.from([...column.values, ...column.values]),
    })),
    target: Float64Array.from([...once.target, ...once.target]),
  };
  // One bin bound less or more would tell the two apart, so few bins and a split limit on Hessian sums alone are used.
  const options = { task: "binary", rounds: 5, leaves: 6, bins: 20, minRowsPerLeaf: 1, minHessianPerLeaf: 5 } as const;
  const weighted = trainTrees({ ...once, weight: new Float64Array(500).fill(2) }, options).model;
  const doubled = trainTrees(twice, options).model;
  for (let leaf = 0; leaf < doubled.leafValue.length; leaf++) {
    assert.ok(Math.abs(weighted.leafValue[leaf]! - doubled.leafValue[leaf]!) < 1e-9);
  }
});

test("a missing value goes where training rows without the value fared alike", () => {
  const random = seededRandom(5);
  const values = Float64Array.from({ length: 1_000 }, () => (random() < 0.3 ? Number.NaN : random()));
  const target = values.map((value) => (Number.isNaN(value) || value > 0.8 ? 1 : 0));
  const { model } = trainTrees(
    { rowCount: 1_000, columns: [{ name: "x", kind: "number", values }], target },
    { task: "binary" },
  );
  const scorer = createTreeScorer(model);
  assert.ok(scorer.predictRow(Float64Array.of(Number.NaN)) > 0.99);
  assert.ok(scorer.predictRow(Float64Array.of(0.5)) < 0.01);
});

test("categories are split by what they do, and one that was never seen is one of the others", () => {
  const random = seededRandom(6);
  const values = Float64Array.from({ length: 4_000 }, () => Math.floor(random() * 20));
  const target = values.map((code) => (code % 3 === 0 ? 1 : 0));
  const categories = Array.from({ length: 20 }, (_, code) => `c${code}`);
  const { model } = trainTrees(
    { rowCount: 4_000, columns: [{ name: "x", kind: "category", values, categories }], target },
    { task: "binary" },
  );
  const scorer = createTreeScorer(model);
  for (let code = 0; code < 20; code++) {
    assert.equal(scorer.predictRow(Float64Array.of(code)) > 0.5, code % 3 === 0, `code ${code}`);
  }
  assert.equal(scorer.predictRow(Float64Array.of(99)), scorer.predictRow(Float64Array.of(Number.NaN)));
});

test("where nothing splits, the model is the base score", () => {
  const { model, rounds } = trainTrees(
    { ...steps(30), target: steps(30).target.map((_, i) => i % 2) },
    { task: "binary" },
  );
  assert.equal(rounds, 0);
  assert.equal(createTreeScorer(model).predictRow(Float64Array.of(3)), 0.5);
});

test("a column with one value, or none, is never split", () => {
  const table = steps(200);
  const constant = { name: "constant", kind: "number", values: new Float64Array(200).fill(7) } as const;
  const absent = { name: "absent", kind: "number", values: new Float64Array(200).fill(Number.NaN) } as const;
  const { model } = trainTrees(
    { ...table, columns: [constant, absent, ...table.columns] },
    { task: "binary", rounds: 5 },
  );
  assert.ok(model.column.every((column) => column === 2));
});

test("a table with nothing to split gives the base score", () => {
  const constant = { name: "constant", kind: "number", values: new Float64Array(200).fill(7) } as const;
  assert.equal(trainTrees({ ...steps(200), columns: [constant] }, { task: "binary" }).rounds, 0);
});

test("a target of one class is refused, and so is one that is neither 0 nor 1", () => {
  const table = steps(50);
  assert.throws(() => trainTrees({ ...table, target: new Float64Array(50) }, { task: "binary" }), {
    code: "dataset.one-class",
  });
  assert.throws(() => trainTrees({ ...table, target: new Float64Array(50).fill(2) }, { task: "binary" }), {
    code: "input.invalid",
  });
});

test("what the progress callback throws ends the training", () => {
  const stop = new Error("stop");
  const onRound = ({ round }: TrainProgress): void => {
    if (round === 3) throw stop;
  };
  assert.throws(() => trainTrees(syntheticTable(500), { task: "binary", onRound }), stop);
});
