/** Gives a row its raw scores: what trees and linear models have in common. It allocates nothing per row. */
export interface RowScorer {
  /** Columns of a row. */
  readonly width: number;
  /** Raw scores of a row. */
  readonly outputs: number;
  /** Writes the raw scores of a row, whose missing values are NaN. */
  scoreRow(row: Float64Array, to: Float64Array): void;
}
