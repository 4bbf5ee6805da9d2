import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { addToHistogram, subtractHistogram } from "./histogram.ts";
import { createHistogramKernel } from "./histogram-kernel.ts";
import { createTrainingMemory } from "./training-memory.ts";

const binCount = 256;
/** Doubles of a histogram of four columns. */
const length = 4 * binCount * 2;
const cells = { words: 0, first: 0, second: binCount * 2, third: binCount * 4, fourth: binCount * 6 };
const random = seededRandom(7);

function makeLeaf(rowCount: number, every: number) {
  const count = Math.ceil(rowCount / every);
  const { memory, packed, rows, pairs, histograms } = createTrainingMemory({
    words: rowCount,
    rows: count,
    cells: 2 * length,
  });
  for (let row = 0; row < rowCount; row++) packed[row] = Math.floor(random() * 2 ** 32);
  for (let i = 0; i < count; i++) rows[i] = i * every;
  for (let i = 0; i < pairs.length; i++) pairs[i] = random() - 0.5;
  return { kernel: createHistogramKernel(memory), packed, histograms, leaf: { rows, begin: 0, end: count, pairs } };
}

test("the kernel adds what a plain loop adds, to the bit", () => {
  const { kernel, packed, histograms, leaf } = makeLeaf(5_000, 3);
  addToHistogram(kernel, { histograms, begin: length, packed, cells, leaf });

  const expected = new Float64Array(length);
  for (let i = 0; i < leaf.end; i++) {
    for (let lane = 0; lane < 4; lane++) {
      const cell = (lane * binCount + ((packed[leaf.rows[i]!]! >>> (lane * 8)) & 255)) * 2;
      expected[cell]! += leaf.pairs[i * 2]!;
      expected[cell + 1]! += leaf.pairs[i * 2 + 1]!;
    }
  }
  assert.deepEqual(histograms.slice(length), expected);
  assert.ok(histograms.subarray(0, length).every((cell) => cell === 0));
});

test("a leaf without rows adds nothing", () => {
  const { kernel, packed, histograms, leaf } = makeLeaf(10, 1);
  addToHistogram(kernel, { histograms, begin: 0, packed, cells, leaf: { ...leaf, end: 0 } });
  assert.ok(histograms.every((cell) => cell === 0));
});

test("a parent less one child is the other child", () => {
  const histograms = Float64Array.of(5, 6, 7, 1, 2, 3);
  subtractHistogram(histograms, 0, 3, 3);
  assert.deepEqual([...histograms], [4, 4, 4, 1, 2, 3]);
});
