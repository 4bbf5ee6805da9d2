import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveOptions } from "./train-options.ts";

test("every option has a default", () => {
  const settings = resolveOptions({ task: "binary" }, 1_000);
  assert.equal(settings.rounds, 100);
  assert.equal(settings.leaves, 31);
  assert.equal(settings.validationRows, 0);
});

test("early stopping takes the last fifth of the rows as validation, unless the caller says how many", () => {
  assert.equal(resolveOptions({ task: "binary", earlyStoppingRounds: 10 }, 1_003).validationRows, 200);
  assert.equal(resolveOptions({ task: "binary", earlyStoppingRounds: 10, validationRows: 7 }, 1_003).validationRows, 7);
});

test("an option out of bounds is refused with its name and what it accepts", () => {
  const refused = { code: "input.invalid" };
  assert.throws(
    () => resolveOptions({ task: "binary", leaves: 1 }, 10),
    /leaves is 1, it must be a whole number from 2/,
  );
  assert.throws(() => resolveOptions({ task: "binary", rounds: 0.5 }, 10), refused);
  assert.throws(() => resolveOptions({ task: "binary", learningRate: Number.NaN }, 10), refused);
  assert.throws(() => resolveOptions({ task: "binary", rowFraction: 0 }, 10), refused);
  assert.throws(() => resolveOptions({ task: "binary", bins: 256 }, 10), refused);
  assert.throws(() => resolveOptions({ task: "binary", validationRows: 10 }, 10), refused);
});
