import assert from "node:assert/strict";
import { test } from "node:test";
import { limit } from "../../base/limit.ts";
import { RecentSamples } from "./recent-samples.ts";

/** Samples that are their own count of cells, on a clock of the test's own. */
function recentSamples() {
  const clock = { ms: 0, drawn: 0 };
  const samples = new RecentSamples<number>(
    (cells) => cells,
    () => clock.ms,
  );
  const get = (name: string, cells: number): Promise<number> =>
    samples.get(name, async () => {
      clock.drawn++;
      return cells;
    });
  return { clock, get };
}

test("two that ask at once, and who asks within half a minute, get one sample; later ones get a new one", async () => {
  const { clock, get } = recentSamples();
  await Promise.all([get("a", 5), get("a", 5)]);
  clock.ms = 29_999;
  await get("a", 5);
  assert.equal(clock.drawn, 1);
  clock.ms = 30_000;
  await get("a", 5);
  assert.equal(clock.drawn, 2);
});

test("an empty sample and a failed one are drawn again at once", async () => {
  const { clock, get } = recentSamples();
  await get("a", 0);
  await get("a", 3);
  assert.equal(clock.drawn, 2);
  const samples = new RecentSamples<number>(
    (cells) => cells,
    () => 0,
  );
  await assert.rejects(
    samples.get("b", () => Promise.reject(new RangeError("no"))),
    RangeError,
  );
  assert.equal(await samples.get("b", async () => 7), 7);
});

test("beyond the bound the oldest go, and the newest stays however large", async () => {
  const { clock, get } = recentSamples();
  await get("a", limit.catalogCellsMax / 2);
  await get("b", limit.catalogCellsMax / 2);
  await get("c", 10);
  assert.equal(clock.drawn, 3);
  await get("b", 1);
  assert.equal(clock.drawn, 3);
  await get("a", 2 * limit.catalogCellsMax);
  assert.equal(clock.drawn, 4);
  await get("a", 1);
  assert.equal(clock.drawn, 4);
  await get("c", 1);
  assert.equal(clock.drawn, 5);
});
