import assert from "node:assert/strict";
import { test } from "node:test";
import { aucOf } from "../evaluate/auc.ts";
import { keepRows, readFlights, readTable } from "./testing/read-table.ts";
import { trainTrees } from "./train-trees.ts";
import type { TrainingTable } from "./training-table.ts";
import { createTreeScorer } from "./tree-scorer.ts";

const sets = {
  "credit-g": () => readTable("credit_german_credit_g.csv", "class", "bad"),
  wa_churn: () => readTable("churn_telco_wa_churn.csv", "churn", "Yes"),
  spambase: () => readTable("fraud_spambase.csv", "type", "spam"),
  credit_data: () => readTable("credit_credit_data.csv", "Status", "bad"),
  flights: readFlights,
};
type SetName = keyof typeof sets;

// Source of all figures: LightGBM 4.7.0, 100 × 31.
/** One test split: row % 5 === 4, or of flights the last fifth in time. Positives in training and test, and the test AUC. */
const oneSplit: Record<SetName, { positives: readonly [number, number]; auc: number; within: number }> = {
  // Half the width of the figure's bootstrap interval, [0.633, 0.794]: there are 200 test rows.
  "credit-g": { positives: [236, 64], auc: 0.7155, within: 0.08 },
  wa_churn: { positives: [1_491, 378], auc: 0.8309, within: 0.01 },
  spambase: { positives: [1_451, 362], auc: 0.9891, within: 0.01 },
  credit_data: { positives: [998, 256], auc: 0.8266, within: 0.01 },
  flights: { positives: [4_700, 1_182], auc: 0.6423, within: 0.01 },
};
/** Every row scored by the model of the four other folds, row % 5. */
const outOfFold: Partial<Record<SetName, number>> = {
  "credit-g": 0.7574,
  wa_churn: 0.8373,
  spambase: 0.9896,
  credit_data: 0.8331,
};

function predictFrom(train: TrainingTable, rows: TrainingTable): Float64Array {
  const { model } = trainTrees(train, { task: "binary" });
  return createTreeScorer(model).predictColumns(
    rows.columns.map((column) => column.values),
    rows.rowCount,
  );
}

for (const [name, { positives, auc, within }] of Object.entries(oneSplit)) {
  test(`the test AUC on ${name} is within ${within} of LightGBM's`, (t) => {
    const table = sets[name as SetName]();
    const isTest = (row: number): boolean =>
      name === "flights" ? row >= Math.floor(table.rowCount * 0.8) : row % 5 === 4;
    const train = keepRows(table, (row) => !isTest(row));
    const rest = keepRows(table, isTest);
    assert.deepEqual(
      [train, rest].map(({ target }) => target.reduce((sum, label) => sum + label, 0)),
      positives,
    );
    const reached = aucOf(rest.target, predictFrom(train, rest))!;
    t.diagnostic(`AUC ${reached.toFixed(4)}, LightGBM ${auc}`);
    assert.ok(Math.abs(reached - auc) <= within, `AUC ${reached}`);
  });
}

for (const [name, auc] of Object.entries(outOfFold)) {
  test(`the out-of-fold AUC on ${name} is within 0.01 of LightGBM's`, (t) => {
    const table = sets[name as SetName]();
    const predicted = new Float64Array(table.rowCount);
    for (let fold = 0; fold < 5; fold++) {
      const rest = keepRows(table, (row) => row % 5 === fold);
      const of = predictFrom(
        keepRows(table, (row) => row % 5 !== fold),
        rest,
      );
      for (let i = 0; i < of.length; i++) predicted[i * 5 + fold] = of[i]!;
    }
    const reached = aucOf(table.target, predicted)!;
    t.diagnostic(`AUC ${reached.toFixed(4)}, LightGBM ${auc}`);
    assert.ok(Math.abs(reached - auc) <= 0.01, `AUC ${reached}`);
  });
}
