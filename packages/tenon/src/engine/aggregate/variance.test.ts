import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { VarianceState } from "./variance.ts";

const varianceOf = (numbers: readonly number[]): number => {
  const state = new VarianceState("variance");
  for (const number of numbers) state.add(number);
  return state.value();
};

test("the sample variance of close and far values, which doubles alone lose", () => {
  assert.equal(varianceOf([2, 4, 4, 4, 5, 5, 7, 9]), 32 / 7);
  assert.equal(varianceOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]), 30);
  assert.equal(varianceOf([1e15 + 0.125, 1e15 + 0.25]), 0.0078125);
  assert.equal(varianceOf([0.1, 0.1, 0.1]), 0);
  assert.equal(varianceOf([-1e120, 1e120]), 2e240);
});

test("fewer than two values have none", () => {
  assert.ok(Number.isNaN(varianceOf([])));
  assert.ok(Number.isNaN(varianceOf([3])));
});

test("any order and any split into tiles gives the same bits", () => {
  const random = seededRandom(11);
  for (let round = 0; round < 50; round++) {
    const numbers = Array.from({ length: 40 }, () => 1e6 + random());
    const expected = varianceOf(numbers);
    assert.equal(varianceOf(numbers.toReversed()), expected);
    const left = new VarianceState("variance");
    const right = new VarianceState("variance");
    for (const [i, number] of numbers.entries()) (i % 3 === 0 ? left : right).add(number);
    const tile: number[] = [0];
    left.write(tile);
    right.merge(Float64Array.from(tile), 1, tile.length);
    assert.equal(right.value(), expected);
  }
});
