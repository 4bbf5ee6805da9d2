import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracyEstimate, confusionAt, f1Estimate, precisionEstimate, recallEstimate } from "./confusion.ts";
import { shareEstimate } from "./estimate.ts";
import { thresholdOfBestF1 } from "./threshold.ts";

const labels = Float64Array.of(1, 1, 0, 1, 0);
const probabilities = Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.1);

test("a row at the threshold is called positive", () => {
  assert.deepEqual(confusionAt(labels, probabilities, 0.7), {
    truePositives: 2,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 1,
  });
});

test("precision, recall and accuracy are shares of the counts", () => {
  const confusion = confusionAt(labels, probabilities, 0.7);
  assert.deepEqual(precisionEstimate(confusion), shareEstimate(2, 3));
  assert.deepEqual(recallEstimate(confusion), shareEstimate(2, 3));
  assert.deepEqual(accuracyEstimate(confusion), shareEstimate(3, 5));
});

test("F1 is the harmonic mean, and its interval that of the share it rises with", () => {
  const f1 = f1Estimate(confusionAt(labels, probabilities, 0.7))!;
  assert.ok(Math.abs(f1.value - 2 / 3) < 1e-15);
  const share = shareEstimate(2, 4)!;
  assert.ok(Math.abs(f1.low - (2 * share.low) / (1 + share.low)) < 1e-15);
});

test("a share of nothing is no figure", () => {
  const none = confusionAt(Float64Array.of(0, 0), Float64Array.of(0.1, 0.2), 0.5);
  assert.equal(precisionEstimate(none), undefined);
  assert.equal(recallEstimate(none), undefined);
  assert.equal(f1Estimate(none), undefined);
});

test("the threshold of the best F1 lies between the last row called and the next", () => {
  // F1 for 1 to 5 rows called: 2/4, 4/5, 4/6, 6/7, 6/8.
  assert.equal(thresholdOfBestF1(labels, probabilities), (0.6 + 0.1) / 2);
});

test("rows of one probability are called together", () => {
  const threshold = thresholdOfBestF1(Float64Array.of(1, 0, 1, 0), Float64Array.of(0.6, 0.6, 0.6, 0.2));
  assert.ok(threshold > 0.2 && threshold <= 0.6);
  assert.equal(thresholdOfBestF1(Float64Array.of(0, 0), Float64Array.of(0.6, 0.2)), 0.5);
});
