import assert from "node:assert/strict";
import { test } from "node:test";
import { categoryBins } from "./category-bins.ts";

const codes = (counts: readonly number[]): Float64Array =>
  Float64Array.from(counts.flatMap((count, code) => Array<number>(count).fill(code)));

test("categories get bins by falling count, bin 0 is left for the others", () => {
  const { codeOfBin, binOfCode } = categoryBins(codes([5, 20, 10]), 35, 255);
  assert.deepEqual([...codeOfBin], [-1, 1, 2, 0]);
  assert.deepEqual([...binOfCode], [3, 1, 2]);
});

test("a category of fewer than three rows falls to the others", () => {
  assert.deepEqual([...categoryBins(codes([9, 2, 9, 3]), 23, 255).binOfCode], [1, 0, 2, 3]);
});

test("no more than 255 categories have a bin of their own", () => {
  const { codeOfBin, binOfCode } = categoryBins(codes(Array<number>(400).fill(3)), 1_200, 255);
  assert.equal(codeOfBin.length, 256);
  assert.equal(binOfCode[399], 0);
});

test("rows without a category are not counted", () => {
  assert.deepEqual([...categoryBins(Float64Array.of(Number.NaN, 0, 0, 0, Number.NaN), 5, 255).codeOfBin], [-1, 0]);
});
