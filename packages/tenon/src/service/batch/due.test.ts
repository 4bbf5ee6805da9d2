import assert from "node:assert/strict";
import { test } from "node:test";
import type { BatchPlan } from "../../plan/batch-plan.ts";
import type { BatchRun } from "./batch-run.ts";
import { dueRun } from "./due.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
const begunMs = 10 * dayMs + 60 * minuteMs;
const plan: BatchPlan = {
  sql: "select account from payment",
  reads: ["payment"],
  schedule: { kind: "every", everyMs: dayMs },
  timeLimitMs: minuteMs,
  memoryMb: 100,
  runsKey: "value@1",
  runsLane: 0,
  rowsAtCell: 0,
  asOfCell: 1,
};
const published = (rows: number, startedAtMs = begunMs): BatchRun => ({
  runsKey: plan.runsKey,
  state: "published",
  kind: "run",
  asOfMs: startedAtMs,
  rowsAtMs: startedAtMs,
  seqMax: 7,
  startedAtMs,
  endedAtMs: startedAtMs + 10,
  rows,
  tenants: 1,
  error: null,
});
const dueAt = (nowMs: number, runs: readonly BatchRun[], lastSeq = 8) =>
  dueRun(plan, runs, { nowMs, lastSeq, lastRow: () => undefined })?.asOfMs;

test("a batch with rows waits for its schedule", () => {
  assert.equal(dueAt(begunMs + 60 * minuteMs, [published(3)]), undefined);
  assert.equal(dueAt(11 * dayMs, [published(3)]), 11 * dayMs);
});

test("one that never had a row is tried again once something has come, ever more seldom up to an hour", () => {
  const empty = published(0);
  assert.equal(dueAt(begunMs + minuteMs - 1, [empty]), undefined);
  assert.equal(dueAt(begunMs + minuteMs, [empty]), begunMs + minuteMs);
  assert.equal(dueAt(begunMs + minuteMs, [empty], 7), undefined, "nothing has come");
  const thrice = [published(0, begunMs + 3 * minuteMs), published(0, begunMs + minuteMs), empty];
  assert.equal(dueAt(begunMs + 6 * minuteMs, thrice), undefined);
  assert.equal(dueAt(begunMs + 7 * minuteMs, thrice), begunMs + 7 * minuteMs);
  const often = Array.from({ length: 30 }, () => empty);
  assert.equal(dueAt(begunMs + 60 * minuteMs - 1, often), undefined);
  assert.equal(dueAt(begunMs + 60 * minuteMs, often), begunMs + 60 * minuteMs);
  assert.equal(
    dueAt(begunMs + 120 * minuteMs, [empty, published(2)]),
    undefined,
    "it is empty now, and was not always",
  );
});
