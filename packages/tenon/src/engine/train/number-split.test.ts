import assert from "node:assert/strict";
import { test } from "node:test";
import type { BinnedColumn } from "./binned-table.ts";
import { searchNumberSplit } from "./number-split.ts";
import { emptyCandidate, type SplitLimits } from "./split-candidate.ts";

const limits: SplitLimits = {
  minRowsPerLeaf: 1,
  minHessianPerLeaf: 0,
  l2: 0,
  minGain: 0,
  categorySmooth: 10,
  categoryL2: 10,
  categoriesPerSplitMax: 32,
  oneHotBinsMax: 4,
  minRowsPerCategoryGroup: 100,
};

/** A histogram from (gradient, rows) of each bin; with a Hessian of 1 a row, row counts are exact. */
function search(
  bins: readonly (readonly [number, number])[],
  o: { learnsMissing?: boolean; limits?: Partial<SplitLimits> } = {},
) {
  const learnsMissing = o.learnsMissing ?? false;
  const column: BinnedColumn = {
    index: 0,
    kind: "number",
    binCount: bins.length,
    learnsMissing,
    bounds: new Float64Array(bins.length - (learnsMissing ? 1 : 0)),
    codeOfBin: new Int32Array(0),
    offset: 0,
  };
  const rows = bins.reduce((sum, [, count]) => sum + count, 0);
  const sums = { gradient: bins.reduce((sum, [gradient]) => sum + gradient, 0), hessian: rows, rows };
  const best = emptyCandidate();
  const found = searchNumberSplit(Float64Array.from(bins.flat()), 0, {
    column,
    lane: 3,
    sums,
    limits: { ...limits, ...o.limits },
    best,
  });
  return { found, best };
}

test("the threshold with the greatest gain is taken", () => {
  // Left -6 over 3 rows, right 6 over 3: gain 36/3 + 36/3 - 0.
  const { found, best } = search([
    [-4, 2],
    [-2, 1],
    [5, 2],
    [1, 1],
  ]);
  assert.ok(found);
  assert.equal(best.lane, 3);
  assert.equal(best.bin, 1);
  assert.ok(Math.abs(best.gain - 24) < 1e-9);
  assert.equal(best.leftGradient, -6);
  assert.equal(best.leftRows, 3);
});

test("a side with too few rows is no split", () => {
  const { best } = search(
    [
      [-4, 2],
      [-2, 1],
      [5, 2],
      [1, 1],
    ],
    { limits: { minRowsPerLeaf: 2 } },
  );
  assert.equal(best.bin, 1);
  assert.equal(
    search(
      [
        [-4, 2],
        [4, 2],
      ],
      { limits: { minRowsPerLeaf: 3 } },
    ).found,
    false,
  );
});

test("missing rows go where they gain most", () => {
  const withLeft = search(
    [
      [-4, 2],
      [4, 2],
      [-3, 2],
    ],
    { learnsMissing: true },
  );
  assert.equal(withLeft.best.missingLeft, true);
  assert.equal(withLeft.best.leftGradient, -7);
  const withRight = search(
    [
      [-4, 2],
      [4, 2],
      [3, 2],
    ],
    { learnsMissing: true },
  );
  assert.equal(withRight.best.missingLeft, false);
  assert.equal(withRight.best.leftGradient, -4);
});

test("values can be split from missing where all values share a bin", () => {
  const { best } = search(
    [
      [-4, 4],
      [4, 2],
    ],
    { learnsMissing: true },
  );
  assert.equal(best.bin, 0);
  assert.equal(best.missingLeft, false);
});

test("where training misses no value, a missing one will go with the more rows", () => {
  assert.equal(
    search([
      [-4, 4],
      [4, 2],
    ]).best.missingLeft,
    true,
  );
  assert.equal(
    search([
      [-4, 2],
      [4, 4],
    ]).best.missingLeft,
    false,
  );
});

test("a split without gain is none", () => {
  assert.equal(
    search([
      [2, 2],
      [2, 2],
    ]).found,
    false,
  );
  assert.equal(
    search(
      [
        [-4, 2],
        [4, 2],
      ],
      { limits: { minGain: 16 } },
    ).found,
    false,
  );
});
