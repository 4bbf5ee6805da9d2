import type { TrainTask } from "./train-options.ts";
import type { ColumnKind } from "./training-table.ts";

/** A feature that a model reads, at its place in the row. */
export interface TreeColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The categories' names, in the order of their codes. */
  readonly categories?: readonly string[];
}

/** How a node decides. */
export const nodeKind = {
  /** Number: at most the threshold goes left, a missing value right. */
  numberMissingRight: 0,
  /** Number: at most the threshold goes left, a missing value left too. */
  numberMissingLeft: 1,
  /** Category: the codes in the node's set go left, everything else, missing or unseen, right. */
  category: 2,
} as const;

/**
 * Boosted trees as flat arrays. The raw score of a row is `baseScore` plus the value of one leaf of every tree, added in
 * the order of the trees. Tree `t` adds to output `t % outputs`.
 *
 * Nodes of tree `t` are `nodeStart[t]` to `nodeStart[t + 1]`, its root the first of them, its leaves `leafStart[t]` to
 * `leafStart[t + 1]`; a tree without nodes has one leaf. A child is a node's number, always greater than its parent's,
 * or the bitwise complement (`~leaf`) of a leaf's; both count through the whole model.
 */
export interface TreeModel {
  readonly task: TrainTask;
  readonly columns: readonly TreeColumn[];
  /** Scores that one row gets: 1 in both tasks of today. */
  readonly outputs: number;
  readonly baseScore: Float64Array;
  readonly nodeStart: Int32Array;
  readonly leafStart: Int32Array;
  /** Per node: the column, the kind (see `nodeKind`), and the threshold, NaN for a category. */
  readonly column: Int32Array;
  readonly kind: Uint8Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Per category node: its set is `sets[setStart]` to `sets[setStart + setLength]`, one bit a code. 0 elsewhere. */
  readonly setStart: Int32Array;
  readonly setLength: Int32Array;
  readonly sets: Uint32Array;
  /** Per node: what its split gained, and the training rows that reached it. */
  readonly gain: Float64Array;
  readonly nodeRows: Int32Array;
  readonly leafValue: Float64Array;
  readonly leafRows: Int32Array;
  /** Settings, losses and whatever else is told about the model: JSON. */
  readonly about: Readonly<Record<string, unknown>>;
}

export const treeCount = (model: TreeModel): number => model.nodeStart.length - 1;

/** What each column's splits gained in sum, in the order of the columns. */
export function gainByColumn({ column, gain, columns }: TreeModel): Float64Array {
  const sums = new Float64Array(columns.length);
  for (let node = 0; node < column.length; node++) sums[column[node]!]! += gain[node]!;
  return sums;
}
