import { messageOf, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { type BatchPlan, runWindowMs } from "../../plan/batch-plan.ts";
import type { FeatureSetPlan, Plan } from "../../plan/plan.ts";
import { timesBetween } from "../../plan/schedule.ts";
import type { BatchRunner } from "../../ports/workers.ts";
import { patiently } from "../ingest/patiently.ts";
import { travelMs } from "../materialize/applier.ts";
import type { Tenon } from "../tenon.ts";
import { type BatchRun, readRuns, saveRuns } from "./batch-run.ts";
import { dueRun, isLate, keepRowsFromMs } from "./due.ts";
import { type Publication, publicationItems } from "./publication.ts";

export type BatchSet = FeatureSetPlan & { readonly batch: BatchPlan };

export const batchSets = ({ featureSets }: Plan): readonly BatchSet[] =>
  featureSets.filter((set): set is BatchSet => set.batch !== undefined);

export interface BatchProgress {
  readonly step: string;
  readonly done: number;
}

/** The batches of an app: runs them when they are due, one at a time, and publishes what they compute. */
export class Batches {
  readonly #tenon: Tenon;
  readonly #runner: BatchRunner;
  readonly #runs = new Map<string, readonly BatchRun[]>();
  readonly #progress = new Map<string, BatchProgress>();
  readonly #waiting = new Set<string>();
  readonly #lastRowMs = new Map<string, number>();
  readonly #late = new Set<string>();
  /** When a run last found nothing to compute on. */
  readonly #emptyAtMs = new Map<string, number>();
  #lastRowsAtMs = 0;
  /** What runs now; others wait for it. */
  #running: Promise<unknown> = Promise.resolve();
  #isScheduled = false;
  #isBusy = false;

  constructor(tenon: Tenon, runner: BatchRunner) {
    this.#tenon = tenon;
    this.#runner = runner;
  }

  /** Knows what ran before; from now on runs begin by themselves where `isScheduled`. */
  async start(isScheduled: boolean): Promise<void> {
    await this.setPlan(this.#tenon.build.app.plan);
    this.#isScheduled = isScheduled;
  }

  async setPlan(plan: Plan): Promise<void> {
    for (const { name } of batchSets(plan)) {
      if (this.#runs.has(name)) continue;
      const runs = await readRuns(this.#tenon.metadata, name);
      this.#runs.set(name, runs);
      this.#lastRowsAtMs = Math.max(this.#lastRowsAtMs, ...runs.map((run) => run.rowsAtMs + (run.times ?? 1)));
    }
    this.#keepRows();
  }

  /** Rows of an event came: batches `after` it may be due. */
  rowsCame(event: string): void {
    this.#lastRowMs.set(event, this.#tenon.clock.nowMs());
  }

  /** Begins what is due; called once a second. */
  tick(): void {
    if (!this.#isScheduled || this.#isBusy) return;
    const nowMs = this.#tenon.clock.nowMs();
    const lastRow = (event: string): number | undefined => this.#lastRowMs.get(event);
    for (const set of batchSets(this.#tenon.build.app.plan)) {
      this.#tellLate(set, nowMs);
      // Those that others read stand before them.
      const due = dueRun(set.batch, this.runs(set.name), { nowMs, lastSeq: this.#tenon.log.lastSeq, lastRow });
      const sinceEmptyMs = nowMs - (this.#emptyAtMs.get(set.name) ?? Number.NEGATIVE_INFINITY);
      if (due === undefined || this.progress(set.name) !== undefined || sinceEmptyMs < limit.batchQuietMs) continue;
      this.#isBusy = true;
      void this.#inTurn(set.name, () => this.#compute(set, { kind: "run", times: [due.asOfMs] }))
        // It is told in the runs.
        .catch(() => {})
        .finally(() => {
          this.#isBusy = false;
        });
      return;
    }
  }

  /** Newest first. */
  runs(name: string): readonly BatchRun[] {
    return this.#runs.get(name) ?? [];
  }

  progress(name: string): BatchProgress | undefined {
    return this.#progress.get(name) ?? (this.#waiting.has(name) ? { step: "waiting", done: 0 } : undefined);
  }

  isLate(set: BatchSet): boolean {
    return isLate(set.batch, this.runs(set.name), this.#tenon.clock.nowMs());
  }

  /** @throws batch.unknown with the nearest name */
  set(name: string): BatchSet {
    const sets = batchSets(this.#tenon.build.app.plan);
    const set = sets.find((candidate) => candidate.name === name);
    if (set !== undefined) return set;
    const hint = suggestion(
      name,
      sets.map((known) => known.name),
    );
    throw new TenonError("batch.unknown", `the app has no batch "${name.slice(0, 100)}".${hint}`);
  }

  /**
   * Runs a batch now, as of now.
   * @throws batch.unknown, batch.busy, batch.sql, batch.rows, batch.time, batch.memory
   */
  run(name: string): Promise<BatchRun> {
    const set = this.#free(name);
    return this.#inTurn(name, () => this.#compute(set, { kind: "run", times: [this.#tenon.clock.nowMs()] }));
  }

  /**
   * Computes a batch for the past times of its schedule, as it would have been then: from what had been received.
   * @throws as `run`, and field.range where the times are too many or none
   */
  backfill(name: string, o: { readonly fromMs: number; readonly untilMs: number }): Promise<BatchRun> {
    const set = this.#free(name);
    const untilMs = Math.min(o.untilMs, this.#tenon.clock.nowMs());
    const times = timesBetween(set.batch.schedule, { fromMs: o.fromMs, untilMs, timesMax: limit.batchTimesMax + 1 });
    if (times.length === 0)
      throw new TenonError("field.range", `the schedule of "${name}" has no time in what is asked`);
    if (times.length > limit.batchTimesMax)
      throw new TenonError("field.range", `more than ${limit.batchTimesMax} times of the schedule; backfill in parts`);
    return this.#inTurn(name, () => this.#compute(set, { kind: "backfill", times }));
  }

  async close(): Promise<void> {
    this.#isScheduled = false;
    await this.#runner.close();
    await this.#running.catch(() => {});
  }

  #free(name: string): BatchSet {
    const set = this.set(name);
    if (this.#waiting.has(name)) throw new TenonError("batch.busy", `a run of "${name}" waits for its turn already`);
    return set;
  }

  /** One run at a time, and of each batch at most one that waits. */
  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#waiting.add(name);
    const turn = this.#running
      .catch(() => {})
      .then(() => {
        this.#waiting.delete(name);
        return work();
      })
      .finally(() => this.#progress.delete(name));
    this.#running = turn;
    return turn;
  }

  async #compute(
    set: BatchSet,
    o: { readonly kind: BatchRun["kind"]; readonly times: readonly number[] },
  ): Promise<BatchRun> {
    const { log, clock, build, catalogue } = this.#tenon;
    const startedAtMs = clock.nowMs();
    // No two runs share a time, whatever the clock does.
    const rowsAtMs = Math.max(startedAtMs, this.#lastRowsAtMs + 1);
    this.#lastRowsAtMs = rowsAtMs + o.times.length;
    const begun: BatchRun = {
      runsKey: set.batch.runsKey,
      state: "running",
      kind: o.kind,
      asOfMs: o.times[o.times.length - 1],
      ...(o.kind === "run" ? {} : { fromMs: o.times[0], times: o.times.length }),
      rowsAtMs,
      seqMax: log.lastSeq,
      startedAtMs,
      endedAtMs: null,
      rows: 0,
      tenants: 0,
      error: null,
    };
    this.#progress.set(set.name, { step: "starting", done: 0 });
    await this.#keep(set.name, begun);
    try {
      const runs = o.times.map((asOfMs, i) => ({ asOfMs, rowsAtMs: rowsAtMs + i }));
      const { rows, tenants } = await this.#runner.compute(
        {
          batch: set.name,
          buildId: build.id,
          catalogue,
          seqMax: begun.seqMax,
          runs,
          timeLimitMs: set.batch.timeLimitMs * runs.length,
          memoryMb: set.batch.memoryMb,
        },
        async (items) => {
          await patiently(
            () => log.append(items),
            () => "rows of a run were taken",
          );
        },
        (step, done) => this.#progress.set(set.name, { step, done }),
      );
      const publications = runs.flatMap((run) =>
        tenants.map(
          (tenant): Publication => ({
            ...run,
            tenant,
            runsKey: set.batch.runsKey,
            publishedAtMs: o.kind === "run" ? Math.max(clock.nowMs(), run.asOfMs) : run.asOfMs,
            isPast: o.kind === "backfill",
          }),
        ),
      );
      if (publications.length > 0)
        await patiently(
          () => log.append(publicationItems(publications, catalogue)),
          () => "the rows of the run were taken",
        );
      return await this.#end(set, { ...begun, state: "published", rows, tenants: tenants.length });
    } catch (thrown) {
      const code = thrown instanceof TenonError ? thrown.code : "internal";
      await this.#end(set, { ...begun, state: "failed", error: { code, message: messageOf(thrown).slice(0, 2_000) } });
      throw thrown;
    }
  }

  async #end({ name }: BatchSet, run: BatchRun): Promise<BatchRun> {
    const { clock, logger, metadata } = this.#tenon;
    const ended = { ...run, endedAtMs: clock.nowMs() };
    await this.#keep(name, ended);
    this.#keepRows();
    const ms = ended.endedAtMs - ended.startedAtMs;
    if (ended.error === null) logger.info({ batch: name, rows: ended.rows, ms }, "batch published");
    else {
      logger.error({ batch: name, ...ended.error, ms }, "a run of a batch failed: what was published before stays");
      await metadata.addAudit({ atMs: clock.nowMs(), kind: "batch.failed", text: `${name}: ${ended.error.message}` });
    }
    return ended;
  }

  /** A run takes the place of its own earlier state. */
  async #keep(name: string, run: BatchRun): Promise<void> {
    const others = this.runs(name).filter(({ rowsAtMs }) => rowsAtMs !== run.rowsAtMs);
    // An app without events has nothing to compute: such runs are no history.
    const isEmpty = run.state === "published" && run.tenants === 0;
    if (isEmpty) this.#emptyAtMs.set(name, this.#tenon.clock.nowMs());
    const runs = isEmpty ? others : [run, ...others];
    this.#runs.set(name, runs.slice(0, limit.batchRunsKept));
    await saveRuns(this.#tenon.metadata, name, runs);
  }

  /** The online store keeps rows that a read can reach. */
  #keepRows(): void {
    const { plan } = this.#tenon.build.app;
    const horizonMs = this.#tenon.clock.nowMs() - travelMs;
    const from = batchSets(plan).map(({ name, batch, columns }): [string, number] => [
      plan.lanes[columns[0].lane].id,
      // A row is valid at its time: it stands in the window that ends there.
      keepRowsFromMs(batch, this.runs(name), horizonMs) - runWindowMs,
    ]);
    this.#tenon.applier.keepFrom(Object.fromEntries(from));
  }

  #tellLate(set: BatchSet, nowMs: number): void {
    const late = isLate(set.batch, this.runs(set.name), nowMs);
    if (late === this.#late.has(set.name)) return;
    if (!late) {
      this.#late.delete(set.name);
      return;
    }
    this.#late.add(set.name);
    this.#tenon.logger.warn({ batch: set.name }, "a batch is late: its schedule has passed and no run was published");
    void this.#tenon.metadata.addAudit({
      atMs: nowMs,
      kind: "batch.late",
      text: `${set.name} was not published in time`,
    });
  }
}
