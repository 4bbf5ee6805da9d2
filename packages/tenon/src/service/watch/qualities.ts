import { setImmediate } from "node:timers/promises";
import { messageOf } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Logger } from "../../base/log.ts";
import type { Plan } from "../../plan/plan.ts";
import type { EventLog, LogEntry } from "../../ports/event-log.ts";
import type { MetadataStore } from "../../ports/metadata-store.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import type { WorkerCatalogue } from "../../ports/workers.ts";
import { decodePrediction, type PredictionRecord, predictionTopic } from "../predict/prediction-record.ts";
import { LiveQuality } from "./live-quality.ts";

/** Logged predictions read at a time: a call of the log, and a turn of the request thread. */
const readMax = 500;

export interface QualitiesParts {
  readonly log: EventLog;
  readonly metadata: MetadataStore;
  readonly logger: Logger;
}

/** The live quality of every prediction whose label can be joined; a restart reads it back from the prediction log. */
export class Qualities {
  readonly #parts: QualitiesParts;
  #list: readonly LiveQuality[] = [];
  #restoring: Promise<void> = Promise.resolve();
  #closing = false;
  #looked = { seq: 0, atMs: Number.NEGATIVE_INFINITY };

  constructor(parts: QualitiesParts) {
    this.#parts = parts;
  }

  get list(): readonly LiveQuality[] {
    return this.#list;
  }

  /** Keeps what is known of a label that stays the same, and reads the rest back in the background. */
  setPlan(plan: Plan, catalogue: WorkerCatalogue): void {
    const kept = this.#list;
    this.#list = plan.predictions.flatMap((prediction) => {
      const model = plan.models.find((candidate) => candidate.name === prediction.model);
      const label = plan.labels.find((candidate) => model?.source === "trained" && candidate.name === model.label);
      if (label === undefined || label.excludesExample) return [];
      const known = kept.find((quality) => quality.prediction === prediction.name);
      if (known !== undefined && JSON.stringify(known.label) === JSON.stringify(label)) return [known];
      return [new LiveQuality(prediction.name, prediction.model, label, plan)];
    });
    const fresh = this.#list.filter((quality) => !kept.includes(quality));
    const seqMax = this.#parts.log.lastSeq;
    this.#restoring = this.#restoring.then(() => this.#restore(fresh, catalogue, seqMax));
  }

  add(tenant: number, record: PredictionRecord, atMs: number): void {
    for (const quality of this.#list) if (quality.prediction === record.prediction) quality.add(tenant, record, atMs);
  }

  /** Takes the labels that were final at the tick before, once the online store has all that was logged by then. */
  tick(online: OnlineReader, appliedSeq: number, nowMs: number): void {
    const { seq, atMs } = this.#looked;
    if (appliedSeq < seq) return;
    for (const quality of this.#list) quality.tick(online, atMs);
    this.#looked = { seq: this.#parts.log.lastSeq, atMs: nowMs };
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#restoring;
  }

  async #restore(fresh: readonly LiveQuality[], catalogue: WorkerCatalogue, seqMax: number): Promise<void> {
    try {
      const tenants = [...(await this.#parts.metadata.tenants()).values()];
      const countMax = Math.ceil(limit.labelledMax / Math.max(1, tenants.length));
      for (const quality of fresh)
        for (const tenant of tenants) {
          const topic = catalogue.topics[predictionTopic(quality.prediction)];
          await this.#restoreOne(quality, tenant, topic, { seqMax, countMax });
        }
    } catch (thrown) {
      this.#parts.logger.error({ error: messageOf(thrown) }, "the live quality of before could not be read back");
    }
  }

  /** Up to `countMax` of a tenant's newest predictions, oldest first. */
  async #restoreOne(
    quality: LiveQuality,
    tenant: number,
    topic: number,
    o: { readonly seqMax: number; readonly countMax: number },
  ): Promise<void> {
    const batches: (readonly LogEntry[])[] = [];
    for (let before = o.seqMax + 1, count = 0; count < o.countMax && !this.#closing; ) {
      const entries = await this.#parts.log.newest(tenant, topic, readMax, before);
      if (entries.length === 0) break;
      batches.push(entries);
      count += entries.length;
      before = entries[entries.length - 1].seq;
    }
    for (const entries of batches.reverse()) {
      for (const { atMs, payload } of entries.toReversed()) quality.add(tenant, decodePrediction(payload), atMs);
      await setImmediate();
    }
  }
}
