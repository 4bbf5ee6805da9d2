import { messageOf } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Logger } from "../../base/log.ts";
import type { EventLog } from "../../ports/event-log.ts";
import type { MetadataStore } from "../../ports/metadata-store.ts";
import type { ConsistencyChecker, ConsistencyRequest, ConsistencyRound, LoggedMismatch } from "../../ports/workers.ts";

/** Between two rounds, at least. */
const roundMs = 15_000;
/** Of the time, at most this share is spent on rounds: each reads the whole log. */
const dutyShare = 0.05;
/** Where the rounds stand, among the settings. */
const checkpoint = "consistency";

export interface FoundMismatch extends LoggedMismatch {
  readonly foundAtMs: number;
}

/** What was recomputed of one tenant since the start. */
export interface ConsistencyTally {
  predictions: number;
  values: number;
  mismatches: number;
}

export interface ConsistencyParts {
  /** Absent where logged predictions are not recomputed. */
  readonly checker: ConsistencyChecker | undefined;
  readonly metadata: MetadataStore;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly machineNowMs: () => number;
  readonly served: () => Pick<ConsistencyRequest, "buildId" | "catalogue">;
}

/** Recomputes a sample of logged predictions from the log's events, round by round, and keeps what does not agree. */
export class Consistency {
  readonly #parts: ConsistencyParts;
  readonly #tallies = new Map<number, ConsistencyTally>();
  readonly #mismatches: FoundMismatch[] = [];
  #seq: number | undefined;
  #tests = 0;
  #nextMs: number;
  #madeAfterMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #lastRoundAtMs: number | null = null;

  constructor(parts: ConsistencyParts) {
    this.#parts = parts;
    this.#nextMs = parts.machineNowMs() + roundMs;
  }

  get isOn(): boolean {
    return this.#parts.checker !== undefined;
  }

  /** When a round ended last, by the app clock. */
  get lastRoundAtMs(): number | null {
    return this.#lastRoundAtMs;
  }

  of(tenant: number): Readonly<ConsistencyTally> {
    return this.#tallies.get(tenant) ?? { predictions: 0, values: 0, mismatches: 0 };
  }

  /** The mismatches of a tenant that are kept, newest first. */
  mismatches(tenant: number): readonly FoundMismatch[] {
    return this.#mismatches.filter((mismatch) => mismatch.tenant === tenant).reverse();
  }

  /** Lanes are being filled, or were until now: what is predicted at this time is not recomputed. */
  passOver(): void {
    this.#madeAfterMs = this.#parts.nowMs() + 1;
  }

  /** Once a second: begins a round where one is due. */
  tick(): void {
    if (this.isOn && this.#parts.machineNowMs() >= this.#nextMs) void this.round();
  }

  /** Recomputes some of what was logged since the last round; one round at a time. */
  round(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #round(): Promise<void> {
    const { checker, log, logger, machineNowMs, served } = this.#parts;
    if (checker === undefined) return;
    const startedMs = machineNowMs();
    try {
      const afterSeq = await this.#checkpoint();
      const seqMax = log.lastSeq;
      if (seqMax > afterSeq) {
        const testsMax = Math.min(1, limit.consistencyTestsMax - this.#tests);
        this.#take(await checker.check({ ...served(), afterSeq, seqMax, madeAfterMs: this.#madeAfterMs, testsMax }));
        this.#seq = seqMax;
        await this.#parts.metadata.setSetting(checkpoint, String(seqMax));
      }
      this.#lastRoundAtMs = this.#parts.nowMs();
    } catch (thrown) {
      logger.error({ error: messageOf(thrown) }, "logged predictions could not be recomputed");
    }
    const tookMs = machineNowMs() - startedMs;
    this.#nextMs = machineNowMs() + Math.max(roundMs, tookMs / dutyShare);
  }

  /** Where the last round ended, also before a restart. */
  async #checkpoint(): Promise<number> {
    if (this.#seq !== undefined) return this.#seq;
    const stored = await this.#parts.metadata.setting(checkpoint);
    return Number(stored ?? 0);
  }

  #take({ checked, mismatches }: ConsistencyRound): void {
    for (const [tenant, { predictions, values }] of Object.entries(checked)) {
      const tally = this.#tally(Number(tenant));
      tally.predictions += predictions;
      tally.values += values;
    }
    for (const mismatch of mismatches) {
      this.#tally(mismatch.tenant).mismatches++;
      if (mismatch.test !== null) this.#tests++;
      this.#mismatches.push({ ...mismatch, foundAtMs: this.#parts.nowMs() });
      const { prediction, id, column, test } = mismatch;
      this.#parts.logger.error({ prediction, id, column, test }, "a logged feature is not what its events say");
    }
    this.#mismatches.splice(0, this.#mismatches.length - limit.consistencyMismatchesKept);
  }

  #tally(tenant: number): ConsistencyTally {
    const tally = this.#tallies.get(tenant) ?? { predictions: 0, values: 0, mismatches: 0 };
    this.#tallies.set(tenant, tally);
    return tally;
  }

  /** Ends a round that is under way: its part of the log is looked at again after the next start. */
  async close(): Promise<void> {
    await this.#parts.checker?.close();
    await this.#running;
  }
}
