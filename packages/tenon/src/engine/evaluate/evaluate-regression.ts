import { seededRandom } from "../../base/random.ts";
import { defaultConfidence } from "./estimate.ts";
import { type RegressionErrors, regressionErrors } from "./regression-errors.ts";

/** What a regression model reaches on rows that it did not learn from. JSON-able. */
export interface RegressionReport {
  readonly task: "regression";
  readonly rows: number;
  readonly confidence: number;
  readonly metrics: { readonly [Name in keyof RegressionErrors]: RegressionErrors[Name] | null };
}

/** The report over a regression model's predictions. */
export function evaluateRegression(o: {
  target: Float64Array;
  predicted: Float64Array;
  confidence?: number;
  /** Of the bootstrap. Default 0. */
  seed?: number;
}): RegressionReport {
  const confidence = o.confidence ?? defaultConfidence;
  const errors = regressionErrors(o.target, o.predicted, { random: seededRandom(o.seed ?? 0), confidence });
  return {
    task: "regression",
    rows: o.target.length,
    confidence,
    metrics: errors ?? { rmse: null, mae: null, r2: null },
  };
}
