import assert from "node:assert/strict";
import { test } from "node:test";
import { decideGate } from "./gate-decision.ts";

const atLeast = { metric: "auc", bound: 0.7, direction: "atLeast" } as const;
const atMost = { metric: "logLoss", bound: 0.5, direction: "atMost" } as const;
const decide = (gate: typeof atLeast | typeof atMost, low: number, high: number) =>
  decideGate(gate, { value: (low + high) / 2, low, high }).decision;

test("a gate passes when the whole interval reaches the bound", () => {
  assert.equal(decide(atLeast, 0.7, 0.8), "pass");
  assert.equal(decide(atMost, 0.4, 0.5), "pass");
});

test("a gate fails when the whole interval is short of the bound", () => {
  assert.equal(decide(atLeast, 0.5, 0.69), "fail");
  assert.equal(decide(atMost, 0.51, 0.6), "fail");
});

test("a gate is inconclusive when the interval holds the bound, or there is no figure", () => {
  assert.equal(decide(atLeast, 0.69, 0.8), "inconclusive");
  assert.equal(decide(atMost, 0.4, 0.51), "inconclusive");
  assert.equal(decideGate(atLeast, null).decision, "inconclusive");
  assert.equal(decideGate(atLeast, { value: 0.9, low: Number.NaN, high: 1 }).decision, "inconclusive");
});

test("the verdict keeps the figures it was taken from", () => {
  assert.deepEqual(decideGate(atLeast, { value: 0.75, low: 0.72, high: 0.78 }), {
    ...atLeast,
    decision: "pass",
    value: 0.75,
    low: 0.72,
    high: 0.78,
  });
});
