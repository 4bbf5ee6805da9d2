import { defaultConfidence, type Estimate, standardErrorsOf } from "./estimate.ts";

/** Row numbers by rising score. */
function rowsByScore(scores: Float64Array): Uint32Array {
  const rows = new Uint32Array(scores.length);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return rows.sort((a, b) => scores[a]! - scores[b]!);
}

/** What one walk through the ranks of all rows gives: counts, and per row how many of the other class it beats. */
interface Placement {
  readonly positives: number;
  readonly negatives: number;
  /** Per row: the share of the other class on its right side (below a positive, above a negative), ties half. */
  readonly share: Float64Array;
}

function place(labels: Float64Array, scores: Float64Array): Placement {
  const rows = rowsByScore(scores);
  let positives = 0;
  for (let row = 0; row < labels.length; row++) positives += labels[row]!;
  const negatives = labels.length - positives;
  const share = new Float64Array(labels.length);
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (let begin = 0; begin < rows.length; ) {
    let end = begin;
    let tiedPositives = 0;
    while (end < rows.length && scores[rows[end]!] === scores[rows[begin]!]) tiedPositives += labels[rows[end++]!]!;
    const tiedNegatives = end - begin - tiedPositives;
    for (let i = begin; i < end; i++) {
      const row = rows[i]!;
      share[row] =
        labels[row] === 1
          ? (negativesBelow + tiedNegatives / 2) / negatives
          : (positives - positivesBelow - tiedPositives / 2) / positives;
    }
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    begin = end;
  }
  return { positives, negatives, share };
}

/** Sum and sum of squared deviations of the shares of one class. */
function momentsOf(labels: Float64Array, share: Float64Array, label: number): { mean: number; variance: number } {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== label) continue;
    sum += share[row]!;
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let row = 0; row < labels.length; row++) if (labels[row] === label) squares += (share[row]! - mean) ** 2;
  return { mean, variance: count < 2 ? 0 : squares / (count - 1) };
}

/**
 * The chance that a positive row scores above a negative one, ties counted half; undefined with one class only.
 * @source Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger", 1947
 */
export function aucOf(labels: Float64Array, scores: Float64Array): number | undefined {
  const { positives, negatives, share } = place(labels, scores);
  return positives === 0 || negatives === 0 ? undefined : momentsOf(labels, share, 1).mean;
}

/**
 * The AUC with its interval. Where all rows of each class have the same share, as with a perfect order, DeLong's variance
 * is 0 whatever the number of rows; Newcombe's interval, which widens with fewer rows, is given then.
 * @source DeLong, DeLong, Clarke-Pearson, "Comparing the Areas under Two or More Correlated ROC Curves", Biometrics 44 (1988)
 * @source Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2",
 * Statistics in Medicine 25 (2006), method 5
 */
export function aucEstimate(
  labels: Float64Array,
  scores: Float64Array,
  confidence = defaultConfidence,
): Estimate | undefined {
  const { positives, negatives, share } = place(labels, scores);
  if (positives === 0 || negatives === 0) return undefined;
  const ofPositives = momentsOf(labels, share, 1);
  const ofNegatives = momentsOf(labels, share, 0);
  const value = ofPositives.mean;
  const z = standardErrorsOf(confidence);
  const variance = ofPositives.variance / positives + ofNegatives.variance / negatives;
  if (!(variance > 0) || positives < 2 || negatives < 2)
    return { value, ...newcombe(value, { positives, negatives, z }) };
  const reach = z * Math.sqrt(variance);
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/** The AUCs from which the seen one is at most `z` of their own standard errors away. */
function newcombe(auc: number, o: { positives: number; negatives: number; z: number }): { low: number; high: number } {
  const pairs = (o.positives + o.negatives) / 2 - 1;
  const errorOf = (theta: number): number =>
    Math.sqrt(
      (theta * (1 - theta) * (1 + pairs * ((1 - theta) / (2 - theta) + theta / (1 + theta)))) /
        (o.positives * o.negatives),
    );
  const edge = (outside: number): number => {
    let out = outside;
    let inside = auc;
    for (let step = 0; step < 60; step++) {
      const middle = (out + inside) / 2;
      if (Math.abs(auc - middle) > o.z * errorOf(middle)) out = middle;
      else inside = middle;
    }
    return inside;
  };
  return { low: auc === 0 ? 0 : edge(0), high: auc === 1 ? 1 : edge(1) };
}
