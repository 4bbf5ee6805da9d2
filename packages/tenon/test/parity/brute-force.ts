import type { RandomColumn } from "./random-app.ts";

/** An event as the test sent it. */
export interface SentThing {
  readonly id: string;
  readonly at: number;
  readonly receivedAt: number;
  /** Its place in the order of acceptance. */
  readonly order: number;
  readonly a: string;
  readonly b: number;
  readonly whole: number;
  readonly money: number | null;
  readonly real: number | null;
  readonly word: string | null;
  readonly tier: string | null;
  /** ISO 8601 in UTC. */
  readonly when: string | null;
  readonly flag: boolean;
}

/** A column's value by the definition of a feature value, with sums in whole numbers of 2^-60 where values are doubles. */
export function bruteForce(
  things: readonly SentThing[],
  column: RandomColumn,
  key: string | number,
  at: number,
  knownAt: number,
): number | string | boolean | null {
  const rows = things
    .filter((thing) => (column.set === "by_a" ? thing.a === key : thing.b === key))
    .filter((thing) => thing.at < at && thing.at >= at - column.windowMs && thing.receivedAt <= knownAt)
    .filter(
      (thing) =>
        column.where === undefined ||
        (column.where === "flag" ? thing.flag : thing.word === "w1" || thing.word === "w2"),
    )
    .sort((x, y) => x.at - y.at || x.order - y.order);
  if (column.fn === "count") return rows.length;
  if (column.fn === "timeSince") return rows.length === 0 ? null : at - rows[rows.length - 1].at;
  const values = rows.flatMap((row) => {
    const value = row[column.column!];
    return value === null ? [] : [value];
  });
  if (column.fn === "distinct") return Math.min(1_000, new Set(values).size);
  if (column.fn === "last") return values.at(-1) ?? null;
  if (column.fn === "first") return values.at(0) ?? null;
  const numbers = values.map(Number);
  if (column.fn === "sum") return exactSum(numbers, column.column === "money");
  if (numbers.length === 0) return null;
  if (column.fn === "variance" || column.fn === "stddev") {
    const variance = exactVariance(numbers, column.column === "money" ? 100 : 1, column.fn === "stddev");
    return numbers.length < 2 ? null : variance;
  }
  if (column.fn === "mean")
    return column.column === "money"
      ? exactSum(numbers, false, 100) / numbers.length / 100
      : exactSum(numbers, false) / numbers.length;
  return column.fn === "min" ? Math.min(...numbers) : Math.max(...numbers);
}

const binaryScale = 2n ** 60n;

/** Every double here is a whole number of 2^-60, so that BigInt sums it without rounding. */
function exactSum(numbers: readonly number[], isDecimal: boolean, scale = 1): number {
  if (isDecimal || scale === 100) {
    const cents = numbers.reduce((sum, value) => sum + Math.round(value * 100), 0);
    return isDecimal ? cents / 100 : cents;
  }
  let sum = 0n;
  for (const value of numbers)
    sum += BigInt(Math.trunc(value)) * binaryScale + BigInt((value - Math.trunc(value)) * 2 ** 60);
  // Number() of a BigInt rounds to nearest, ties to even; dividing by a power of two is exact.
  return Number(sum) / 2 ** 60;
}

/** In whole numbers: hundredths for money, 2^-60 for doubles; a root is taken before hundredths are units again. */
function exactVariance(numbers: readonly number[], scale: 100 | 1, isRoot: boolean): number {
  const unit = scale === 100 ? 1n : binaryScale;
  const whole = numbers.map((value) => {
    const scaled = scale === 100 ? Math.round(value * 100) : value;
    return BigInt(Math.trunc(scaled)) * unit + BigInt((scaled - Math.trunc(scaled)) * Number(unit));
  });
  const sum = whole.reduce((total, value) => total + value, 0n);
  const squares = whole.reduce((total, value) => total + value * value, 0n);
  const spread = BigInt(whole.length) * squares - sum * sum;
  const variance = Number(spread) / Number(unit) / Number(unit) / (whole.length * (whole.length - 1));
  return isRoot ? Math.sqrt(variance) / scale : variance / scale ** 2;
}
