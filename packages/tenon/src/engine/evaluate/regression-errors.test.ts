import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { regressionErrors } from "./regression-errors.ts";

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs(actual! - expected) <= 1e-12, `${actual} is not ${expected}`);

const target = Float64Array.of(3, -0.5, 2, 7);
const predicted = Float64Array.of(2.5, 0, 2, 8);

test("the errors are those of their definitions", () => {
  const { rmse, mae, r2 } = regressionErrors(target, predicted, { random: seededRandom(1) })!;
  near(rmse.value, Math.sqrt(0.375));
  near(mae.value, 0.5);
  // 1 - 1.5 / (sum of squares around the mean 2.875, which is 29.1875); four rows can be drawn alike, so it may be null.
  if (r2 !== null) near(r2.value, 1 - 1.5 / 29.1875);
});

test("the bootstrap's interval is near that of the normal approximation, and the seed's own", () => {
  const random = seededRandom(2);
  const many = Float64Array.from({ length: 2_000 }, () => random() * 10);
  const off = many.map((value) => value + random() - 0.5);
  const errors = regressionErrors(many, off, { random: seededRandom(3) })!;
  // |error| is uniform on [0, 0.5]: mean 0.25, standard error 0.1443 / sqrt(2000).
  const reach = (1.96 * Math.sqrt(1 / 48)) / Math.sqrt(2_000);
  assert.ok(Math.abs(errors.mae.low - (errors.mae.value - reach)) < reach / 2);
  assert.ok(Math.abs(errors.mae.high - (errors.mae.value + reach)) < reach / 2);
  assert.deepEqual(regressionErrors(many, off, { random: seededRandom(3) }), errors);
});

test("a constant target explains nothing, and no rows give no errors", () => {
  assert.equal(
    regressionErrors(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3), { random: seededRandom(1) })!.r2,
    null,
  );
  assert.equal(regressionErrors(new Float64Array(0), new Float64Array(0), { random: seededRandom(1) }), undefined);
});
