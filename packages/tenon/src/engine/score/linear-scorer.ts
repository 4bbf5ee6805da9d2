import type { RowScorer } from "./row-scorer.ts";

/** Weighted sums of the columns, one a score. */
export interface LinearModel {
  readonly width: number;
  readonly outputs: number;
  /** Those of the first score, then those of the next. */
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
}

/** Scores rows with a linear model whose numbers are kept in single precision. A missing value makes every score missing. */
export function createLinearScorer({ width, outputs, coefficients, intercepts }: LinearModel): RowScorer {
  return {
    width,
    outputs,
    scoreRow(row, to) {
      for (let output = 0; output < outputs; output++) {
        let sum = 0;
        for (let i = 0, at = output * width; i < width; i++) sum += coefficients[at + i]! * row[i]!;
        to[output] = Math.fround(sum + intercepts[output]!);
      }
    },
  };
}
