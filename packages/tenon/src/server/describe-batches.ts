import { errorTable } from "../base/error.ts";
import { scheduleText } from "../plan/batch-plan.ts";
import { nextTimeMs } from "../plan/schedule.ts";
import type { BatchRun } from "../service/batch/batch-run.ts";
import { type BatchSet, batchSets } from "../service/batch/batches.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import type { Tenon } from "../service/tenon.ts";
import { isOwner } from "./owner.ts";
import type { BatchRunStatus, BatchStatus } from "./wire.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/** The batches of the app as a caller may see them: a run is of all tenants, and its error may name a key of any. */
export const describeBatches = (tenon: Tenon, caller: Caller): BatchStatus[] =>
  batchSets(tenon.build.app.plan).map((set) => describeBatch(tenon, caller, set));

export function describeBatch(tenon: Tenon, caller: Caller, set: BatchSet): BatchStatus {
  const { batches, clock } = tenon;
  const seesAll = isOwner(tenon, caller);
  const { schedule, runsKey, reads, sql } = set.batch;
  const runs = batches.runs(set.name).filter((run) => run.runsKey === runsKey);
  const [newest] = runs;
  const published = runs.filter(({ state }) => state === "published");
  const asOfMs = Math.max(...published.map((run) => run.asOfMs));
  const scheduled = runs.find(({ state, kind }) => state === "published" && kind === "run");
  const nextMs = scheduled === undefined ? undefined : nextTimeMs(schedule, scheduled.asOfMs);
  const progress = batches.progress(set.name);
  return {
    name: set.name,
    entity: set.entity,
    owner: set.owner ?? null,
    schedule: scheduleText(schedule),
    reads,
    sql,
    state:
      progress !== undefined
        ? "running"
        : newest?.state === "failed"
          ? "failing"
          : published.length === 0
            ? "waiting"
            : "ok",
    late: batches.isLate(set),
    ageMs: published.length === 0 ? null : Math.max(0, clock.nowMs() - asOfMs),
    nextAt: nextMs === undefined ? null : iso(nextMs),
    progress: progress ?? null,
    runs: runs.map((run) => describeRun(run, seesAll)),
  };
}

const describeRun = (run: BatchRun, seesAll: boolean): BatchRunStatus => ({
  state: run.state,
  kind: run.kind,
  asOf: iso(run.asOfMs),
  from: run.fromMs === undefined ? null : iso(run.fromMs),
  times: run.times ?? 1,
  startedAt: iso(run.startedAtMs),
  durationMs: run.endedAtMs === null ? null : run.endedAtMs - run.startedAtMs,
  rows: seesAll ? run.rows : null,
  error:
    run.error === null
      ? null
      : { code: run.error.code, message: seesAll ? run.error.message : errorTable[run.error.code].title },
});
