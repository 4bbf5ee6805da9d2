import { type Random, randomBelow } from "../../base/random.ts";
import { percentileEstimate } from "./bootstrap.ts";
import { defaultConfidence, type Estimate, shareEstimate } from "./estimate.ts";

/** Rows of neighbouring probabilities: what was predicted and what happened. */
export interface CalibrationBin {
  readonly count: number;
  readonly meanPredicted: number;
  /** The share that was positive, with Wilson's interval. */
  readonly observed: Estimate;
}

/** Bins that rows are sorted into, unless another number is asked for. */
export const calibrationBinsDefault = 10;

/** The bin of each row: equally many rows a bin, as far as the count divides; rows of one probability may be parted. */
function binOfRows(probabilities: Float64Array, bins: number): Uint16Array {
  const rows = Uint32Array.from(probabilities, (_, row) => row);
  rows.sort((a, b) => probabilities[a]! - probabilities[b]! || a - b);
  const binOf = new Uint16Array(rows.length);
  for (let rank = 0; rank < rows.length; rank++) binOf[rows[rank]!] = Math.floor((rank * bins) / rows.length);
  return binOf;
}

/** Bins of equal count by rising probability; fewer bins than asked for when there are fewer rows. */
export function calibrationBins(
  labels: Float64Array,
  probabilities: Float64Array,
  o: { bins?: number; confidence?: number } = {},
): CalibrationBin[] {
  const bins = Math.min(o.bins ?? calibrationBinsDefault, labels.length);
  const binOf = binOfRows(probabilities, bins);
  const count = new Float64Array(bins);
  const predicted = new Float64Array(bins);
  const positives = new Float64Array(bins);
  for (let row = 0; row < labels.length; row++) {
    const bin = binOf[row]!;
    count[bin]!++;
    predicted[bin]! += probabilities[row]!;
    positives[bin]! += labels[row]!;
  }
  return Array.from(count, (rows, bin) => ({
    count: rows,
    meanPredicted: predicted[bin]! / rows,
    observed: shareEstimate(positives[bin]!, rows, o.confidence ?? defaultConfidence)!,
  }));
}

/** How far prediction and outcome lie apart in the bins, weighted by their counts. */
export function calibrationErrorOf(bins: readonly CalibrationBin[]): number {
  let sum = 0;
  let rows = 0;
  for (const { count, meanPredicted, observed } of bins) {
    sum += count * Math.abs(meanPredicted - observed.value);
    rows += count;
  }
  return sum / rows;
}

/**
 * The expected calibration error with a bootstrap interval over the rows of fixed bins; undefined without rows. Chance
 * alone gives a positive error, so with few rows both figure and interval lie high: a gate errs towards "not yet".
 * @source Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015
 */
export function calibrationErrorEstimate(
  labels: Float64Array,
  probabilities: Float64Array,
  o: { random: Random; resamples?: number; bins?: number; confidence?: number },
): Estimate | undefined {
  const rows = labels.length;
  if (rows === 0) return undefined;
  const bins = Math.min(o.bins ?? calibrationBinsDefault, rows);
  const binOf = binOfRows(probabilities, bins);
  const distance = new Float64Array(bins);
  const errorOfSample = (rowAt: (i: number) => number): number => {
    distance.fill(0);
    for (let i = 0; i < rows; i++) {
      const row = rowAt(i);
      distance[binOf[row]!]! += probabilities[row]! - labels[row]!;
    }
    let sum = 0;
    for (let bin = 0; bin < bins; bin++) sum += Math.abs(distance[bin]!);
    return sum / rows;
  };
  const value = errorOfSample((i) => i);
  const draw = (): number => randomBelow(o.random, rows);
  return percentileEstimate(rows, value, () => errorOfSample(draw), o);
}
