import type { BinnedColumn } from "./binned-table.ts";
import { type LeafSums, type SplitCandidate, type SplitLimits, tinyHessian } from "./split-candidate.ts";

/** One search: the cells of one category column in one leaf. */
interface CategorySearch {
  readonly column: BinnedColumn;
  readonly lane: number;
  readonly sums: LeafSums;
  readonly limits: SplitLimits;
  readonly best: SplitCandidate;
}

/** Bins sorted by their ratio, kept between calls: at most 256 of each. */
const order: number[] = [];
const ratio = new Float64Array(256);

/**
 * Finds a category column's best split in a leaf's histogram, and writes it to `best` when it gains more. Bin 0, which
 * is "other", never goes left, so missing and unseen categories go right. Returns whether any split gained at all.
 *
 * Few categories are split one against the rest. Many are sorted by gradient over Hessian, where the best of all two-sided
 * splits is a cut through the sorted list; the list is walked from both ends.
 * @source Fisher, "On Grouping for Maximum Homogeneity", JASA 53 (1958), for the sorted list
 */
export function searchCategorySplit(histogram: Float64Array, begin: number, search: CategorySearch): boolean {
  return search.column.binCount <= search.limits.oneHotBinsMax
    ? searchOneAgainstRest(histogram, begin, search)
    : searchManyAgainstMany(histogram, begin, search);
}

const neededGain = ({ sums, limits }: CategorySearch): number =>
  (sums.gradient * sums.gradient) / (sums.hessian + 2 * tinyHessian + limits.l2) + limits.minGain;

function searchOneAgainstRest(histogram: Float64Array, begin: number, search: CategorySearch): boolean {
  const { column, sums, limits, best } = search;
  const allHessian = sums.hessian + 2 * tinyHessian;
  const rowsPerHessian = sums.rows / allHessian;
  const needed = neededGain(search);
  let splits = false;
  for (let bin = 1; bin < column.binCount; bin++) {
    const gradient = histogram[begin + bin * 2]!;
    const hessian = histogram[begin + bin * 2 + 1]!;
    const rows = (hessian * rowsPerHessian + 0.5) | 0;
    if (rows < limits.minRowsPerLeaf || hessian < limits.minHessianPerLeaf) continue;
    const restHessian = allHessian - hessian - tinyHessian;
    if (sums.rows - rows < limits.minRowsPerLeaf || restHessian < limits.minHessianPerLeaf) continue;
    const restGradient = sums.gradient - gradient;
    const gain =
      (gradient * gradient) / (hessian + tinyHessian + limits.l2) +
      (restGradient * restGradient) / (restHessian + limits.l2);
    if (gain <= needed) continue;
    splits = true;
    if (gain - needed <= best.gain) continue;
    order[0] = bin;
    record(search, { gain: gain - needed, from: 0, step: 1, count: 1, gradient, hessian, rows, l2: limits.l2 });
  }
  return splits;
}

function searchManyAgainstMany(histogram: Float64Array, begin: number, search: CategorySearch): boolean {
  const { column, sums, limits, best } = search;
  const allHessian = sums.hessian + 2 * tinyHessian;
  const rowsPerHessian = sums.rows / allHessian;
  const needed = neededGain(search);
  const l2 = limits.l2 + limits.categoryL2;
  sortBins(histogram, begin, column.binCount, { rowsPerHessian, smooth: limits.categorySmooth });
  const countMax = Math.min(limits.categoriesPerSplitMax, (order.length + 1) >> 1);
  let splits = false;
  for (let step = 1; step >= -1; step -= 2) {
    const from = step === 1 ? 0 : order.length - 1;
    let gradient = 0;
    let hessian = tinyHessian;
    let rows = 0;
    let groupRows = 0;
    for (let taken = 0; taken < countMax; taken++) {
      const cell = begin + order[from + step * taken]! * 2;
      const cellRows = (histogram[cell + 1]! * rowsPerHessian + 0.5) | 0;
      gradient += histogram[cell]!;
      hessian += histogram[cell + 1]!;
      rows += cellRows;
      groupRows += cellRows;
      if (rows < limits.minRowsPerLeaf || hessian < limits.minHessianPerLeaf) continue;
      const rest = sums.rows - rows;
      if (rest < limits.minRowsPerLeaf || rest < limits.minRowsPerCategoryGroup) break;
      const restHessian = allHessian - hessian;
      if (restHessian < limits.minHessianPerLeaf) break;
      if (groupRows < limits.minRowsPerCategoryGroup) continue;
      groupRows = 0;
      const restGradient = sums.gradient - gradient;
      const gain = (gradient * gradient) / (hessian + l2) + (restGradient * restGradient) / (restHessian + l2);
      if (gain <= needed) continue;
      splits = true;
      if (gain - needed <= best.gain) continue;
      record(search, {
        gain: gain - needed,
        from,
        step,
        count: taken + 1,
        gradient,
        hessian: hessian - tinyHessian,
        rows,
        l2,
      });
    }
  }
  return splits;
}

/** Fills `order` with the bins that have enough rows, by rising smoothed ratio; bins of one ratio keep their order. */
function sortBins(
  histogram: Float64Array,
  begin: number,
  binCount: number,
  o: { rowsPerHessian: number; smooth: number },
): void {
  order.length = 0;
  for (let bin = 1; bin < binCount; bin++) {
    const hessian = histogram[begin + bin * 2 + 1]!;
    if (((hessian * o.rowsPerHessian + 0.5) | 0) < o.smooth) continue;
    ratio[bin] = histogram[begin + bin * 2]! / (hessian + o.smooth);
    order.push(bin);
  }
  order.sort((a, b) => ratio[a]! - ratio[b]!);
}

interface Found {
  readonly gain: number;
  /** The bins are `order[from]`, `order[from + step]` and so on, `count` of them. */
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  readonly l2: number;
}

function record({ best, lane }: CategorySearch, found: Found): void {
  best.gain = found.gain;
  best.lane = lane;
  best.bin = -1;
  best.missingLeft = false;
  best.leftBinCount = found.count;
  for (let i = 0; i < found.count; i++) best.leftBins[i] = order[found.from + found.step * i]!;
  best.leftGradient = found.gradient;
  best.leftHessian = found.hessian;
  best.leftRows = found.rows;
  best.l2 = found.l2;
}
