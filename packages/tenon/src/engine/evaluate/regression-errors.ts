import type { Random } from "../../base/random.ts";
import { bootstrapEstimate } from "./bootstrap.ts";
import type { Estimate } from "./estimate.ts";

/** How far predictions of a number lie from what happened. */
export interface RegressionErrors {
  /** Root of the mean squared error, in the target's unit. */
  readonly rmse: Estimate;
  /** Mean absolute error, in the target's unit. */
  readonly mae: Estimate;
  /** The share of the target's variance that is explained: 1 is perfect, 0 no better than the mean; null for a constant target. */
  readonly r2: Estimate | null;
}

/** The errors with bootstrap intervals; undefined without rows. */
export function regressionErrors(
  target: Float64Array,
  predicted: Float64Array,
  o: { random: Random; resamples?: number; confidence?: number },
): RegressionErrors | undefined {
  if (target.length === 0) return undefined;
  const mean = (rows: Uint32Array, of: (row: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += of(rows[i]!);
    return sum / rows.length;
  };
  const squared = (row: number): number => (target[row]! - predicted[row]!) ** 2;
  const estimate = (figure: (rows: Uint32Array) => number): Estimate => bootstrapEstimate(target.length, figure, o)!;
  const r2 = estimate((rows) => {
    const middle = mean(rows, (row) => target[row]!);
    return 1 - mean(rows, squared) / mean(rows, (row) => (target[row]! - middle) ** 2);
  });
  return {
    rmse: estimate((rows) => Math.sqrt(mean(rows, squared))),
    mae: estimate((rows) => mean(rows, (row) => Math.abs(target[row]! - predicted[row]!))),
    r2: [r2.value, r2.low, r2.high].every(Number.isFinite) ? r2 : null,
  };
}
