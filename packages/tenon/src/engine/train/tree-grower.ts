import { type BinnedTable, binAt } from "./binned-table.ts";
import { gatherPairs, partitionRows } from "./row-partition.ts";
import { emptyCandidate, type LeafSums, type SplitCandidate } from "./split-candidate.ts";
import type { SplitSearch } from "./split-search.ts";

/** A split node of a tree over bins. Children: a node's number, or the bitwise complement of a leaf's. */
export interface BinnedNode {
  readonly lane: number;
  /** Of a number column: the last bin on the left; of a category column: -1. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** 1 for each bin that goes left. */
  readonly goesLeft: Uint8Array;
  readonly gain: number;
  readonly rows: number;
  left: number;
  right: number;
}

/** A leaf: its rows are `begin` to `end` of the training memory's. */
export interface BinnedLeaf {
  begin: number;
  end: number;
  value: number;
  /** Where its parent points to it. */
  parent: BinnedNode | undefined;
  slot: number;
  readonly sums: LeafSums;
  readonly best: SplitCandidate;
}

export interface BinnedTree {
  readonly nodes: readonly BinnedNode[];
  readonly leaves: readonly BinnedLeaf[];
}

/** Rows and derivatives of the tree that is to be grown. */
export interface GrowInput {
  /** How many rows the tree learns from: the first of the training memory's, ascending. They come out grouped by leaf. */
  readonly rowCount: number;
  readonly pairs: Float32Array;
  /** 1 for each binned column that the tree may split. */
  readonly allowed: Uint8Array;
}

export interface GrowerInput {
  readonly table: BinnedTable;
  readonly search: SplitSearch;
  readonly leaves: number;
  readonly l2: number;
  readonly learningRate: number;
}

/**
 * Returns a function that grows one tree after another, leaf by leaf: the leaf whose best split gains most is split next.
 * A tree's leaves and candidates are the grower's own and hold until the next tree.
 * @source Shi, "Best-first Decision Tree Learning", University of Waikato, 2007
 */
export function createGrower(input: GrowerInput): (o: GrowInput) => BinnedTree {
  const { table, search } = input;
  const { rows, pairs: gathered } = table.memory;
  const pool: BinnedLeaf[] = Array.from({ length: input.leaves }, () => ({
    begin: 0,
    end: 0,
    value: 0,
    parent: undefined,
    slot: 0,
    sums: { gradient: 0, hessian: 0, rows: 0 },
    best: emptyCandidate(),
  }));
  const tables = Array.from({ length: input.leaves - 1 }, () => new Uint8Array(256));
  const spare = new Int32Array(rows.length);

  return ({ rowCount, pairs, allowed }) => {
    const nodes: BinnedNode[] = [];
    const gather = (leaf: BinnedLeaf) => {
      gatherPairs(pairs, { rows, begin: leaf.begin, end: leaf.end, to: gathered });
      return { rows, begin: leaf.begin, end: leaf.end, pairs: gathered };
    };

    const root = pool[0]!;
    Object.assign(root, { begin: 0, end: rowCount, parent: undefined, slot: 0 });
    const rootRows = gather(root);
    sumPairs(gathered, rowCount, root.sums);
    root.value = leafValue(root.sums, input.l2, input.learningRate);
    search.searchRoot(root, rootRows, allowed);

    let leafCount = 1;
    while (leafCount < input.leaves) {
      const index = bestLeaf(pool, leafCount);
      const leaf = pool[index]!;
      if (!(leaf.best.gain > 0)) break;
      const other = pool[leafCount]!;
      const node = makeNode(table, leaf, tables[nodes.length]!);
      const middle = partitionRows({
        table,
        lane: node.lane,
        goesLeft: node.goesLeft,
        rows,
        begin: leaf.begin,
        end: leaf.end,
        spare,
      });
      attach(leaf, index, nodes.length);
      node.left = ~index;
      node.right = ~leafCount;
      nodes.push(node);
      divide({ leaf, other, node, middle }, input.learningRate);
      leafCount++;
      if (leafCount === input.leaves) break;
      const leftSmaller = leaf.sums.rows < other.sums.rows;
      const smaller = leftSmaller ? leaf : other;
      const larger = leftSmaller ? other : leaf;
      larger.slot = leaf.slot;
      smaller.slot = leafCount - 1;
      search.searchChildren(smaller, larger, gather(smaller));
    }
    return { nodes, leaves: pool.slice(0, leafCount) };
  };
}

function sumPairs(pairs: Float32Array, rowCount: number, sums: LeafSums): void {
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < rowCount * 2; i += 2) {
    gradient += pairs[i]!;
    hessian += pairs[i + 1]!;
  }
  sums.gradient = gradient;
  sums.hessian = hessian;
  sums.rows = rowCount;
}

const leafValue = ({ gradient, hessian }: LeafSums, l2: number, learningRate: number): number =>
  (-gradient / (hessian + l2)) * learningRate;

/** The leaf that gains most, the first of several. */
function bestLeaf(leaves: readonly BinnedLeaf[], count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (leaves[i]!.best.gain > leaves[best]!.best.gain) best = i;
  return best;
}

function makeNode(table: BinnedTable, { best, begin, end }: BinnedLeaf, goesLeft: Uint8Array): BinnedNode {
  goesLeft.fill(0);
  if (best.bin >= 0) {
    goesLeft.fill(1, 0, best.bin + 1);
    if (best.missingLeft) goesLeft.fill(1, table.columns[best.lane]!.bounds.length);
  } else {
    for (let i = 0; i < best.leftBinCount; i++) goesLeft[best.leftBins[i]!] = 1;
  }
  const { lane, bin, missingLeft, gain } = best;
  return { lane, bin, missingLeft, goesLeft, gain, rows: end - begin, left: 0, right: 0 };
}

/** Lets the parent of a leaf that is split point to the new node. */
function attach({ parent }: BinnedLeaf, leaf: number, node: number): void {
  if (parent === undefined) return;
  if (parent.left === ~leaf) parent.left = node;
  else parent.right = node;
}

/** Makes `leaf` the left and `other` the right side of its best split. Rows are counted, sums come from the histogram. */
function divide(
  o: { leaf: BinnedLeaf; other: BinnedLeaf; node: BinnedNode; middle: number },
  learningRate: number,
): void {
  const { leaf, other, node, middle } = o;
  const { best, sums } = leaf;
  other.begin = middle;
  other.end = leaf.end;
  leaf.end = middle;
  other.sums.gradient = sums.gradient - best.leftGradient;
  other.sums.hessian = sums.hessian - best.leftHessian;
  other.sums.rows = other.end - other.begin;
  sums.gradient = best.leftGradient;
  sums.hessian = best.leftHessian;
  sums.rows = leaf.end - leaf.begin;
  leaf.value = leafValue(sums, best.l2, learningRate);
  other.value = leafValue(other.sums, best.l2, learningRate);
  leaf.parent = node;
  other.parent = node;
}

/** The leaf of a row that the tree did not learn from. */
export function leafOf(table: BinnedTable, tree: BinnedTree, row: number): BinnedLeaf {
  if (tree.nodes.length === 0) return tree.leaves[0]!;
  let at = 0;
  while (at >= 0) {
    const node = tree.nodes[at]!;
    at = node.goesLeft[binAt(table, node.lane, row)] === 1 ? node.left : node.right;
  }
  return tree.leaves[~at]!;
}
