import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { evaluateBinary } from "./evaluate-binary.ts";
import { evaluateRegression } from "./evaluate-regression.ts";

const random = seededRandom(4);
const probabilities = Float64Array.from({ length: 400 }, () => random());
const labels = probabilities.map((p) => (random() < p ? 1 : 0));
const slices = [{ name: "half", values: probabilities.map((_, row) => row % 2), categories: ["even", "odd"] }];

test("a report survives JSON unchanged", () => {
  const binary = evaluateBinary({ labels, probabilities, slices });
  assert.deepEqual(JSON.parse(JSON.stringify(binary)), binary);
  assert.equal(binary.rows, 400);
  assert.equal(binary.calibration.length, 10);
  assert.equal(binary.slices.length, 2);
  const regression = evaluateRegression({ target: labels, predicted: probabilities });
  assert.deepEqual(JSON.parse(JSON.stringify(regression)), regression);
});

test("every metric of a report has its value inside its interval", () => {
  for (const [name, estimate] of Object.entries(evaluateBinary({ labels, probabilities }).metrics)) {
    assert.ok(estimate !== null && estimate.low <= estimate.value && estimate.value <= estimate.high, name);
  }
});

test("the same seed gives the same report", () => {
  assert.deepEqual(
    evaluateBinary({ labels, probabilities, seed: 9 }),
    evaluateBinary({ labels, probabilities, seed: 9 }),
  );
});

test("what the rows do not allow is null", () => {
  const none = evaluateBinary({ labels: new Float64Array(0), probabilities: new Float64Array(0) });
  assert.ok(Object.values(none.metrics).every((estimate) => estimate === null));
  const one = evaluateBinary({ labels: Float64Array.of(1), probabilities: Float64Array.of(0.7) });
  assert.deepEqual(JSON.parse(JSON.stringify(one)), one);
  assert.equal(one.metrics.auc, null);
  assert.equal(evaluateRegression({ target: new Float64Array(0), predicted: new Float64Array(0) }).metrics.rmse, null);
});
