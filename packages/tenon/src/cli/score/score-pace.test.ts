import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { isPassingError, withPatience } from "./patience.ts";
import { scorePace } from "./score-pace.ts";

/** A clock that waits move, and calls. */
function virtualClock() {
  let nowMs = 1_000;
  return {
    nowMs: () => nowMs,
    wait: async (ms: number) => {
      nowMs += ms;
    },
  };
}

async function timesOf(rate: number | undefined, calls: readonly number[]): Promise<readonly number[]> {
  const clock = virtualClock();
  const pace = scorePace(rate, clock);
  const times: number[] = [];
  for (const tookMs of calls)
    await pace(200, () => {
      times.push(clock.nowMs() - 1_000);
      return clock.wait(tookMs);
    });
  return times;
}

test("without a rate, each call is followed by a pause as long as the call, up to a second", async () => {
  assert.deepEqual(await timesOf(undefined, [20, 100, 5_000, 1]), [0, 40, 240, 6_240]);
});

test("with a rate, calls begin as far apart as their rows take, however long they are", async () => {
  assert.deepEqual(await timesOf(400, [20, 100, 300, 1]), [0, 500, 1_000, 1_500]);
});

test("time that was lost to a slow app is made up for, for a second at most", async () => {
  // The second call took four seconds: of the eight calls that it held up, two are made at once.
  assert.deepEqual(await timesOf(400, [0, 4_000, 0, 0, 0, 0]), [0, 500, 4_500, 4_500, 4_500, 5_000]);
});

async function tried(errors: readonly TenonError[]) {
  const clock = virtualClock();
  const left = [...errors];
  const told: [string, number][] = [];
  const act = async (): Promise<string> => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return "done";
  };
  const ended = await withPatience(act, isPassingError, { ...clock, told: (why, ms) => told.push([why, ms]) }).catch(
    (thrown: TenonError) => thrown.code,
  );
  return { ended, told, tookMs: clock.nowMs() - 1_000 };
}

test("what is busy is asked again after what it says, else after ever longer", async () => {
  const { ended, told } = await tried([
    new TenonError("server.busy", "a", { retryAfterMs: 7_000 }),
    new TenonError("log.full", "b"),
    new TenonError("cli.not-running", "c"),
  ]);
  assert.equal(ended, "done");
  assert.deepEqual(told, [
    ["a", 7_000],
    ["b", 1_000],
    ["c", 2_000],
  ]);
});

test("patience ends, and what is not passing has none", async () => {
  const busy = await tried(Array.from({ length: 1_000 }, () => new TenonError("log.full", "full")));
  assert.equal(busy.ended, "log.full");
  assert.ok(busy.tookMs <= limit.scoreWaitMsMax && busy.tookMs > limit.scoreWaitMsMax - 31_000);
  const wrong = await tried([new TenonError("prediction.unknown", "gone")]);
  assert.deepEqual([wrong.ended, wrong.told], ["prediction.unknown", []]);
});
