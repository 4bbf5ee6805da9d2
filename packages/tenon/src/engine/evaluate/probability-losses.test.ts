import assert from "node:assert/strict";
import { test } from "node:test";
import { brierEstimate } from "./brier.ts";
import { logLossEstimate } from "./log-loss.ts";

const near = (actual: number | undefined, expected: number, within = 1e-12): void =>
  assert.ok(Math.abs(actual! - expected) <= within, `${actual} is not ${expected}`);

test("the log loss is the mean surprise", () => {
  const loss = logLossEstimate(Float64Array.of(1, 0), Float64Array.of(0.8, 0.4))!;
  near(loss.value, -(Math.log(0.8) + Math.log(0.6)) / 2);
  assert.ok(loss.low < loss.value && loss.value < loss.high);
});

test("a sure mistake costs the logarithm of the clip and not infinity", () => {
  near(logLossEstimate(Float64Array.of(1), Float64Array.of(0))!.value, -Math.log(1e-15), 1e-9);
  near(logLossEstimate(Float64Array.of(1), Float64Array.of(1))!.value, 1e-15, 1e-15);
});

test("the Brier score is the mean squared distance", () => {
  near(brierEstimate(Float64Array.of(0, 1, 1, 0), Float64Array.of(0.1, 0.9, 0.8, 0.3))!.value, 0.0375);
});
