import assert from "node:assert/strict";
import { test } from "node:test";
import { UpdateCosts } from "./update-costs.ts";

/** Batches of rows, each of which takes its time on a clock of the test's own. */
function costsAfter(batches: number, rows: readonly (readonly [lane: string, ms: number])[], commitMs: number) {
  let nowMs = 0;
  let looks = 0;
  const costs = new UpdateCosts(
    () => {
      looks++;
      return nowMs * 1_000;
    },
    () => nowMs,
  );
  for (let batch = 0; batch < batches; batch++) {
    costs.begin();
    for (const [lane, ms] of rows) {
      const startedMs = costs.startRow();
      nowMs += ms;
      costs.endRow(lane, startedMs);
    }
    nowMs += commitMs;
    costs.end();
  }
  return { costs, looks };
}

test("a batch's time, its commit included, is shared among the lanes as their rows took it", () => {
  const { costs } = costsAfter(
    2,
    [
      ["a", 1],
      ["a", 1],
      ["b", 6],
    ],
    8,
  );
  assert.deepEqual(costs.byLane, { a: { updates: 2, cpuMicros: 4_000 }, b: { updates: 1, cpuMicros: 12_000 } });
});

test("one batch of sixteen is looked at, and of the first ones the second, third, fifth and ninth", () => {
  assert.deepEqual(costsAfter(1, [["a", 1]], 0).costs.byLane, {});
  const { costs, looks } = costsAfter(34, [["a", 1]], 0);
  assert.equal(costs.byLane.a?.updates, 6);
  assert.deepEqual([costs.measured, looks], [6, 12]);
});

test("a clock that stood still shares by rows", () => {
  const { costs } = costsAfter(
    2,
    [
      ["a", 0],
      ["b", 0],
    ],
    4,
  );
  assert.deepEqual([costs.byLane.a?.cpuMicros, costs.byLane.b?.cpuMicros], [2_000, 2_000]);
});
