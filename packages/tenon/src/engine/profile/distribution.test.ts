import assert from "node:assert/strict";
import { test } from "node:test";
import { categoryDistribution } from "./category-distribution.ts";
import { numberDistribution } from "./number-distribution.ts";

test("bins hold about equally many rows, and a value that fills several is one", () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => i);
  const even = numberDistribution(values, { binsMax: 10 });
  assert.deepEqual(even.bounds, [9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
  assert.deepEqual(new Set(even.counts), new Set([10]));
  const mostlyZero = numberDistribution(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 2, 3, 4), { binsMax: 5 });
  assert.deepEqual(
    [mostlyZero.bounds, mostlyZero.counts],
    [
      [0, 2, 4],
      [6, 2, 2],
    ],
  );
});

test("every row is counted once: in a bin, below, above or as null", () => {
  const reference = numberDistribution(Float64Array.of(1, 2, 3, 4), { binsMax: 2 });
  const { counts, under, over, nulls, rows, min, max, mean } = numberDistribution(
    Float64Array.of(-5, 1, 2, 3, 9, 9, Number.NaN),
    { binsMax: 2, bins: reference },
  );
  assert.deepEqual({ counts, under, over, nulls, rows }, { counts: [2, 1], under: 1, over: 2, nulls: 1, rows: 7 });
  assert.deepEqual([min, max, mean], [-5, 9, 19 / 6]);
});

test("no values at all, and a single one", () => {
  const none = numberDistribution(Float64Array.of(Number.NaN), { binsMax: 10 });
  assert.deepEqual([none.rows, none.nulls, none.mean, none.bounds, none.counts], [1, 1, null, [], []]);
  const one = numberDistribution(Float64Array.of(7), { binsMax: 10 });
  assert.deepEqual([one.bounds, one.counts, one.min], [[7], [1], 7]);
  const beside = numberDistribution(Float64Array.of(7), { binsMax: 10, bins: none });
  assert.equal(beside.over, 1);
});

test("the mean of times is a time, and the input is left as it was", () => {
  const times = Float64Array.of(1.7e12, 1.6e12);
  assert.equal(numberDistribution(times, { binsMax: 2 }).mean, 1.65e12);
  assert.deepEqual([...times], [1.7e12, 1.6e12]);
});

test("categories are listed by how often they occur, or as a reference lists them", () => {
  const values = ["DE", "FR", "DE", null, "US", "FR", "DE"];
  const own = categoryDistribution(values, { topMax: 2 });
  assert.deepEqual(own, {
    kind: "category",
    rows: 7,
    nulls: 1,
    top: [
      { value: "DE", count: 3 },
      { value: "FR", count: 2 },
    ],
    others: 1,
  });
  const beside = categoryDistribution(values, { topMax: 2, categories: ["IT", "US"] });
  assert.deepEqual([beside.top.map(({ count }) => count), beside.others], [[0, 1], 5]);
});
