import { limit } from "../../base/limit.ts";
import { type BatchPlan, batchRuns } from "../../plan/batch-plan.ts";
import type { ConditionPlan, FeatureColumnPlan, FeatureSetPlan, LanePlan, Plan } from "../../plan/plan.ts";
import { aggregateOf, type KnownBy, latestRow, rowsInWindow, type Value } from "./brute-force.ts";
import type { KnownRow, PlainValue } from "./known-rows.ts";

/** What a column has to be, and how near to it. */
export interface Expected {
  /** As JSON shows it: times as ISO 8601. */
  readonly value: Value;
  /** 0: the same bits. */
  readonly tolerance: number;
  /** An estimate, whose values the definition does not tell: it is not compared. */
  readonly isEstimate: boolean;
}

export interface ReadAt {
  readonly tenant: string;
  readonly key: string;
  readonly at: number;
  readonly known: KnownBy;
}

/** What §4 calls exact to 1e-9: of doubles' means and variances, and of the sum of magnitudes where weights round. */
const relative = 1e-9;

/** A column of a feature set by its definition, from all rows that there are. */
export function expectedFeature(
  plan: Plan,
  set: FeatureSetPlan,
  column: FeatureColumnPlan,
  rows: readonly KnownRow[],
  read: ReadAt,
): Expected {
  const lane = plan.lanes[column.lane];
  const own = rows.filter(
    ({ event, tenant, values }) =>
      event === lane.event && tenant === read.tenant && keyOf(values[lane.by.column]) === read.key,
  );
  const shown =
    set.batch !== undefined
      ? ran(lane, column, set.batch, own, runsOf(set.batch, rows, read), read)
      : set.table !== undefined
        ? put(lane, column, set, own, read)
        : aggregated(plan, lane, column, own, read);
  return column.type === "time" ? { ...shown, value: asTimes(shown.value) } : shown;
}

const keyOf = (value: PlainValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

function put(
  lane: LanePlan,
  column: FeatureColumnPlan,
  set: FeatureSetPlan,
  rows: readonly KnownRow[],
  read: ReadAt,
): Expected {
  const { row } = latestRow(rows, read.at, set.table?.ttlMs ?? Number.POSITIVE_INFINITY, read.known);
  const name = lane.columns[lane.cells[column.cell].column].name;
  const value = row === undefined || row.values.deleted === true ? null : row.values[name];
  return { value, tolerance: 0, isEstimate: false };
}

/** What was published of a batch. */
const runsOf = ({ runsKey }: BatchPlan, rows: readonly KnownRow[], { tenant }: ReadAt): readonly KnownRow[] =>
  rows.filter((row) => row.event === batchRuns.name && row.tenant === tenant && row.values.batch === runsKey);

/** The key's row of the latest run that was published by then: what SQL made of the events is not computed again. */
function ran(
  lane: LanePlan,
  column: FeatureColumnPlan,
  { ttlMs = Number.POSITIVE_INFINITY }: BatchPlan,
  own: readonly KnownRow[],
  runs: readonly KnownRow[],
  read: ReadAt,
): Expected {
  const { row: run } = latestRow(runs, read.at, Number.POSITIVE_INFINITY, read.known);
  const isValid = run !== undefined && read.at - Number(run.values.asOf) <= ttlMs;
  const row = isValid ? own.find(({ at }) => at === run.values.rowsAt) : undefined;
  const name = lane.columns[lane.cells[column.cell].column].name;
  return { value: row === undefined ? null : row.values[name], tolerance: 0, isEstimate: false };
}

function aggregated(
  plan: Plan,
  lane: LanePlan,
  column: FeatureColumnPlan,
  own: readonly KnownRow[],
  read: ReadAt,
): Expected {
  const { fn, column: of, filter, parameter, by } = lane.cells[column.cell];
  const nameOf = (place: number | undefined): string | undefined =>
    place === undefined || place < 0 ? undefined : lane.columns[place].name;
  const [source, group] = [nameOf(of), nameOf(by)];
  const window = { at: read.at, windowMs: column.windowMs, hopMs: column.hopMs };
  const rows = rowsInWindow(own, window, read.known)
    .filter(({ values }) => filter < 0 || lane.filters[filter].every((one) => passes(one, values[one.column])))
    .map(({ at, values }) => ({
      at,
      value: source === undefined ? null : values[source],
      group: group === undefined ? null : (keyOf(values[group]) ?? null),
    }));
  const columns = plan.events.find(({ name }) => name === lane.event)?.columns ?? [];
  const scale = columns.find(({ name }) => name === source)?.scale ?? 0;
  const isGrouped = group !== undefined;
  const value = aggregateOf(rows, { fn, parameter, scale, hasColumn: source !== undefined, isGrouped }, read.at);
  const numbers = rows.map((row) => Number(row.value ?? 0));
  return { value, tolerance: toleranceOf(fn, value, numbers), isEstimate: isEstimate(fn, rows) };
}

function passes({ anyOf, noneOf, above, atLeast, below, atMost }: ConditionPlan, value: PlainValue): boolean {
  if (anyOf !== undefined) return anyOf.includes(value);
  if (noneOf !== undefined) return !noneOf.includes(value);
  if (typeof value !== "number") return false;
  const isAbove = (above === undefined || value > above) && (atLeast === undefined || value >= atLeast);
  return isAbove && (below === undefined || value < below) && (atMost === undefined || value <= atMost);
}

function toleranceOf(fn: string, value: Value, numbers: readonly number[]): number {
  if (fn === "decayedCount") return relative * numbers.length;
  if (fn === "decayedSum") return relative * numbers.reduce((sum, number) => sum + Math.abs(number), 0);
  if (fn !== "mean" && fn !== "variance" && fn !== "stddev") return 0;
  const shown = typeof value === "object" && value !== null ? Object.values(value).map(Number) : [Number(value ?? 0)];
  return relative * Math.max(0, ...shown.map(Math.abs));
}

/** Beyond its bound an aggregate is an estimate of what the definition says. */
function isEstimate(fn: string, rows: readonly { readonly value: PlainValue }[]): boolean {
  if (fn === "quantile") return rows.length > limit.quantileBucketsMax;
  if (fn !== "distinct" && fn !== "topK") return false;
  return new Set(rows.map(({ value }) => value)).size > limit.topValuesMax;
}

/** Whole milliseconds, wherever they stand, as they are shown. */
function asTimes(value: Value): Value {
  const shown = (one: unknown): string => new Date(Number(one)).toISOString();
  if (value === null) return null;
  if (!Array.isArray(value)) return shown(value);
  return value.map((one) => (typeof one === "object" ? { ...one, value: shown(one.value) } : shown(one)));
}

/** Whether a value that was found, as JSON, is what it has to be. */
export function agrees(found: unknown, { value, tolerance, isEstimate: isSkipped }: Expected): boolean {
  return isSkipped || isNear(found, value, tolerance);
}

function isNear(found: unknown, value: unknown, tolerance: number): boolean {
  if (typeof found === "number" && typeof value === "number")
    return Object.is(found + 0, value + 0) || Math.abs(found - value) <= tolerance;
  if (found === null || value === null || typeof found !== "object" || typeof value !== "object")
    return found === value;
  const names = Object.keys(value);
  return (
    Object.keys(found).length === names.length &&
    names.every((name) => isNear(Reflect.get(found, name), Reflect.get(value, name), tolerance))
  );
}
