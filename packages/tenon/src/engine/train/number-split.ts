import type { BinnedColumn } from "./binned-table.ts";
import { type LeafSums, type SplitCandidate, type SplitLimits, tinyHessian } from "./split-candidate.ts";

/**
 * Finds a number column's best threshold in a leaf's histogram, and writes it to `best` when it gains more.
 * Returns whether any threshold gained at all: a column without one is not looked at again below this leaf.
 *
 * The first pass walks from the highest bin down and leaves the missing rows on the left; the second, only needed where
 * training rows lack the value, walks up and leaves them on the right.
 * @source Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016 (gain; sparsity-aware default direction)
 */
export function searchNumberSplit(
  histogram: Float64Array,
  begin: number,
  o: { column: BinnedColumn; lane: number; sums: LeafSums; limits: SplitLimits; best: SplitCandidate },
): boolean {
  const { column, lane, sums, limits, best } = o;
  const { minRowsPerLeaf, minHessianPerLeaf, l2 } = limits;
  const allGradient = sums.gradient;
  const allHessian = sums.hessian + 2 * tinyHessian;
  const allRows = sums.rows;
  const rowsPerHessian = allRows / allHessian;
  const needed = (allGradient * allGradient) / (allHessian + l2) + limits.minGain;
  const valueBins = column.bounds.length;
  // Where one bin holds all values, the only split is values against missing.
  const onlyMissing = column.learnsMissing && valueBins === 1;

  let bestGain = needed;
  let bestBin = -1;
  let bestMissingLeft = false;
  let bestGradient = 0;
  let bestHessian = 0;
  let bestRows = 0;

  if (!onlyMissing) {
    let rightGradient = 0;
    let rightHessian = tinyHessian;
    let rightRows = 0;
    for (let bin = valueBins - 1; bin > 0; bin--) {
      const hessian = histogram[begin + bin * 2 + 1]!;
      rightGradient += histogram[begin + bin * 2]!;
      rightHessian += hessian;
      rightRows += (hessian * rowsPerHessian + 0.5) | 0;
      if (rightRows < minRowsPerLeaf || rightHessian < minHessianPerLeaf) continue;
      const leftHessian = allHessian - rightHessian;
      if (allRows - rightRows < minRowsPerLeaf || leftHessian < minHessianPerLeaf) break;
      const leftGradient = allGradient - rightGradient;
      const gain =
        (leftGradient * leftGradient) / (leftHessian + l2) + (rightGradient * rightGradient) / (rightHessian + l2);
      if (gain <= bestGain) continue;
      bestGain = gain;
      bestBin = bin - 1;
      bestGradient = leftGradient;
      bestHessian = leftHessian;
      bestRows = allRows - rightRows;
    }
    bestMissingLeft = column.learnsMissing || bestRows * 2 >= allRows;
  }

  if (column.learnsMissing) {
    let leftGradient = 0;
    let leftHessian = tinyHessian;
    let leftRows = 0;
    for (let bin = 0; bin < valueBins; bin++) {
      const hessian = histogram[begin + bin * 2 + 1]!;
      leftGradient += histogram[begin + bin * 2]!;
      leftHessian += hessian;
      leftRows += (hessian * rowsPerHessian + 0.5) | 0;
      if (leftRows < minRowsPerLeaf || leftHessian < minHessianPerLeaf) continue;
      const rightHessian = allHessian - leftHessian;
      if (allRows - leftRows < minRowsPerLeaf || rightHessian < minHessianPerLeaf) break;
      const rightGradient = allGradient - leftGradient;
      const gain =
        (leftGradient * leftGradient) / (leftHessian + l2) + (rightGradient * rightGradient) / (rightHessian + l2);
      if (gain <= bestGain) continue;
      bestGain = gain;
      bestBin = bin;
      bestMissingLeft = false;
      bestGradient = leftGradient;
      bestHessian = leftHessian;
      bestRows = leftRows;
    }
  }

  if (bestBin < 0) return false;
  if (bestGain - needed > best.gain) {
    best.gain = bestGain - needed;
    best.lane = lane;
    best.bin = bestBin;
    best.missingLeft = bestMissingLeft;
    best.leftGradient = bestGradient;
    best.leftHessian = bestHessian - tinyHessian;
    best.leftRows = bestRows;
    best.l2 = l2;
  }
  return true;
}
