/**
 * Trees as flat arrays. Nodes of tree `t` are `nodeStart[t]` to `nodeStart[t + 1]`, its root the first of them, its leaves
 * `leafStart[t]` to `leafStart[t + 1]`; a tree without nodes has one leaf. A child is a node's number, always greater than
 * its parent's, or the bitwise complement (`~leaf`) of a leaf's; both count through the whole model.
 */
export interface TreeNodes {
  readonly nodeStart: Int32Array;
  readonly leafStart: Int32Array;
  /** Per node: the column, the kind, and the threshold, NaN for a category. */
  readonly column: Int32Array;
  readonly kind: Uint8Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Per category node: its set is `sets[setStart]` to `sets[setStart + setLength]`, one bit a code. 0 elsewhere. */
  readonly setStart: Int32Array;
  readonly setLength: Int32Array;
  readonly sets: Uint32Array;
}
