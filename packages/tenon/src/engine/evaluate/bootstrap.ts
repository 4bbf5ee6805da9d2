import { type Random, randomBelow } from "../../base/random.ts";
import { defaultConfidence, type Estimate } from "./estimate.ts";

/** Samples that an interval is taken from; fewer where there are many rows, because each sample draws them all. */
const resamplesMax = 200;
const resamplesMin = 40;
const drawsMax = 20_000_000;

/** How many samples to take of so many rows, unless another number is asked for. */
const resamplesOf = (rows: number): number =>
  Math.max(resamplesMin, Math.min(resamplesMax, Math.floor(drawsMax / rows)));

/**
 * A figure with the interval between its outer percentiles over samples of so many rows, interpolated between neighbours. A
 * biased figure, such as a calibration error, can lie outside of what its samples span: the interval reaches to it.
 */
export function percentileEstimate(
  rowCount: number,
  value: number,
  sample: () => number,
  o: { resamples?: number; confidence?: number },
): Estimate {
  const figures = Float64Array.from({ length: o.resamples ?? resamplesOf(rowCount) }, sample).sort();
  const tail = (1 - (o.confidence ?? defaultConfidence)) / 2;
  const at = (share: number): number => {
    const place = share * (figures.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, figures.length - 1);
    return figures[below]! + (figures[above]! - figures[below]!) * (place - below);
  };
  return { value, low: Math.min(value, at(tail)), high: Math.max(value, at(1 - tail)) };
}

/**
 * A figure over rows with its bootstrap interval: the figure is taken again over rows drawn with replacement.
 * @source Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7 (1979)
 */
export function bootstrapEstimate(
  rowCount: number,
  figure: (rows: Uint32Array) => number,
  o: { random: Random; resamples?: number; confidence?: number },
): Estimate | undefined {
  if (rowCount === 0) return undefined;
  const rows = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const value = figure(rows);
  return percentileEstimate(
    rowCount,
    value,
    () => {
      for (let i = 0; i < rowCount; i++) rows[i] = randomBelow(o.random, rowCount);
      return figure(rows);
    },
    o,
  );
}
