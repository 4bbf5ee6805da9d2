import type { TrainTask } from "./train-options.ts";
import type { ColumnKind } from "./training-table.ts";
import type { TreeNodes } from "./tree-nodes.ts";

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
 * the order of the trees. Tree `t` adds to output `t % outputs`. The kinds of nodes are `nodeKind`.
 */
export interface TreeModel extends TreeNodes {
  readonly task: TrainTask;
  readonly columns: readonly TreeColumn[];
  /** Scores that one row gets: 1 in both tasks of today. */
  readonly outputs: number;
  readonly baseScore: Float64Array;
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
