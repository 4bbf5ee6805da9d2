import { nextAbove } from "./next-above.ts";
import { nodeKind, type TreeModel } from "./tree-model.ts";

/** Trees without categories, laid out so that four are walked at once without a branch that cannot be foretold. */
export interface NumberTrees {
  /** Takes the row that the next calls of `add` score. */
  take(features: Float64Array): void;
  /** The score plus the values of the trees `begin` to `end`, a multiple of four, added one after another. */
  add(score: number, begin: number, end: number): number;
  /** Writes the leaves that the four trees from `begin` on end in. */
  leaves(begin: number, to: Int32Array): void;
}

/** The part of a model that is walked. A kind of 0 or 1 is that of a number; trees with others are not walked here. */
type WalkedTrees = Pick<
  TreeModel,
  "column" | "kind" | "threshold" | "left" | "right" | "leafValue" | "nodeStart" | "leafStart"
> & { readonly columns: { readonly length: number } };

/** Trees that are walked at once: while one step waits for memory, the others go on. */
export const together = 4;

/**
 * Every step is `at = children[2 * at + (value > limit ? 1 : 0)]`, where a missing value fails the comparison. Of a node
 * whose missing values go left that is as it should be. Of one whose missing values go right the comparison is turned
 * round: `-value > limit` with the double below `-threshold` holds for the values that go left, and its children change
 * places; so the row is kept together with its negative. A leaf is a node that leads to itself, so that the trees of four
 * may end at different depths.
 */
export function createNumberTrees(model: WalkedTrees): NumberTrees {
  const { column, kind, threshold, left, right, leafValue, nodeStart, leafStart, columns } = model;
  const nodes = column.length;
  const leafCount = leafStart[leafStart.length - 1]!;
  const size = nodes + leafCount;
  const width = columns.length;
  const row = new Float64Array(width * 2);
  const read = new Int32Array(size);
  const limit = new Float64Array(size);
  const children = new Int32Array(size * 2);
  const value = new Float64Array(size);
  const placeOf = (child: number): number => (child >= 0 ? child : nodes + ~child);

  for (let node = 0; node < nodes; node++) {
    const turned = kind[node] === nodeKind.numberMissingRight;
    read[node] = column[node]! + (turned ? width : 0);
    limit[node] = turned ? -nextAbove(threshold[node]!) : threshold[node]!;
    children[node * 2] = placeOf(turned ? right[node]! : left[node]!);
    children[node * 2 + 1] = placeOf(turned ? left[node]! : right[node]!);
  }
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const place = nodes + leaf;
    value[place] = leafValue[leaf]!;
    children[place * 2] = place;
    children[place * 2 + 1] = place;
  }
  const roots = Int32Array.from({ length: nodeStart.length - 1 }, (_, tree) =>
    nodeStart[tree] === nodeStart[tree + 1] ? nodes + leafStart[tree]! : nodeStart[tree]!,
  );

  return {
    take(features) {
      for (let i = 0; i < width; i++) {
        row[i] = features[i]!;
        // Not less than the least double: an infinite value then still lies below an infinite threshold turned round.
        row[i + width] = Math.max(-features[i]!, -Number.MAX_VALUE);
      }
    },
    add(score, begin, end) {
      let sum = score;
      for (let tree = begin; tree < end; tree += together) {
        let a = roots[tree]!;
        let b = roots[tree + 1]!;
        let c = roots[tree + 2]!;
        let d = roots[tree + 3]!;
        while (a < nodes || b < nodes || c < nodes || d < nodes) {
          a = children[a * 2 + Number(row[read[a]!]! > limit[a]!)]!;
          b = children[b * 2 + Number(row[read[b]!]! > limit[b]!)]!;
          c = children[c * 2 + Number(row[read[c]!]! > limit[c]!)]!;
          d = children[d * 2 + Number(row[read[d]!]! > limit[d]!)]!;
        }
        sum = sum + value[a]! + value[b]! + value[c]! + value[d]!;
      }
      return sum;
    },
    leaves(begin, to) {
      let a = roots[begin]!;
      let b = roots[begin + 1]!;
      let c = roots[begin + 2]!;
      let d = roots[begin + 3]!;
      while (a < nodes || b < nodes || c < nodes || d < nodes) {
        a = children[a * 2 + Number(row[read[a]!]! > limit[a]!)]!;
        b = children[b * 2 + Number(row[read[b]!]! > limit[b]!)]!;
        c = children[c * 2 + Number(row[read[c]!]! > limit[c]!)]!;
        d = children[d * 2 + Number(row[read[d]!]! > limit[d]!)]!;
      }
      to[0] = a - nodes;
      to[1] = b - nodes;
      to[2] = c - nodes;
      to[3] = d - nodes;
    },
  };
}
