import assert from "node:assert/strict";
import { test } from "node:test";
import { randomBelow, seededRandom } from "../../base/random.ts";
import { ExactSum } from "./exact-sum.ts";

const sumOf = (numbers: readonly number[]): number => {
  const sum = new ExactSum();
  for (const number of numbers) sum.add(number);
  return sum.value();
};

test("sums that doubles lose are exact: the published cases", () => {
  assert.equal(sumOf([]), 0);
  assert.equal(sumOf(Array.from({ length: 10 }, () => 0.1)), 1);
  assert.equal(sumOf([1e100, 1, -1e100]), 1);
  assert.equal(sumOf([1, 2 ** -53, 2 ** -106]), 1 + 2 ** -52, "a tie is decided by what lies below it");
  assert.equal(sumOf([2 ** 53, 0.5, 2 ** -60]), 2 ** 53, "below a tie it rounds down");
});

test("any order, and any split into tiles, gives the same bits", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 50; round++) {
    const numbers = Array.from({ length: 60 }, () => (random() - 0.5) * 2 ** (randomBelow(random, 120) - 60));
    const expected = sumOf(numbers);
    const shuffled = numbers
      .map((number) => [random(), number] as const)
      .sort(([a], [b]) => a - b)
      .map(([, number]) => number);
    assert.equal(sumOf(shuffled), expected);
    const cut = randomBelow(random, numbers.length);
    const left: number[] = [];
    const tile = new ExactSum();
    for (const number of shuffled.slice(0, cut)) tile.add(number);
    tile.write(left);
    const whole = new ExactSum();
    for (const number of shuffled.slice(cut)) whole.add(number);
    whole.merge(Float64Array.from(left), 0, left.length);
    assert.equal(whole.value(), expected);
  }
});
