import { limit } from "../../base/limit.ts";
import type { AggregateFunction } from "../../define/aggregate.ts";
import { exactSum, exactVariance } from "./exact-number.ts";

/**
 * The definition of a feature value, word for word and as slow as that: every row is looked at for every value. It shares
 * nothing with lanes, tiles, sweeps or aggregates, so that those can be compared with it.
 */

type OneValue = number | string | boolean;
type Groups = Readonly<Record<string, number | null>>;
export type Value = OneValue | null | readonly OneValue[] | readonly { value: OneValue; count: number }[] | Groups;

/** When a row happened, and from when and where on it is known. */
export interface KnownTimes {
  readonly at: number;
  readonly receivedAt: number;
  /** It is in the log at or before this position. */
  readonly loggedBy: number;
  /** When it was taken back, and by which position. */
  readonly retracted?: { readonly at: number; readonly loggedBy: number } | undefined;
  /** Its place in the order of acceptance. */
  readonly order: number;
}

/** As known when: what was received by a time, and logged up to a position. */
export interface KnownBy {
  readonly at: number;
  readonly seqMax: number;
}

const isKnown = ({ receivedAt, loggedBy, retracted }: KnownTimes, { at, seqMax }: KnownBy): boolean =>
  receivedAt <= at &&
  loggedBy <= seqMax &&
  !(retracted !== undefined && retracted.at <= at && retracted.loggedBy <= seqMax);

const byTime = (x: KnownTimes, y: KnownTimes): number => x.at - y.at || x.order - y.order;

/** The rows of a window that ends at `at`, as known by then, in order. */
export function rowsInWindow<T extends KnownTimes>(
  rows: readonly T[],
  window: { readonly at: number; readonly windowMs: number; readonly hopMs?: number | undefined },
  known: KnownBy,
): T[] {
  const { at, windowMs, hopMs } = window;
  const begin = hopMs === undefined ? at - windowMs : Math.floor((at - windowMs) / hopMs) * hopMs;
  return rows.filter((row) => row.at < at && row.at >= begin && isKnown(row, known)).sort(byTime);
}

/** A table's latest row at a time, and whether it is too old to be read. */
export function latestRow<T extends KnownTimes>(
  rows: readonly T[],
  at: number,
  ttlMs: number,
  known: KnownBy,
): { readonly row: T | undefined; readonly isOld: boolean } {
  const latest = rows
    .filter((row) => row.at <= at && isKnown(row, known))
    .sort(byTime)
    .at(-1);
  const isOld = latest !== undefined && at - latest.at >= ttlMs;
  return { row: isOld ? undefined : latest, isOld };
}

/** A row of a window as an aggregate takes it. */
export interface AggregatedRow {
  readonly at: number;
  /** Of the aggregate's column; null also where it has none. */
  readonly value: OneValue | null;
  /** Of the column of `by`. */
  readonly group: string | null;
}

/** What is computed of a window's rows. */
export interface AggregateTerms {
  readonly fn: AggregateFunction;
  /** n, k, q or the half-life in milliseconds. */
  readonly parameter?: number | undefined;
  /** Digits behind the point of the column's decimals. */
  readonly scale: number;
  readonly hasColumn: boolean;
  readonly isGrouped: boolean;
}

/** The aggregate of rows in order; null where a window has more groups than it may. */
export function aggregateOf(rows: readonly AggregatedRow[], terms: AggregateTerms, at: number): Value {
  if (!terms.isGrouped) return oneAggregate(rows, terms, at);
  // A row that has nothing to add, or no group, makes no group.
  const grouped = rows.filter(({ group, value }) => group !== null && (!terms.hasColumn || value !== null));
  const groups = [...Map.groupBy(grouped, ({ group }) => String(group))].sort(([a], [b]) => (a < b ? -1 : 1));
  if (groups.length > limit.groupsMax) return null;
  return Object.fromEntries(groups.map(([group, all]) => [group, Number(oneAggregate(all, terms, at))]));
}

type Aggregate = (values: readonly OneValue[], terms: AggregateTerms) => Exclude<Value, Groups>;

/** Of values that are not null, in order; at least one but for those that are 0 of nothing. */
const ofValues: Readonly<Partial<Record<AggregateFunction, Aggregate>>> = {
  first: (values) => values[0],
  last: (values) => values[values.length - 1],
  lastN: (values, { parameter }) => values.toReversed().slice(0, parameter),
  topK: (values, { parameter }) => mostFrequent(values).slice(0, parameter),
  mean: (values, { scale }) => exactSum(stored(values, scale)) / values.length / 10 ** scale,
  min: (values) => Math.min(...values.map(Number)),
  max: (values) => Math.max(...values.map(Number)),
  quantile: (values, { parameter = Number.NaN, scale }) => quantileOf(stored(values, scale), parameter) / 10 ** scale,
  variance: (values, { scale }) =>
    values.length < 2 ? null : exactVariance(stored(values, scale)) / 10 ** (2 * scale),
  stddev: (values, { scale }) =>
    values.length < 2 ? null : Math.sqrt(exactVariance(stored(values, scale))) / 10 ** scale,
};

function oneAggregate(rows: readonly AggregatedRow[], terms: AggregateTerms, at: number): Exclude<Value, Groups> {
  const { fn, parameter = Number.NaN, scale } = terms;
  const weightOf = (row: AggregatedRow): number => 2 ** (-(at - row.at) / parameter);
  if (fn === "count") return rows.length;
  if (fn === "timeSince") return rows.length === 0 ? null : at - rows[rows.length - 1].at;
  if (fn === "decayedCount") return rows.reduce((sum, row) => sum + weightOf(row), 0);
  if (fn === "decayedSum") return rows.reduce((sum, row) => sum + Number(row.value ?? 0) * weightOf(row), 0);
  const values = rows.flatMap(({ value }) => value ?? []);
  if (fn === "distinct") return new Set(values).size;
  if (fn === "sum") return exactSum(stored(values, scale)) / 10 ** scale;
  return values.length === 0 ? null : (ofValues[fn]?.(values, terms) ?? null);
}

/** Decimals are whole numbers of their last digit: only what is divided at the end is rounded. */
const stored = (values: readonly OneValue[], scale: number): number[] =>
  values.map((value) => (scale === 0 ? Number(value) : Math.round(Number(value) * 10 ** scale)));

function mostFrequent(values: readonly OneValue[]): { value: OneValue; count: number }[] {
  const counted = [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({ value, count: all.length }));
  return counted.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** The least value of the rank's bucket: those whose sign, exponent and first seven bits agree. */
function quantileOf(numbers: readonly number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const bucket = bucketOf(sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]);
  return sorted.find((value) => bucketOf(value) === bucket) ?? Number.NaN;
}

function bucketOf(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  let octave = 2 ** Math.floor(Math.log2(magnitude));
  // A logarithm is rounded: next to a power of two it may fall on the other side.
  if (octave > magnitude) octave /= 2;
  else if (octave * 2 <= magnitude) octave *= 2;
  return `${Math.sign(value)} ${octave} ${Math.floor((magnitude / octave) * 128)}`;
}
