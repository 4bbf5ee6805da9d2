import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplierLag, type LagBounds } from "./applier-lag.ts";

function lagging(bounds?: Partial<LagBounds>) {
  const now = { log: 0, applied: 0, ms: 0 };
  const parts = {
    log: {
      get lastSeq() {
        return now.log;
      },
    },
    applier: {
      get appliedSeq() {
        return now.applied;
      },
    },
    machineNowMs: () => now.ms,
  };
  return { now, lag: new ApplierLag(parts, bounds) };
}

test("the age is of the oldest entry that features lack, and goes as they catch up", () => {
  const { now, lag } = lagging();
  for (; now.ms < 10_000; now.ms += 1_000) {
    now.log += 100;
    lag.mark();
  }
  assert.deepEqual([lag.events, lag.ms], [1_000, 10_000]);
  now.applied = 250;
  assert.deepEqual([lag.events, lag.ms], [750, 8_000]);
  now.applied = 1_000;
  assert.deepEqual([lag.events, lag.ms], [0, 0]);
  now.ms += 60_000;
  lag.mark();
  assert.equal(lag.ms, 0, "a log at rest does not age");
});

test("either bound makes it too old", () => {
  const byEvents = lagging({ eventsMax: 10 });
  byEvents.now.log = 10;
  assert.equal(byEvents.lag.isWithinBounds, true);
  byEvents.now.log = 11;
  assert.equal(byEvents.lag.isWithinBounds, false);

  const byAge = lagging({ msMax: 5_000 });
  byAge.now.log = 1;
  byAge.lag.mark();
  byAge.now.ms = 5_000;
  assert.equal(byAge.lag.isWithinBounds, true);
  byAge.now.ms = 5_001;
  assert.equal(byAge.lag.isWithinBounds, false);
});
