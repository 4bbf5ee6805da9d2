import { defaultConfidence, type Estimate, shareEstimate } from "./estimate.ts";

/** Rows by what was predicted and what happened. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Counts the rows of each kind, a row being called positive when its probability is at least the threshold. */
export function confusionAt(labels: Float64Array, probabilities: Float64Array, threshold: number): Confusion {
  let truePositives = 0;
  let falsePositives = 0;
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    positives += labels[row]!;
    if (probabilities[row]! < threshold) continue;
    if (labels[row] === 1) truePositives++;
    else falsePositives++;
  }
  return {
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: labels.length - positives - falsePositives,
  };
}

/** The share of rows called positive that are; undefined when none was called so. */
export const precisionEstimate = (c: Confusion, confidence = defaultConfidence): Estimate | undefined =>
  shareEstimate(c.truePositives, c.truePositives + c.falsePositives, confidence);

/** The share of positive rows that were called so; undefined when there is none. */
export const recallEstimate = (c: Confusion, confidence = defaultConfidence): Estimate | undefined =>
  shareEstimate(c.truePositives, c.truePositives + c.falseNegatives, confidence);

/** The share of rows called rightly. */
export const accuracyEstimate = (c: Confusion, confidence = defaultConfidence): Estimate | undefined =>
  shareEstimate(
    c.truePositives + c.trueNegatives,
    c.truePositives + c.falsePositives + c.falseNegatives + c.trueNegatives,
    confidence,
  );

/**
 * The harmonic mean of precision and recall; undefined when no row is positive or called so. F1 rises with the share of
 * true positives among all rows that are positive or called so, `F1 = 2 share / (1 + share)`, and takes that share's interval.
 */
export function f1Estimate(c: Confusion, confidence = defaultConfidence): Estimate | undefined {
  const either = c.truePositives + c.falsePositives + c.falseNegatives;
  const share = shareEstimate(c.truePositives, either, confidence);
  if (share === undefined) return undefined;
  const f1 = (x: number): number => (2 * x) / (1 + x);
  return { value: f1(share.value), low: f1(share.low), high: f1(share.high) };
}
