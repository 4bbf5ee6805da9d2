import assert from "node:assert/strict";
import { test } from "node:test";
import { AppClock } from "./app-clock.ts";

test("the app clock follows the machine's and never goes back when that one does", () => {
  let machineMs = 1_000;
  const clock = new AppClock({ machineNowMs: () => machineMs, floorMs: 0 });
  machineMs = 5_000;
  assert.equal(clock.nowMs(), 5_000);
  machineMs = 2_000;
  assert.equal(clock.nowMs(), 5_000);
  assert.equal(clock.aheadMs, 3_000);
  machineMs = 4_000;
  assert.equal(clock.nowMs(), 6_000, "it goes on at half its rate");
  machineMs = 8_000;
  assert.equal(clock.nowMs(), 8_000, "and is with the machine's again");
  machineMs = 9_000;
  assert.equal(clock.nowMs(), 9_000);
  assert.equal(clock.aheadMs, 0);
});

test("it starts no earlier than the last commit", () => {
  assert.equal(new AppClock({ machineNowMs: () => 100, floorMs: 900 }).nowMs(), 900);
});

test("a replay starts in the past and runs at its rate; a change of rate goes on from now", () => {
  let machineMs = 0;
  const clock = new AppClock({ machineNowMs: () => machineMs, floorMs: 0, startMs: 1_000_000, rate: 3_600 });
  machineMs = 1_000;
  assert.equal(clock.nowMs(), 4_600_000);
  clock.setRate(0);
  machineMs = 9_000;
  assert.equal(clock.nowMs(), 4_600_000);
  clock.advanceTo(5_000_000);
  clock.advanceTo(1);
  assert.equal(clock.nowMs(), 5_000_000);
});
