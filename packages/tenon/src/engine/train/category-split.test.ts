import assert from "node:assert/strict";
import { test } from "node:test";
import type { BinnedColumn } from "./binned-table.ts";
import { searchCategorySplit } from "./category-split.ts";
import { emptyCandidate, type SplitLimits } from "./split-candidate.ts";

const limits: SplitLimits = {
  minRowsPerLeaf: 1,
  minHessianPerLeaf: 0,
  l2: 0,
  minGain: 0,
  categorySmooth: 2,
  categoryL2: 0,
  categoriesPerSplitMax: 32,
  oneHotBinsMax: 4,
  minRowsPerCategoryGroup: 1,
};

function search(bins: readonly (readonly [number, number])[], change: Partial<SplitLimits> = {}) {
  const column: BinnedColumn = {
    index: 0,
    kind: "category",
    binCount: bins.length,
    learnsMissing: false,
    bounds: new Float64Array(0),
    codeOfBin: Int32Array.from(bins, (_, bin) => bin - 1),
    offset: 0,
  };
  const rows = bins.reduce((sum, [, count]) => sum + count, 0);
  const sums = { gradient: bins.reduce((sum, [gradient]) => sum + gradient, 0), hessian: rows, rows };
  const best = emptyCandidate();
  const found = searchCategorySplit(Float64Array.from(bins.flat()), 0, {
    column,
    lane: 0,
    sums,
    limits: { ...limits, ...change },
    best,
  });
  return { found, best, left: [...best.leftBins.subarray(0, best.leftBinCount)].sort() };
}

test("few categories are split one against the rest", () => {
  const { best, left } = search([
    [0, 0],
    [-3, 3],
    [6, 3],
    [-3, 3],
  ]);
  assert.deepEqual(left, [2]);
  // 36 / 3 + 36 / 6 - 0
  assert.ok(Math.abs(best.gain - 18) < 1e-9);
});

test("many categories are cut through their order by ratio", () => {
  const { best, left } = search([
    [0, 0],
    [-3, 3],
    [6, 3],
    [-4, 3],
    [5, 3],
    [-4, 3],
  ]);
  assert.deepEqual(left, [1, 3, 5]);
  assert.equal(best.leftGradient, -11);
  assert.equal(best.leftRows, 9);
});

test("the others, bin 0, never go left", () => {
  const { left } = search([
    [-90, 9],
    [-3, 3],
    [6, 3],
    [-4, 3],
    [5, 3],
    [-4, 3],
  ]);
  assert.ok(!left.includes(0));
});

test("a category with too few rows takes no part, and goes right", () => {
  const { left, best } = search([
    [0, 0],
    [9, 1],
    [6, 3],
    [-4, 3],
    [5, 3],
    [-4, 3],
  ]);
  assert.deepEqual(left, [3, 5]);
  assert.equal(best.leftGradient, -8);
});

test("no more categories go left than the setting allows", () => {
  const { left } = search(
    [
      [0, 0],
      [-3, 3],
      [6, 3],
      [-4, 3],
      [5, 3],
      [-4, 3],
    ],
    { categoriesPerSplitMax: 1 },
  );
  assert.equal(left.length, 1);
});

test("each step must add the rows of a group", () => {
  const { left } = search(
    [
      [0, 0],
      [-3, 3],
      [6, 3],
      [-4, 3],
      [5, 3],
      [-4, 3],
      [-4, 3],
    ],
    { minRowsPerCategoryGroup: 6 },
  );
  assert.equal(left.length % 2, 0);
});

test("the penalty of a many-against-many split is kept for its leaf values", () => {
  assert.equal(
    search(
      [
        [0, 0],
        [-3, 3],
        [6, 3],
        [-4, 3],
        [5, 3],
        [-4, 3],
      ],
      { categoryL2: 1 },
    ).best.l2,
    1,
  );
  assert.equal(
    search(
      [
        [0, 0],
        [-3, 3],
        [6, 3],
        [-3, 3],
      ],
      { categoryL2: 1 },
    ).best.l2,
    0,
  );
});
