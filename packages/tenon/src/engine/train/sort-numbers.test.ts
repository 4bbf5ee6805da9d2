import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { sortNumbers } from "./sort-numbers.ts";

const random = seededRandom(1);
const kinds: Record<string, () => number> = {
  "numbers of both signs": () => (random() - 0.5) * 1e6,
  "numbers of every size": () => (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300),
  "whole numbers with many equals": () => Math.floor(random() * 50) - 25,
  "times of one second, which share their upper halves": () => 1_780_000_000_000 + random() * 1_000,
  "zeros of both signs among others": () => [-0, 0, 1, -1][Math.floor(random() * 4)]!,
};

for (const [name, draw] of Object.entries(kinds)) {
  test(`${name} come out as the platform sorts them`, () => {
    const values = Float64Array.from({ length: 10_000 }, draw);
    const expected = values.slice().sort();
    // Zeros of either sign are equal to everything that reads the result.
    assert.deepEqual(
      sortNumbers(values).map((value) => value + 0),
      expected.map((value) => value + 0),
    );
  });
}
