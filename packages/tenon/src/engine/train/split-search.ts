import { type BinnedTable, lanesPerWord } from "./binned-table.ts";
import { searchCategorySplit } from "./category-split.ts";
import { addToHistogram, type GroupCells, type LeafRows, subtractHistogram } from "./histogram.ts";
import { createHistogramKernel } from "./histogram-kernel.ts";
import { searchNumberSplit } from "./number-split.ts";
import type { LeafSums, SplitCandidate, SplitLimits } from "./split-candidate.ts";

/** A leaf whose best split is wanted. */
export interface LeafSearch {
  /** Which of the kept histograms is the leaf's. */
  readonly slot: number;
  readonly sums: LeafSums;
  /** Where the best split is written; its gain is -Infinity when there is none. */
  readonly best: SplitCandidate;
}

/** Keeps the histograms of a tree's leaves and finds each leaf's best split. One tree is grown at a time. */
export interface SplitSearch {
  /** Starts a tree that may split the columns (by lane) marked in `allowed`, and searches its root. */
  searchRoot(root: LeafSearch, leaf: LeafRows, allowed: Uint8Array): void;
  /**
   * Searches the two children of a leaf that was split. The larger child takes over the slot of the parent, whose
   * histogram becomes its own when the smaller child's, built from `leaf`, is taken away.
   */
  searchChildren(smaller: LeafSearch, larger: LeafSearch, leaf: LeafRows): void;
}

export interface SplitSearchInput {
  readonly table: BinnedTable;
  readonly limits: SplitLimits;
  /** Leaves of a tree: so many histograms are kept. */
  readonly leaves: number;
}

/** A search over all columns of a table. */
export function createSplitSearch({ table, limits, leaves }: SplitSearchInput): SplitSearch {
  const { columns, packed, rowCount, spareOffset, histogramLength: length } = table;
  const { memory, histograms } = table.memory;
  const kernel = createHistogramKernel(memory);
  const splittable = new Uint8Array(columns.length * leaves);

  const cellOf = (lane: number): number => columns[lane]?.offset ?? spareOffset + (lane % lanesPerWord) * 2;
  const groups: GroupCells[] = [];
  for (let lane = 0; lane < columns.length; lane += lanesPerWord) {
    groups.push({
      words: (lane / lanesPerWord) * rowCount,
      first: cellOf(lane),
      second: cellOf(lane + 1),
      third: cellOf(lane + 2),
      fourth: cellOf(lane + 3),
    });
  }

  const build = (slot: number, leaf: LeafRows): void => {
    const begin = slot * length;
    histograms.fill(0, begin, begin + length);
    for (const [group, cells] of groups.entries()) {
      if (anySplittable(slot, group * lanesPerWord)) addToHistogram(kernel, { histograms, begin, packed, cells, leaf });
    }
  };

  const anySplittable = (slot: number, lane: number): boolean => {
    const end = Math.min(lane + lanesPerWord, columns.length);
    for (let l = lane; l < end; l++) if (splittable[slot * columns.length + l] === 1) return true;
    return false;
  };

  const search = ({ slot, sums, best }: LeafSearch): void => {
    best.gain = Number.NEGATIVE_INFINITY;
    // A leaf this small has no split with enough rows on both sides.
    if (sums.rows < limits.minRowsPerLeaf * 2) return;
    for (let lane = 0; lane < columns.length; lane++) {
      const flag = slot * columns.length + lane;
      if (splittable[flag] === 0) continue;
      const column = columns[lane]!;
      const begin = slot * length + column.offset;
      const o = { column, lane, sums, limits, best };
      const found =
        column.kind === "number" ? searchNumberSplit(histograms, begin, o) : searchCategorySplit(histograms, begin, o);
      if (!found) splittable[flag] = 0;
    }
  };

  return {
    searchRoot(root, leaf, allowed) {
      splittable.set(allowed, root.slot * columns.length);
      build(root.slot, leaf);
      search(root);
    },
    searchChildren(smaller, larger, leaf) {
      const parent = larger.slot * columns.length;
      splittable.copyWithin(smaller.slot * columns.length, parent, parent + columns.length);
      if (larger.sums.rows < limits.minRowsPerLeaf * 2) {
        smaller.best.gain = Number.NEGATIVE_INFINITY;
        larger.best.gain = Number.NEGATIVE_INFINITY;
        return;
      }
      build(smaller.slot, leaf);
      subtractHistogram(histograms, larger.slot * length, smaller.slot * length, length);
      search(smaller);
      search(larger);
    },
  };
}
