export type BinaryMetric = "auc" | "precision" | "recall" | "f1";
export type BinaryLoss = "logLoss" | "brier" | "calibrationError";
export type RegressionLoss = "rmse" | "mae";

/** A bound that a version has to reach before it goes live, as data. `T` are the tasks that it judges. */
export interface Gate<in T = never> {
  readonly metric: BinaryMetric | BinaryLoss | RegressionLoss;
  readonly direction: "atLeast" | "atMost";
  readonly bound: number;
  /** Present in types only. */
  readonly forTask?: (task: T) => void;
}

/**
 * The metric's whole confidence interval must lie at or above the bound; an interval that contains the bound is inconclusive.
 * @example
 * const gate = atLeast("auc", 0.65);
 */
export const atLeast = (metric: BinaryMetric, bound: number): Gate<"binary"> =>
  Object.freeze({ metric, direction: "atLeast", bound });

interface AtMost {
  (metric: BinaryLoss, bound: number): Gate<"binary">;
  (metric: RegressionLoss, bound: number): Gate<"regression">;
}

/**
 * The metric's whole confidence interval must lie at or below the bound.
 * @example
 * const gate = atMost("logLoss", 0.5);
 */
export const atMost: AtMost = (metric: BinaryLoss | RegressionLoss, bound: number): Gate<"binary" | "regression"> =>
  Object.freeze({ metric, direction: "atMost", bound });
