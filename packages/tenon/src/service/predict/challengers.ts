import { limit } from "../../base/limit.ts";
import type { Tenon } from "../tenon.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { PredictionRecord } from "./prediction-record.ts";
import type { Predicted, Predictor } from "./predictor.ts";

/** How long they hold the thread in one turn of the loop. */
const turnMs = 1;
/** How long they leave it where calls wait. */
const pauseMs = 10;
/** Of models whose answers have to be waited for: so many are asked at once. */
const underWayMax = 4;

interface Asked {
  readonly tenant: number;
  readonly answered: Predicted;
  readonly predictor: Predictor;
}

/** Where what the challengers of a prediction answered is logged. */
export const challengerTopic = (prediction: string): string => `challenger:${prediction}`;

/** The id of what a challenger answered beside a prediction. */
export const challengerId = (prediction: string, model: string): string => `${prediction}/${model}`;

/**
 * Asks the challengers of a prediction for rows that were answered, at the same time and position: after the answer, while
 * no call waits, and not at all where there is more than they can do.
 */
export class Challengers {
  readonly #tenon: Tenon;
  readonly #log: PredictionLog;
  #queue: Asked[] = [];
  #isRunning = false;
  /** Since the start. */
  readonly counts = { answered: 0, dropped: 0 };

  constructor(tenon: Tenon, log: PredictionLog) {
    this.#tenon = tenon;
    this.#log = log;
  }

  add(tenant: number, challengers: readonly Predictor[], answered: Predicted): void {
    for (const predictor of challengers) {
      if (this.#queue.length >= limit.challengersQueueMax) this.counts.dropped++;
      else this.#queue.push({ tenant, answered, predictor });
    }
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const untilMs = performance.now() + turnMs;
      while (this.#queue.length > 0 && !this.#tenon.bulkheads.areWaiting && performance.now() < untilMs) {
        const asked = this.#queue.splice(0, this.#queue[0]?.predictor.answersLater === true ? underWayMax : 1);
        await Promise.all(asked.map((one) => this.#ask(one)));
      }
      await new Promise((resolve) =>
        this.#tenon.bulkheads.areWaiting ? setTimeout(resolve, pauseMs).unref() : setImmediate(resolve),
      );
    }
    this.#isRunning = false;
  }

  async #ask({ tenant, answered, predictor }: Asked): Promise<void> {
    const { id, atMs, record } = answered;
    try {
      const signal = AbortSignal.timeout(predictor.plan.budgetMs);
      const made = predictor.replay(tenant, record, atMs, signal);
      const { record: own } = made instanceof Promise ? await made : made;
      const challenged: PredictionRecord = { ...own, variant: own.variant === "fallback" ? "fallback" : "challenger" };
      const topic = this.#tenon.catalogue.topics[challengerTopic(record.prediction)];
      this.#log.add(tenant, topic, { ...answered, id: challengerId(id, own.model), atMs, record: challenged });
      this.counts.answered++;
    } catch (thrown) {
      this.counts.dropped++;
      this.#tenon.logger.warn({ prediction: record.prediction, error: String(thrown) }, "a challenger was not asked");
    }
  }
}
