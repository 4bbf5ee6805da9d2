/** A way of learning, as data. `T` are the tasks that it can do. */
export interface Trainer<in T = never> {
  readonly trainer: "gradientBoosting";
  readonly options: GradientBoostingOptions;
  /** Present in types only. */
  readonly forTask?: (task: T) => void;
}

export interface GradientBoostingOptions {
  /** Trees at most; early stopping may keep fewer. Default 300. */
  readonly rounds?: number;
  /** Leaves of a tree at most. Default 31. */
  readonly leaves?: number;
  /** How much of each tree is taken. Default 0.1. */
  readonly learningRate?: number;
  /** Rows of a leaf at least. Default 20. */
  readonly minRowsPerLeaf?: number;
  /** Rounds without a better validation loss before it stops. Default 30. */
  readonly earlyStoppingRounds?: number;
  /** The same snapshot and seed give a byte-identical model. Default 1. */
  readonly seed?: number;
}

/**
 * Gradient-boosted trees: binary and regression.
 * @example
 * const trainer = gradientBoosting({ rounds: 200, seed: 7 });
 */
export const gradientBoosting = (options: GradientBoostingOptions = {}): Trainer<"binary" | "regression"> =>
  Object.freeze({ trainer: "gradientBoosting", options: Object.freeze({ ...options }) });
