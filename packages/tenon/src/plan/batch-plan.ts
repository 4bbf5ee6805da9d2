import { formatDurationMs } from "../base/duration.ts";
import { fingerprint } from "../base/hash.ts";
import type { ColumnPlan, EventPlan } from "./plan.ts";

/** When a batch runs. */
export type SchedulePlan =
  | { readonly kind: "every"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly expression: string; readonly timeZone: string }
  /** Once rows of this event have come. */
  | { readonly kind: "after"; readonly event: string };

export function scheduleText(schedule: SchedulePlan): string {
  if (schedule.kind === "every") return `every ${formatDurationMs(schedule.everyMs)}`;
  return schedule.kind === "cron" ? `cron ${schedule.expression} (${schedule.timeZone})` : `after ${schedule.event}`;
}

/** What a feature set is besides, where runs of SQL compute it. */
export interface BatchPlan {
  readonly sql: string;
  /** The events, tables and sets that the SQL names. */
  readonly reads: readonly string[];
  readonly schedule: SchedulePlan;
  readonly ttlMs?: number;
  readonly timeLimitMs: number;
  readonly memoryMb: number;
  /** What its runs are published under: those of another SQL are none of it. */
  readonly runsKey: string;
  /** Where the publications of all batches are, and the cells that tell of the latest one. */
  readonly runsLane: number;
  readonly rowsAtCell: number;
  readonly asOfCell: number;
}

/** The window of a run's rows: they share one time, which no other run has. */
export const runWindowMs = 1;

const columnOf = (name: string, type: "text" | "time"): ColumnPlan => ({
  name,
  type,
  nullable: false,
  personal: false,
  scale: 0,
  values: [],
  to: undefined,
});

const columns = [columnOf("batch", "text"), columnOf("rowsAt", "time"), columnOf("asOf", "time")];

/**
 * The publications of all batches: the time of an entry is when the run was published, `rowsAt` the time that its rows
 * have in the log, `asOf` what it was computed for. The name is none that a definition can have.
 */
export const batchRuns: EventPlan = {
  name: "batch runs",
  columns,
  fingerprint: fingerprint(columns),
  lateMs: 0,
  keepMs: Number.POSITIVE_INFINITY,
  batch: true,
};
