import { setTimeout as wait } from "node:timers/promises";
import { messageOf, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Random } from "../../base/random.ts";
import type { EventPlan } from "../../plan/plan.ts";
import type { PostgresQueryPlan } from "../../plan/source-plan.ts";
import type { QueryRow, QuerySource } from "../../ports/query-source.ts";
import { beforeEverythingMs } from "../predict/coverage.ts";
import type { Tenon } from "../tenon.ts";
import { type PullCursor, readPullCursor, savePullCursor } from "./pull-cursor.ts";
import { type PullMode, PullRows } from "./pull-rows.ts";
import type { SourceTally } from "./source-tally.ts";

export interface PullParts {
  readonly tenon: Tenon;
  readonly event: EventPlan;
  readonly query: PostgresQueryPlan;
  readonly source: QuerySource;
  readonly tally: SourceTally;
  readonly random: Random;
}

/** Where a pull stands: it has not read yet, takes the history, follows what is new, or cannot read. */
export type PullState = "starting" | "history" | "live" | "failing";

/** At most this old is what the directory remembers of a pull that finds nothing. */
const savedMsMax = 60_000;
/** Beyond this, rows that were read before the app stood still may be past the dedup horizon, and are looked for. */
const doubtMs = 86_400_000;

/** Takes the rows of one event's query, again and again: a page is durable before the cursor is. */
export class Pull {
  readonly #parts: PullParts;
  readonly #rows: PullRows;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #cursor: PullCursor | undefined;
  state: PullState = "starting";
  error: TenonError | undefined;
  /** Times by the machine's clock: when the last pass that reached the end began and ended. */
  endReachedAtMs: number | undefined;
  upToDateAtMs: number | undefined;
  errors = 0;

  constructor(parts: PullParts) {
    this.#parts = parts;
    this.#rows = new PullRows(parts);
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    // A query that is under way ends with its connection.
    await this.#parts.source.close();
    await this.#running;
    await this.#parts.source.close();
  }

  async #run(): Promise<void> {
    const { query, random, tenon, event } = this.#parts;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      let waitMs = query.everyMs;
      try {
        await this.#pass(signal);
        if (this.error !== undefined) tenon.logger.info({ event: event.name }, "the source answers again");
        this.error = undefined;
        failures = 0;
      } catch (thrown) {
        if (signal.aborted) return;
        this.#failed(thrown, failures === 0);
        // Half of it at random: apps that lost one database do not come back at one moment.
        waitMs = Math.min(limit.sourceRetryMsMax, 1_000 * 2 ** Math.min(failures++, 20)) * (0.5 + random() / 2);
      }
      await wait(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  #failed(thrown: unknown, isFirst: boolean): void {
    const { tenon, event } = this.#parts;
    this.error = thrown instanceof TenonError ? thrown : new TenonError("internal", messageOf(thrown));
    this.state = "failing";
    this.errors++;
    // Once, and not with every retry.
    if (isFirst) tenon.logger.warn({ event: event.name, error: this.error.message }, "the source cannot be read");
  }

  /** Reads from the overlap before the cursor to the end. */
  async #pass(signal: AbortSignal): Promise<void> {
    const { tenon, event, query, source } = this.#parts;
    const beganAtMs = tenon.machineNowMs();
    this.#cursor ??= await readPullCursor(tenon.metadata, event.name, query.cursor);
    const before = this.#cursor;
    const mode = this.#mode(before);
    const isDoubtful = before !== undefined && tenon.clock.nowMs() - before.savedAtMs > doubtMs;
    this.#rows.begin(await tenon.metadata.tenants(), mode);
    let after: QueryRow | undefined;
    for (let newRows = 0; ; ) {
      const page = await source.page({ since: before?.value, after, rowsMax: limit.sourcePageRowsMax });
      this.state = mode === "history" ? "history" : "live";
      // What was durable when the cursor was not, is at most one page.
      await this.#rows.take(page, isDoubtful && newRows < limit.sourcePageRowsMax);
      const newest = page.findLast(({ isNew }) => isNew);
      newRows += page.filter(({ isNew }) => isNew).length;
      if (newest !== undefined) await this.#save({ value: newest.cursor, isLive: before?.isLive ?? false });
      after = page.at(-1);
      if (page.length < limit.sourcePageRowsMax) break;
      if (signal.aborted) return;
    }
    await this.#reachedEnd(mode, beganAtMs);
  }

  async #reachedEnd(mode: PullMode, beganAtMs: number): Promise<void> {
    const { tenon, event, query } = this.#parts;
    if (query.complete) {
      for (const tenant of this.#rows.touched) await tenon.declareWhole(tenant, event.name, beforeEverythingMs);
      this.#rows.touched.clear();
    }
    const isOld = tenon.clock.nowMs() - (this.#cursor?.savedAtMs ?? 0) > savedMsMax;
    if (mode !== "live" || isOld) await this.#save({ value: this.#cursor?.value, isLive: true });
    this.state = "live";
    this.upToDateAtMs = beganAtMs;
    this.endReachedAtMs = tenon.machineNowMs();
  }

  /** After a stop that was longer than events may be late, rows are not late: nobody asked for them. */
  #mode(cursor: PullCursor | undefined): PullMode {
    if (cursor === undefined || !cursor.isLive) return "history";
    return this.#parts.tenon.clock.nowMs() - cursor.savedAtMs > this.#parts.event.lateMs ? "outage" : "live";
  }

  async #save(o: Pick<PullCursor, "value" | "isLive">): Promise<void> {
    const { tenon, event, query } = this.#parts;
    const cursor = { ...o, column: query.cursor, savedAtMs: tenon.clock.nowMs() };
    await savePullCursor(tenon.metadata, event.name, cursor);
    this.#cursor = cursor;
  }
}
