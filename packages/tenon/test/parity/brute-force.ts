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
  const values = rows.flatMap((row) => {
    const value = row[column.column!];
    return value === null ? [] : [value];
  });
  if (column.fn === "distinct") return Math.min(1_000, new Set(values).size);
  if (column.fn === "last") return values.at(-1) ?? null;
  const numbers = values.map(Number);
  if (column.fn === "sum") return exactSum(numbers, column.column === "money");
  if (numbers.length === 0) return null;
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
