import assert from "node:assert/strict";
import { test } from "node:test";
import { nextAbove } from "./next-above.ts";

test("the next double above a number is the least that is greater", () => {
  assert.equal(nextAbove(0), Number.MIN_VALUE);
  assert.equal(nextAbove(1), 1 + Number.EPSILON);
  assert.equal(nextAbove(-1), -1 + Number.EPSILON / 2);
  assert.equal(nextAbove(Infinity), Infinity);
});
