import { nextAbove } from "./next-above.ts";

/** Values nearer to 0 than this count as 0, which has a bin of its own between negative and positive numbers. */
const zeroRadius = 1e-35;
/** Rows that a bin holds, at least, as far as equal values allow. */
const binRowsMin = 3;

/** Distinct values with their counts, ascending. */
interface Distinct {
  readonly values: Float64Array;
  readonly counts: Int32Array;
  readonly length: number;
}

function countDistinct(sorted: Float64Array): Distinct {
  const values = new Float64Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let length = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i]!;
    if (length > 0 && value === values[length - 1]) counts[length - 1]!++;
    else {
      values[length] = value;
      counts[length++] = 1;
    }
  }
  return { values, counts, length };
}

/**
 * Upper bounds of the bins of one number column, ascending, the last one Infinity: a value lies in the first bin whose
 * bound is not below it. Bins hold about equally many rows, a value that fills a bin alone gets one, and zero is alone.
 *
 * @param sorted the present values, ascending, without NaN
 * @param binsMax most bins to use, at least 1
 * @source Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS 2017 (histogram bins)
 */
export function numberBins(sorted: Float64Array, binsMax: number): Float64Array {
  const distinct = countDistinct(sorted);
  let negative = 0;
  while (negative < distinct.length && distinct.values[negative]! < -zeroRadius) negative++;
  let positive = negative;
  while (positive < distinct.length && distinct.values[positive]! <= zeroRadius) positive++;
  const negativeRows = rowsOf(distinct, 0, negative);
  const positiveRows = rowsOf(distinct, positive, distinct.length);
  const bounds: number[] = [];
  if (negative > 0 && binsMax > 1) {
    const share = Math.floor((negativeRows / (negativeRows + positiveRows)) * (binsMax - 1));
    cutEvenly(distinct, 0, negative, Math.max(1, share), bounds);
    bounds.push(-zeroRadius);
  }
  const rest = binsMax - 1 - bounds.length;
  if (positive < distinct.length && rest > 0) {
    bounds.push(zeroRadius);
    cutEvenly(distinct, positive, distinct.length, rest, bounds);
  }
  bounds.push(Infinity);
  return Float64Array.from(bounds);
}

function rowsOf({ counts }: Distinct, begin: number, end: number): number {
  let rows = 0;
  for (let i = begin; i < end; i++) rows += counts[i]!;
  return rows;
}

/** Appends the inner bounds (all but the last) that cut the values `begin` to `end` into at most `binsMax` bins. */
function cutEvenly(distinct: Distinct, begin: number, end: number, binsMax: number, bounds: number[]): void {
  if (end - begin <= binsMax) cutBetweenAll(distinct, begin, end, bounds);
  else cutBySize(distinct, begin, end, binsMax, bounds);
}

function pushBetween({ values }: Distinct, i: number, bounds: number[]): void {
  // A value equal to the midpoint then lies safely below the bound.
  const bound = nextAbove((values[i]! + values[i + 1]!) / 2);
  if (bounds.length === 0 || bound > nextAbove(bounds.at(-1)!)) bounds.push(bound);
}

function cutBetweenAll(distinct: Distinct, begin: number, end: number, bounds: number[]): void {
  let rows = 0;
  for (let i = begin; i < end - 1; i++) {
    rows += distinct.counts[i]!;
    if (rows < binRowsMin) continue;
    pushBetween(distinct, i, bounds);
    rows = 0;
  }
}

function cutBySize(distinct: Distinct, begin: number, end: number, binsWanted: number, bounds: number[]): void {
  const { counts } = distinct;
  let rowsLeft = rowsOf(distinct, begin, end);
  const binsMax = Math.max(1, Math.min(binsWanted, Math.floor(rowsLeft / binRowsMin)));
  const big = rowsLeft / binsMax;
  let binsLeft = binsMax;
  for (let i = begin; i < end; i++) {
    if (counts[i]! < big) continue;
    binsLeft--;
    rowsLeft -= counts[i]!;
  }
  let wanted = rowsLeft / binsLeft;
  let rows = 0;
  for (let i = begin, cuts = 0; i < end - 1 && cuts < binsMax - 1; i++) {
    const alone = counts[i]! >= big;
    if (!alone) rowsLeft -= counts[i]!;
    rows += counts[i]!;
    // A bin also ends early before a value that fills its own, when it is at least half full.
    if (!alone && rows < wanted && !(counts[i + 1]! >= big && rows >= Math.max(1, wanted / 2))) continue;
    pushBetween(distinct, i, bounds);
    cuts++;
    rows = 0;
    if (!alone) wanted = rowsLeft / --binsLeft;
  }
}
