import { limit } from "../../base/limit.ts";
import type { BatchPlan } from "../../plan/batch-plan.ts";
import { lastTimeMs, nextTimeMs } from "../../plan/schedule.ts";
import type { BatchRun } from "./batch-run.ts";

/** What was told of an event since the start: when its last row came. */
export type LastRow = (event: string) => number | undefined;

/** When a batch is to run, and what it is computed for. */
export interface Due {
  readonly asOfMs: number;
}

/**
 * Whether a batch is to run now. Runs that were missed are one run; a failed one is tried again after a while, and at its
 * next time at the latest.
 */
export function dueRun(
  { schedule, runsKey }: BatchPlan,
  runs: readonly BatchRun[],
  o: { readonly nowMs: number; readonly lastSeq: number; readonly lastRow: LastRow },
): Due | undefined {
  const own = runs.filter((run) => run.runsKey === runsKey && run.kind === "run");
  const [last] = own;
  if (last?.state === "running") return undefined;
  if (last?.state === "failed" && o.nowMs < last.startedAtMs + retryAfterMs(own)) return undefined;
  const done = own.find(({ state }) => state === "published");
  if (done === undefined) return o.lastSeq > 0 ? { asOfMs: o.nowMs } : undefined;
  if (isDueForFirstRows(own, done, o)) return { asOfMs: o.nowMs };
  if (schedule.kind !== "after") {
    const nextMs = nextTimeMs(schedule, done.asOfMs);
    if (nextMs === undefined || nextMs > o.nowMs) return undefined;
    return { asOfMs: Math.max(nextMs, lastTimeMs(schedule, o.nowMs) ?? o.nowMs) };
  }
  const lastRowMs = o.lastRow(schedule.event);
  // Nothing is known of what came before the start.
  if (lastRowMs === undefined) return o.lastSeq > done.seqMax && isOld(done, o.nowMs) ? { asOfMs: o.nowMs } : undefined;
  return lastRowMs > done.asOfMs && o.nowMs - lastRowMs >= limit.batchQuietMs ? { asOfMs: o.nowMs } : undefined;
}

/** A batch that never had a row is not left to its schedule: its first run came before what it reads. */
function isDueForFirstRows(
  own: readonly BatchRun[],
  done: BatchRun,
  o: { readonly nowMs: number; readonly lastSeq: number },
): boolean {
  if (own.some(({ rows }) => rows > 0) || o.lastSeq <= done.seqMax) return false;
  return o.nowMs >= done.startedAtMs + afterMs(own.filter(({ state }) => state === "published").length);
}

const isOld = ({ asOfMs }: BatchRun, nowMs: number): boolean => nowMs - asOfMs > limit.batchQuietMs;

/** Doubled with each failure in a row. */
function retryAfterMs(runs: readonly BatchRun[]): number {
  const failures = runs.findIndex(({ state }) => state !== "failed");
  return afterMs(failures < 0 ? runs.length : failures);
}

const afterMs = (tries: number): number =>
  Math.min(limit.batchRetryMs * 2 ** Math.min(tries - 1, 20), limit.batchRetryMsMax);

/** A run that should have been published long ago: by its schedule, with the time that it may take. */
export function isLate(
  { schedule, runsKey, timeLimitMs }: BatchPlan,
  runs: readonly BatchRun[],
  nowMs: number,
): boolean {
  const done = runs.find((run) => run.runsKey === runsKey && run.state === "published" && run.kind === "run");
  const nextMs = done === undefined ? undefined : nextTimeMs(schedule, done.asOfMs);
  return nextMs !== undefined && nowMs > nextMs + timeLimitMs + limit.batchRetryMs;
}

/** From when on rows of runs can be reached by reads that go back at most `travelMs`. */
export function keepRowsFromMs({ runsKey }: BatchPlan, runs: readonly BatchRun[], horizonMs: number): number {
  const published = runs.filter((run) => run.runsKey === runsKey && run.state === "published");
  const after = published.filter(({ asOfMs }) => asOfMs > horizonMs);
  const before = published.filter(({ asOfMs }) => asOfMs <= horizonMs);
  const latest = before.reduce<BatchRun | undefined>(
    (best, run) => (best === undefined || run.asOfMs > best.asOfMs ? run : best),
    undefined,
  );
  if (latest === undefined) return Number.NEGATIVE_INFINITY;
  return Math.min(latest.rowsAtMs, ...after.map(({ rowsAtMs }) => rowsAtMs));
}
