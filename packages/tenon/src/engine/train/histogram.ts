import type { HistogramKernel } from "./histogram-kernel.ts";

/** The rows of one leaf, with their derivatives gathered in the same order. All arrays lie in the training memory. */
export interface LeafRows {
  readonly rows: Int32Array;
  readonly begin: number;
  readonly end: number;
  /** First and second derivative of row `rows[begin + i]` at `2 * i`. */
  readonly pairs: Float32Array;
}

/** A group of four columns: where its words begin, and where each column's first cell lies in a histogram, in doubles. */
export interface GroupCells {
  readonly words: number;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/**
 * Adds a leaf's derivatives to the cells of four columns at a time, so that a row's number, word and derivatives are read
 * once for four columns. `begin` is where the leaf's histogram begins.
 */
export function addToHistogram(
  kernel: HistogramKernel,
  o: { histograms: Float64Array; begin: number; packed: Uint32Array; cells: GroupCells; leaf: LeafRows },
): void {
  const { rows, begin, end, pairs } = o.leaf;
  if (begin === end) return;
  const { words, first, second, third, fourth } = o.cells;
  const histogram = o.histograms.byteOffset + o.begin * 8;
  kernel(
    rows.byteOffset + begin * 4,
    rows.byteOffset + end * 4,
    o.packed.byteOffset + words * 4,
    pairs.byteOffset,
    histogram + first * 8,
    histogram + second * 8,
    histogram + third * 8,
    histogram + fourth * 8,
  );
}

/** Turns a parent's cells into those of one child by taking the other child's away. */
export function subtractHistogram(histograms: Float64Array, parent: number, child: number, length: number): void {
  for (let i = 0; i < length; i++) histograms[parent + i]! -= histograms[child + i]!;
}
