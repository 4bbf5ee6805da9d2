import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { aucEstimate, aucOf } from "./auc.ts";

const near = (actual: number | undefined, expected: number, within = 1e-12): void =>
  assert.ok(Math.abs(actual! - expected) <= within, `${actual} is not ${expected}`);
const of = Float64Array.of.bind(Float64Array);

test("the AUC is the share of pairs in the right order, ties half", () => {
  near(aucOf(of(0, 0, 1, 1), of(0.1, 0.4, 0.35, 0.8)), 0.75);
  near(aucOf(of(0, 1, 0, 1), of(0.5, 0.5, 0.5, 0.5)), 0.5);
  near(aucOf(of(1, 0, 0), of(0.5, 0.5, 0.2)), 0.75);
  assert.equal(aucOf(of(1, 1), of(0.5, 0.6)), undefined);
});

test("the AUC of many rows is that of all their pairs", () => {
  const random = seededRandom(3);
  const labels = Float64Array.from({ length: 300 }, () => (random() < 0.4 ? 1 : 0));
  const scores = labels.map((label) => Math.round((random() + label * 0.3) * 20));
  let right = 0;
  let pairs = 0;
  for (let p = 0; p < 300; p++) {
    for (let n = 0; n < 300; n++) {
      if (labels[p] !== 1 || labels[n] !== 0) continue;
      pairs++;
      right += scores[p]! > scores[n]! ? 1 : scores[p] === scores[n] ? 0.5 : 0;
    }
  }
  near(aucOf(labels, scores), right / pairs);
});

test("DeLong's interval is that of the hand-computed variance", () => {
  // Shares of the positives .5 and 1, of the negatives 1 and .5: variance 1/8 each, so 1/8 / 2 + 1/8 / 2 in all.
  const auc = aucEstimate(of(0, 0, 1, 1), of(0.1, 0.4, 0.35, 0.8), 0.5)!;
  near(auc.low, 0.75 - 0.6744897501960817 * Math.sqrt(1 / 8));
  near(auc.high, 0.75 + 0.6744897501960817 * Math.sqrt(1 / 8));
});

test("the interval ends at 0 and 1", () => {
  const auc = aucEstimate(of(0, 0, 1, 1), of(0.1, 0.4, 0.35, 0.8))!;
  assert.equal(auc.high, 1);
});

test("a perfect order of few rows leaves room for doubt, of more rows less", () => {
  const low = (rows: number): number => {
    const labels = Float64Array.from({ length: rows }, (_, i) => (i * 2 < rows ? 0 : 1));
    const auc = aucEstimate(labels, labels)!;
    assert.equal(auc.value, 1);
    assert.equal(auc.high, 1);
    return auc.low;
  };
  assert.ok(low(6) < low(20) && low(20) < low(200) && low(200) < 1);
  // The low end solves 1 - t = z sqrt(t (1 - t) (1 + 9 ((1 - t) / (2 - t) + t / (1 + t))) / 100) for 10 rows a class.
  const t = low(20);
  near(1 - t, 1.959963984540054 * Math.sqrt((t * (1 - t) * (1 + 9 * ((1 - t) / (2 - t) + t / (1 + t)))) / 100), 1e-9);
});

test("95 % intervals hold the true AUC about 95 times in 100", () => {
  // Normal scores one standard deviation apart: the true AUC is the chance that a normal number is below 1 / sqrt(2).
  const random = seededRandom(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let held = 0;
  for (let sample = 0; sample < 1_000; sample++) {
    const labels = Float64Array.from({ length: 120 }, (_, i) => i % 2);
    const { low, high } = aucEstimate(
      labels,
      labels.map((label) => normal() + label),
    )!;
    if (low <= 0.7602499389065233 && high >= 0.7602499389065233) held++;
  }
  assert.ok(held >= 925 && held <= 970, `${held} of 1,000`);
});
