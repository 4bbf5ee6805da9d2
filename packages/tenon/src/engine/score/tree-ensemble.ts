import type { TreeNodes } from "../train/tree-nodes.ts";

/** How a node decides. What does not go left goes right. */
export const splitKind = {
  /** Number: at most the threshold goes left, a missing value right. */
  numberMissingRight: 0,
  /** Number: at most the threshold goes left, a missing value left too. */
  numberMissingLeft: 1,
  /** Category: the codes in the node's set go left, everything else right; a missing value as the name says. */
  categoryMissingRight: 2,
  categoryMissingLeft: 3,
  /** Number, where 0 counts as missing: see `zeroMax`. */
  zeroMissingRight: 4,
  zeroMissingLeft: 5,
  /** Number: exactly the threshold goes left. */
  equalMissingRight: 6,
  equalMissingLeft: 7,
} as const;

/** Up to this magnitude a number counts as 0 where 0 is missing: LightGBM's bound, a float. */
export const zeroMax = Math.fround(1e-35);

/**
 * Trees that another library grew, as flat arrays. A row starts with `start`; tree `t` adds the values of one leaf, `leafWidth`
 * of them, to its raw scores from `treeOutput[t]` on, in the order of the trees. Then every score is divided by `divisor`,
 * multiplied with `scale`, and `bias` is added.
 *
 * Nodes, leaves and children are numbered as in the `TreeModel` of our own trainer, so that its kernel walks these trees too.
 * The kinds of nodes are `splitKind`.
 */
export interface TreeEnsemble extends TreeNodes {
  /** Columns of a row. */
  readonly width: number;
  /** Raw scores of a row. */
  readonly outputs: number;
  /** Whether scores are added in single precision, as the library does. Rows are rounded by who makes them. */
  readonly isSingle: boolean;
  readonly start: Float64Array;
  readonly divisor: number;
  readonly scale: number;
  readonly bias: Float64Array;
  readonly treeOutput: Int32Array;
  /** Values of a leaf, one after another: `leafValue[leaf * leafWidth]` and on. */
  readonly leafValue: Float64Array;
  readonly leafWidth: number;
}

export const isCategorySplit = (kind: number): boolean =>
  kind === splitKind.categoryMissingRight || kind === splitKind.categoryMissingLeft;

/** Whether trees without a category, a zero that is missing, or an equality are all there is from one node to another. */
export function areNumberSplits(kind: Uint8Array, begin: number, end: number): boolean {
  for (let node = begin; node < end; node++) if (kind[node]! > splitKind.numberMissingLeft) return false;
  return true;
}
