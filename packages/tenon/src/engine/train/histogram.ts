import type { HistogramKernel } from "./histogram-kernel.ts";
import type { TrainingMemory } from "./training-memory.ts";

/** Rows that all groups of columns take before the next: their words then come from the nearest cache but once. */
const blockRows = 1_024;

/** The rows of one leaf, with their derivatives gathered in the same order. All arrays lie in the training memory. */
export interface LeafRows {
  readonly rows: Int32Array;
  readonly begin: number;
  readonly end: number;
  /** First and second derivative of row `rows[begin + i]` at `2 * i`. */
  readonly pairs: Float32Array;
}

/** A group of four columns: which word of a row is theirs, and where each column's first cell lies in a histogram, in doubles. */
export interface GroupCells {
  readonly word: number;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/** Where to add what: `begin` is where the leaf's histogram begins, `groups` are the columns that are wanted. */
export interface HistogramInput {
  readonly memory: Pick<TrainingMemory, "packed" | "histograms">;
  readonly begin: number;
  readonly wordsPerRow: number;
  readonly groups: readonly GroupCells[];
  readonly leaf: LeafRows;
}

/**
 * Adds a leaf's derivatives to the cells of four columns at a time, so that a row's number, word and derivatives are read
 * once for four columns.
 */
export function addToHistogram(kernel: HistogramKernel, input: HistogramInput): void {
  const { rows, begin, end, pairs } = input.leaf;
  const { packed, histograms } = input.memory;
  const histogram = histograms.byteOffset + input.begin * 8;
  const stride = input.wordsPerRow * 4;
  for (let from = begin; from < end; from += blockRows) {
    const to = Math.min(end, from + blockRows);
    for (const { word, first, second, third, fourth } of input.groups) {
      kernel(
        rows.byteOffset + from * 4,
        rows.byteOffset + to * 4,
        packed.byteOffset + word * 4,
        stride,
        pairs.byteOffset + (from - begin) * 8,
        histogram + first * 8,
        histogram + second * 8,
        histogram + third * 8,
        histogram + fourth * 8,
      );
    }
  }
}

/** Turns a parent's cells into those of one child by taking the other child's away. */
export function subtractHistogram(histograms: Float64Array, parent: number, child: number, length: number): void {
  for (let i = 0; i < length; i++) histograms[parent + i]! -= histograms[child + i]!;
}
