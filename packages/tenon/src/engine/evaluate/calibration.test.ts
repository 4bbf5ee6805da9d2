import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { calibrationBins, calibrationErrorEstimate, calibrationErrorOf } from "./calibration.ts";
import { shareEstimate } from "./estimate.ts";

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs(actual! - expected) <= 1e-12, `${actual} is not ${expected}`);

const labels = Float64Array.of(1, 0, 1, 0, 1, 1);
const probabilities = Float64Array.of(0.9, 0.2, 0.7, 0.1, 0.3, 0.8);

test("bins hold equally many rows by rising probability", () => {
  const bins = calibrationBins(labels, probabilities, { bins: 2 });
  assert.deepEqual(
    bins.map(({ count }) => count),
    [3, 3],
  );
  near(bins[0]!.meanPredicted, 0.2);
  assert.deepEqual(bins[0]!.observed, shareEstimate(1, 3));
  near(bins[1]!.meanPredicted, 0.8);
  assert.deepEqual(bins[1]!.observed, shareEstimate(3, 3));
});

test("the calibration error is the mean distance of the bins", () => {
  // |0.2 - 1/3| and |0.8 - 1|, three rows each.
  near(calibrationErrorOf(calibrationBins(labels, probabilities, { bins: 2 })), (2 / 15 + 1 / 5) / 2);
  const estimate = calibrationErrorEstimate(labels, probabilities, { bins: 2, random: seededRandom(1) })!;
  near(estimate.value, (2 / 15 + 1 / 5) / 2);
  assert.ok(estimate.low <= estimate.value && estimate.value <= estimate.high);
});

test("the interval of a calibration error reaches to the error: samples of good scores are worse than the scores", () => {
  // Half of each bin, as it was said: without an error, which no sample is.
  const scores = new Float64Array(200).fill(0.5);
  const outcomes = scores.map((_, i) => i % 2);
  for (let seed = 0; seed < 20; seed++) {
    const { value, low, high } = calibrationErrorEstimate(outcomes, scores, { random: seededRandom(seed) })!;
    assert.ok(low <= value && value <= high, `${value} in ${low} to ${high}`);
  }
});

test("fewer rows than bins get a bin each, none get none", () => {
  assert.equal(calibrationBins(labels, probabilities).length, 6);
  assert.deepEqual(calibrationBins(new Float64Array(0), new Float64Array(0)), []);
  assert.equal(
    calibrationErrorEstimate(new Float64Array(0), new Float64Array(0), { random: seededRandom(1) }),
    undefined,
  );
});
