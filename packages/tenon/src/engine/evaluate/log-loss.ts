import { defaultConfidence, type Estimate, meanEstimate } from "./estimate.ts";

/** Probabilities are kept this far from 0 and 1, so that one sure mistake costs 34.5 and not infinity. */
const clip = 1e-15;

/** The mean of `-ln` of the probability given to what happened, with its interval. */
export function logLossEstimate(
  labels: Float64Array,
  probabilities: Float64Array,
  confidence = defaultConfidence,
): Estimate | undefined {
  const losses = probabilities.map((given, row) => {
    const p = Math.min(1 - clip, Math.max(clip, given));
    return -Math.log(labels[row] === 1 ? p : 1 - p);
  });
  return meanEstimate(losses, confidence);
}
