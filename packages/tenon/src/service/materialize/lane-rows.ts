import { TenonError } from "../../base/error.ts";
import { hash53 } from "../../base/hash.ts";
import {
  type LaneLayout,
  retractionMask,
  rowColumns,
  rowMask,
  rowReceivedAt,
  rowSeq,
  rowTime,
} from "../../engine/window/lane-layout.ts";
import {
  type ColumnPlan,
  type ConditionPlan,
  type EventPlan,
  type FilterPlan,
  type FilterValue,
  isSent,
  type LanePlan,
} from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { EventEntry } from "./event-decoder.ts";

/** The code of a text in a lane's dictionary. */
export type CodeOf = (text: string) => number;

export const laneLayout = (lane: LanePlan): LaneLayout => ({
  columnCount: lane.columns.length,
  cells: lane.cells,
  retentionMs: lane.retentionMs,
});

/** Makes a lane's rows of an event's: the one place where events become numbers, online and offline. */
export class LaneRows {
  readonly lane: LanePlan;
  /** The row that the last `make` filled. */
  readonly row: Float64Array;
  readonly #keyPlace: number;
  /** A row of a table or of a run is valid at its time, where an event of the time of a read is not in a window. */
  readonly #shiftMs: 0 | 1;
  readonly #columns: readonly { readonly place: number; readonly column: ColumnPlan; readonly hashed: boolean }[];
  readonly #filters: readonly ((values: readonly StoredValue[]) => boolean)[];

  constructor(lane: LanePlan, event: EventPlan) {
    this.lane = lane;
    this.row = new Float64Array(rowColumns + lane.columns.length);
    const place = (name: string): number => {
      const found = event.columns.findIndex((column) => column.name === name);
      if (found < 0)
        throw new TenonError("internal", `lane ${lane.id} needs column "${name}" of event "${event.name}"`);
      return found;
    };
    this.#keyPlace = place(lane.by.column);
    this.#shiftMs = isSent(event) ? 0 : 1;
    this.#columns = lane.columns.map(({ name, hashed = false }) => ({
      place: place(name),
      column: event.columns[place(name)],
      hashed,
    }));
    this.#filters = lane.filters.map((filter) => compileFilter(filter, event));
  }

  /** The key that the event's row belongs to, or undefined where its reference is null. */
  keyOf(values: readonly StoredValue[]): string | undefined {
    const key = values[this.#keyPlace];
    return key === null ? undefined : String(key);
  }

  /** Fills `row` with the entry's row, or with its retraction. */
  make(entry: Pick<LogEntry, "atMs" | "seq" | "receivedAtMs">, { values, retracts }: EventEntry, codeOf: CodeOf): void {
    const { row } = this;
    row[rowTime] = entry.atMs - this.#shiftMs;
    row[rowReceivedAt] = entry.receivedAtMs;
    if (retracts !== undefined) {
      row[rowSeq] = retracts;
      row[rowMask] = retractionMask(entry.seq);
      row.fill(Number.NaN, rowColumns);
      return;
    }
    row[rowSeq] = entry.seq;
    let mask = 0;
    for (let i = 0; i < this.#filters.length; i++) if (this.#filters[i](values)) mask |= 1 << i;
    row[rowMask] = mask;
    this.fill(values, codeOf);
  }

  /** Fills the columns of `row` alone. */
  fill(values: readonly StoredValue[], codeOf: CodeOf): void {
    for (let i = 0; i < this.#columns.length; i++) {
      const { place, column, hashed } = this.#columns[i];
      this.row[rowColumns + i] = numberOf(values[place], column, hashed ? hash53 : codeOf);
    }
  }
}

function numberOf(value: StoredValue, column: ColumnPlan, codeOf: CodeOf): number {
  if (value === null) return Number.NaN;
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return column.type === "oneOf" ? column.values.indexOf(value) : codeOf(value);
}

type Test = (value: StoredValue) => boolean;

function compileFilter(filter: FilterPlan, event: EventPlan): (values: readonly StoredValue[]) => boolean {
  const tests = filter.map((condition) => {
    const place = event.columns.findIndex((column) => column.name === condition.column);
    return { place, passes: compileCondition(condition, event.columns[place].scale) };
  });
  return (values) => tests.every(({ place, passes }) => passes(values[place]));
}

/** Decimals are stored as whole numbers, and so are the values that they are compared with. */
function compileCondition(condition: ConditionPlan, scale: number): Test {
  const stored = (value: number): number => (scale > 0 ? Math.round(value * 10 ** scale) : value);
  const setOf = (values: readonly FilterValue[]): ReadonlySet<StoredValue> =>
    new Set(values.map((value) => (typeof value === "number" ? stored(value) : value)));
  const { anyOf, noneOf } = condition;
  if (anyOf !== undefined) {
    const wanted = setOf(anyOf);
    return (value) => wanted.has(value);
  }
  if (noneOf !== undefined) {
    const unwanted = setOf(noneOf);
    return (value) => !unwanted.has(value);
  }
  const above = stored(condition.above ?? Number.NEGATIVE_INFINITY);
  const below = stored(condition.below ?? Number.POSITIVE_INFINITY);
  const atLeast = stored(condition.atLeast ?? Number.NEGATIVE_INFINITY);
  const atMost = stored(condition.atMost ?? Number.POSITIVE_INFINITY);
  return (value) => typeof value === "number" && value > above && value >= atLeast && value < below && value <= atMost;
}
