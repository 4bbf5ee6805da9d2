import { defaultConfidence, type Estimate, meanEstimate } from "./estimate.ts";

/**
 * The mean squared distance between probability and outcome, with its interval.
 * @source Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78 (1950)
 */
export const brierEstimate = (
  labels: Float64Array,
  probabilities: Float64Array,
  confidence = defaultConfidence,
): Estimate | undefined =>
  meanEstimate(
    probabilities.map((p, row) => (p - labels[row]!) ** 2),
    confidence,
  );
