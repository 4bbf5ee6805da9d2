/** How numbers are spread over bins. */
export interface NumberDistribution {
  readonly kind: "number";
  readonly rows: number;
  readonly nulls: number;
  /** Null where every row is. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** The upper bounds of the bins, each included. The first bin begins at `from`. */
  readonly from: number | null;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  /** Below the first bin and above the last, where the bins are another distribution's. */
  readonly under: number;
  readonly over: number;
}

/** How often the most frequent values occur. */
export interface CategoryDistribution {
  readonly kind: "category";
  readonly rows: number;
  readonly nulls: number;
  readonly top: readonly { readonly value: string; readonly count: number }[];
  /** Rows of values that are not listed. */
  readonly others: number;
}

export type Distribution = NumberDistribution | CategoryDistribution;

/** The bins of a distribution, for another one that is laid beside it. */
export type NumberBins = Pick<NumberDistribution, "from" | "bounds">;
