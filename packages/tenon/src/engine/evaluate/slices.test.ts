import assert from "node:assert/strict";
import { test } from "node:test";
import { shareEstimate } from "./estimate.ts";
import { slicesOf } from "./slices.ts";

const nan = Number.NaN;
const column = { name: "plan", values: Float64Array.of(0, 0, 1, 0, nan, 0, 1), categories: ["free", "paid"] };
const labels = Float64Array.of(0, 0, 1, 1, 1, 1, 1);
const probabilities = Float64Array.of(0.1, 0.4, 0.5, 0.35, 0.5, 0.8, 0.5);

test("each category is judged by its own rows, the largest first", () => {
  const slices = slicesOf(column, { labels, probabilities, rowsMin: 2 });
  assert.deepEqual(
    slices.map(({ category, count }) => [category, count]),
    [
      ["free", 4],
      ["paid", 2],
    ],
  );
  assert.equal(slices[0]!.auc!.value, 0.75);
  assert.deepEqual(slices[0]!.positiveRate, shareEstimate(2, 4));
  assert.ok(Math.abs(slices[0]!.meanPredicted - 1.65 / 4) < 1e-15);
  assert.equal(slices[1]!.auc, null);
});

test("rows without the value are a slice, and too small slices are left out", () => {
  assert.deepEqual(
    slicesOf(column, { labels, probabilities, rowsMin: 1 }).map(({ category }) => category),
    ["free", "paid", null],
  );
  assert.deepEqual(slicesOf(column, { labels, probabilities }), []);
});
