import { sortNumbers } from "../train/sort-numbers.ts";
import type { NumberBins, NumberDistribution } from "./distribution.ts";

/**
 * The distribution of numbers over bins that hold about equally many of them, or over a reference's bins. NaN is null.
 * @example
 * numberDistribution(Float64Array.of(0, 0, 1, 2, 3, 4), { binsMax: 3 }).bounds; // [0, 2, 4]
 */
export function numberDistribution(
  values: Float64Array,
  o: { readonly binsMax: number; readonly bins?: NumberBins | undefined },
): NumberDistribution {
  const present = sortNumbers(values.filter((value) => !Number.isNaN(value)));
  const count = present.length;
  const min = present[0] ?? null;
  const { from, bounds } = o.bins ?? { from: min, bounds: evenBounds(present, o.binsMax) };
  const counts = bounds.map(() => 0);
  let under = 0;
  let over = 0;
  let bin = 0;
  for (const value of present) {
    while (bin < bounds.length && value > bounds[bin]!) bin++;
    if (from !== null && value < from) under++;
    else if (bin === bounds.length) over++;
    else counts[bin]!++;
  }
  return {
    kind: "number",
    rows: values.length,
    nulls: values.length - count,
    min,
    max: present[count - 1] ?? null,
    mean: count === 0 ? null : present.reduce((sum, value) => sum + value, 0) / count,
    from,
    bounds,
    counts,
    under,
    over,
  };
}

/** The values at evenly spaced ranks: what fills several bins alone gets one. */
function evenBounds(sorted: Float64Array, binsMax: number): number[] {
  const bounds: number[] = [];
  for (let bin = 1; bin <= binsMax && sorted.length > 0; bin++) {
    const bound = sorted[Math.ceil((bin / binsMax) * sorted.length) - 1]!;
    if (bound !== bounds.at(-1)) bounds.push(bound);
  }
  return bounds;
}
