import assert from "node:assert/strict";
import { test } from "node:test";
import { nextAbove } from "./next-above.ts";
import { numberBins } from "./number-bins.ts";

const repeat = (counts: readonly (readonly [number, number])[]): Float64Array =>
  Float64Array.from(counts.flatMap(([value, count]) => Array<number>(count).fill(value)));

test("few distinct values get a bin each, bounded halfway to the next", () => {
  const bounds = numberBins(
    repeat([
      [1, 5],
      [2, 5],
      [4, 5],
    ]),
    255,
  );
  assert.deepEqual([...bounds], [1e-35, nextAbove(1.5), nextAbove(3), Infinity]);
});

test("values with fewer than three rows share a bin", () => {
  assert.deepEqual(
    [
      ...numberBins(
        repeat([
          [1, 1],
          [2, 1],
          [3, 1],
          [4, 3],
        ]),
        255,
      ),
    ],
    [1e-35, nextAbove(3.5), Infinity],
  );
});

test("zero has a bin of its own between negative and positive numbers", () => {
  assert.deepEqual(
    [
      ...numberBins(
        repeat([
          [-2, 9],
          [0, 9],
          [2, 9],
        ]),
        255,
      ),
    ],
    [-1e-35, 1e-35, Infinity],
  );
});

test("many distinct values are cut into bins of equal count", () => {
  const values = Float64Array.from({ length: 1_000 }, (_, i) => i + 1);
  const bounds = numberBins(values, 11);
  // One of the eleven bins is that of zero; the others hold 100 values each.
  assert.deepEqual(
    [...bounds],
    [1e-35, ...Array.from({ length: 9 }, (_, i) => nextAbove((i + 1) * 100 + 0.5)), Infinity],
  );
});

test("a value that fills a bin alone gets one, and the others share the rest evenly", () => {
  const bounds = numberBins(
    Float64Array.from([...Array<number>(500).fill(250.5), ...Array.from({ length: 500 }, (_, i) => i + 1)]).sort(),
    12,
  );
  const at = bounds.findIndex((bound) => bound > 250.5);
  assert.equal(bounds[at], nextAbove((250.5 + 251) / 2));
  assert.ok(bounds.length <= 12);
});

test("a column without values has one bin", () => {
  assert.deepEqual([...numberBins(new Float64Array(0), 255)], [Infinity]);
});
