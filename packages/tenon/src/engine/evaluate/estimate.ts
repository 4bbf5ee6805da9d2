/** A figure with its confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The confidence of every interval that names no other. */
export const defaultConfidence = 0.95;

/**
 * The chance that a standard normal number is below `x`, to about 1e-15.
 * @source Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software 11 (2004)
 */
export function normalBelow(x: number): number {
  if (x < -38) return 0;
  if (x > 8.3) return 1;
  if (x < -8.3) return 0;
  let sum = x;
  let term = x;
  for (let i = 3, before = 0; sum !== before; i += 2) {
    before = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI));
}

/** How many standard errors an interval of this confidence reaches to each side: 1.96 for 0.95. */
export function standardErrorsOf(confidence: number): number {
  const below = 0.5 + confidence / 2;
  let z = 0;
  // Newton's steps from 0 rise to the root and never pass it, because the density falls.
  for (let step = 0; step < 100; step++) {
    const next = z + (below - normalBelow(z)) * Math.sqrt(2 * Math.PI) * Math.exp(0.5 * z * z);
    if (!(next > z + 1e-15)) return z;
    z = next;
  }
  return z;
}

/** The mean of values with the interval of the normal approximation; undefined without values. */
export function meanEstimate(values: Float64Array, confidence = defaultConfidence): Estimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  const reach = n < 2 ? Number.POSITIVE_INFINITY : standardErrorsOf(confidence) * Math.sqrt(squares / (n - 1) / n);
  return { value: mean, low: mean - reach, high: mean + reach };
}

/**
 * A share of `hits` in `count` with Wilson's interval, which holds for few rows and for shares near 0 and 1; undefined
 * for a count of 0.
 * @source Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927)
 */
export function shareEstimate(hits: number, count: number, confidence = defaultConfidence): Estimate | undefined {
  if (count === 0) return undefined;
  const z = standardErrorsOf(confidence);
  const share = hits / count;
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const reach = (z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))) / (1 + (z * z) / count);
  return { value: share, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}
