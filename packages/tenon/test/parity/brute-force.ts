import type { RandomColumn } from "./random-app.ts";

/** An event as the test sent it. */
export interface SentThing {
  readonly id: string;
  readonly at: number;
  readonly receivedAt: number;
  /** It is in the log at or before this position. */
  readonly loggedBy: number;
  /** When it was taken back, and by which position. */
  retracted?: { readonly at: number; readonly loggedBy: number };
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

/** A row of the table `plan` as the test put it; without columns: its key was taken out. */
export interface PutPlan {
  readonly a: string;
  readonly validFrom: number;
  readonly receivedAt: number;
  readonly order: number;
  readonly row: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

/** The table's row by the definition of a table value. */
export function planAt(
  puts: readonly PutPlan[],
  a: string,
  { at, knownAt, ttlMs }: { readonly at: number; readonly knownAt: number; readonly ttlMs: number },
): { readonly row: PutPlan["row"]; readonly isOld: boolean } {
  const known = puts.filter((put) => put.a === a && put.validFrom <= at && put.receivedAt <= knownAt);
  const latest = known.sort((x, y) => x.validFrom - y.validFrom || x.order - y.order).at(-1);
  const isOld = latest !== undefined && at - latest.validFrom >= ttlMs;
  return { row: isOld ? undefined : latest?.row, isOld };
}

type OneValue = number | string | boolean;
export type Value = OneValue | null | readonly OneValue[] | readonly { value: OneValue; count: number }[] | Groups;
type Groups = Readonly<Record<string, OneValue | null>>;

const passes: Readonly<Record<NonNullable<RandomColumn["where"]>, (thing: SentThing) => boolean>> = {
  flag: ({ flag }) => flag,
  word: ({ word }) => word === "w1" || word === "w2",
  notWord: ({ word }) => word !== "w1" && word !== null,
  noMoney: ({ money }) => money === null,
  range: ({ money, flag, tier }) => money !== null && money >= 100.5 && money < 700 && !flag && tier !== "free",
  after: ({ when }) => when !== null && when > "2026-01-01T00:10:00.000Z" && when <= "2026-01-01T02:00:00.000Z",
};

interface Known {
  readonly at: number;
  readonly seqMax: number;
}

/** What a column's window holds, by the definition of a feature value, oldest first. */
export function rowsOf(
  things: readonly SentThing[],
  column: RandomColumn,
  key: string | number,
  at: number,
  known: Known,
): readonly SentThing[] {
  const { windowMs, hopMs, where } = column;
  const begin = hopMs === undefined ? at - windowMs : Math.floor((at - windowMs) / hopMs) * hopMs;
  return things
    .filter((thing) => (column.set === "by_a" ? thing.a === key : thing.b === key))
    .filter((thing) => thing.at < at && thing.at >= begin && thing.receivedAt <= known.at)
    .filter(({ loggedBy }) => loggedBy <= known.seqMax)
    .filter(({ retracted }) => !(retracted && retracted.at <= known.at && retracted.loggedBy <= known.seqMax))
    .filter((thing) => where === undefined || passes[where](thing))
    .sort((x, y) => x.at - y.at || x.order - y.order);
}

/** A column's value of those, with sums in whole numbers of 2^-60 where values are doubles. */
export function bruteForce(
  things: readonly SentThing[],
  column: RandomColumn,
  key: string | number,
  at: number,
  known: Known,
): Value {
  const { by } = column;
  const rows = rowsOf(things, column, key, at, known);
  if (by === undefined) return aggregateOf(rows, column, at);
  // A row that has nothing to add, or no group, makes no group.
  const grouped = rows.filter(
    (row) => row[by] !== null && (column.column === undefined || row[column.column] !== null),
  );
  const groups = [...Map.groupBy(grouped, (row) => String(row[by]))].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(groups.map(([group, all]) => [group, Number(aggregateOf(all, column, at))]));
}

function aggregateOf(rows: readonly SentThing[], column: RandomColumn, at: number): Exclude<Value, Groups> {
  const { fn, parameter = Number.NaN } = column;
  if (fn === "count") return rows.length;
  if (fn === "timeSince") return rows.length === 0 ? null : at - rows[rows.length - 1].at;
  const weigh = ({ at: time }: SentThing): number => 2 ** (-(at - time) / parameter);
  if (fn === "decayedCount") return rows.reduce((sum, row) => sum + weigh(row), 0);
  if (fn === "decayedSum") return rows.reduce((sum, row) => sum + Number(row[column.column!] ?? 0) * weigh(row), 0);
  const values = rows.flatMap((row) => row[column.column!] ?? []);
  if (fn === "distinct") return new Set(values).size;
  if (fn === "last") return values.at(-1) ?? null;
  if (fn === "first") return values.at(0) ?? null;
  if (fn === "lastN") return values.length === 0 ? null : values.toReversed().slice(0, parameter);
  if (fn === "topK") return values.length === 0 ? null : mostFrequent(values).slice(0, parameter);
  const numbers = values.map(Number);
  if (fn === "sum") return exactSum(numbers, column.column === "money");
  if (numbers.length === 0) return null;
  if (fn === "quantile") return quantileOf(numbers, parameter, column.column === "money" ? 100 : 1);
  if (fn === "variance" || fn === "stddev") {
    const variance = exactVariance(numbers, column.column === "money" ? 100 : 1, fn === "stddev");
    return numbers.length < 2 ? null : variance;
  }
  if (fn === "mean")
    return column.column === "money"
      ? exactSum(numbers, false, 100) / numbers.length / 100
      : exactSum(numbers, false) / numbers.length;
  return fn === "min" ? Math.min(...numbers) : Math.max(...numbers);
}

function mostFrequent(values: readonly OneValue[]): { value: OneValue; count: number }[] {
  const counted = [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({ value, count: all.length }));
  return counted.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** The least value of the rank's bucket: those whose sign, exponent and first seven bits agree. */
function quantileOf(numbers: readonly number[], q: number, scale: number): number {
  const bucketOf = (value: number): string => {
    const octave = value === 0 ? 0 : 2 ** Math.floor(Math.log2(Math.abs(value)));
    return value === 0 ? "0" : `${Math.sign(value)} ${octave} ${Math.floor((Math.abs(value) / octave) * 128)}`;
  };
  const stored = numbers.map((value) => (scale === 100 ? Math.round(value * 100) : value)).sort((a, b) => a - b);
  const bucket = bucketOf(stored[Math.max(1, Math.ceil(q * stored.length)) - 1]);
  return stored.find((value) => bucketOf(value) === bucket)! / scale;
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
