/** Sums over the rows of a leaf. */
export interface LeafSums {
  gradient: number;
  hessian: number;
  rows: number;
}

/** What a split must keep to: the settings of the same names. */
export interface SplitLimits {
  readonly minRowsPerLeaf: number;
  readonly minHessianPerLeaf: number;
  readonly l2: number;
  readonly minGain: number;
  readonly categorySmooth: number;
  readonly categoryL2: number;
  readonly categoriesPerSplitMax: number;
  readonly oneHotBinsMax: number;
  readonly minRowsPerCategoryGroup: number;
}

/** Added to Hessian sums so that none is exactly 0. */
export const tinyHessian = 1e-15;

/** The best split of a leaf that was found so far. One is made per leaf and written over from tree to tree. */
export interface SplitCandidate {
  /** What it gains above `minGain`; -Infinity while there is none. */
  gain: number;
  /** Which of the binned columns. */
  lane: number;
  /** Of a number column: the last bin on the left. Of a category column: -1. */
  bin: number;
  /** Of a number column: whether rows without the value go left. */
  missingLeft: boolean;
  /** Of a category column: how many bins go left, and which. */
  leftBinCount: number;
  readonly leftBins: Uint8Array;
  /** Sums of the left side; its row count is estimated from the Hessian sum. */
  leftGradient: number;
  leftHessian: number;
  leftRows: number;
  /** The L2 penalty that the values of the two sides are taken with. */
  l2: number;
}

export const emptyCandidate = (): SplitCandidate => ({
  gain: Number.NEGATIVE_INFINITY,
  lane: -1,
  bin: -1,
  missingLeft: false,
  leftBinCount: 0,
  leftBins: new Uint8Array(256),
  leftGradient: 0,
  leftHessian: 0,
  leftRows: 0,
  l2: 0,
});

export function copyCandidate(from: SplitCandidate, to: SplitCandidate): void {
  to.gain = from.gain;
  to.lane = from.lane;
  to.bin = from.bin;
  to.missingLeft = from.missingLeft;
  to.leftBinCount = from.leftBinCount;
  to.leftBins.set(from.leftBins);
  to.leftGradient = from.leftGradient;
  to.leftHessian = from.leftHessian;
  to.leftRows = from.leftRows;
  to.l2 = from.l2;
}
