import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Logger } from "../../base/log.ts";
import type { EventLog, LogItem } from "../../ports/event-log.ts";
import { encodePrediction } from "./prediction-record.ts";
import type { Predicted } from "./predictor.ts";

/** The longest that an answered prediction stays in memory alone: what a crash may lose of the log. */
export const lossWindowMs = 50;
/** Predictions of one batch. */
const batchMax = 1_000;

/** Logs predictions off the request path, in batches. What the log refuses is counted, never waited for. */
export class PredictionLog {
  readonly #log: EventLog;
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #queue: LogItem[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing = 0;
  #dropped = 0;

  constructor(log: EventLog, logger: Logger, nowMs: () => number) {
    this.#log = log;
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  /** Predictions that were answered and could not be logged. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @throws log.full where so many more would not be logged: a prediction without its record is not made */
  checkRoom(count: number): void {
    const waiting = this.#queue.length + this.#writing;
    if (waiting + count > limit.predictionQueueMax)
      throw new TenonError("log.full", `${waiting} predictions wait for the log already`, { retryAfterMs: 1_000 });
  }

  add(tenant: number, topic: number, predicted: Predicted): void {
    if (this.#queue.length + this.#writing >= limit.predictionQueueMax) {
      this.#dropped++;
      return;
    }
    this.#queue.push({
      tenant,
      topic,
      id: predicted.id,
      atMs: predicted.atMs,
      receivedAtMs: this.#nowMs(),
      imported: false,
      payload: encodePrediction(predicted.record),
    });
    if (this.#queue.length >= batchMax) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), lossWindowMs);
  }

  /** Everything that was added is on disk, or was counted as dropped. */
  async drain(): Promise<void> {
    this.#flush();
    while (this.#writing > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#queue;
    if (items.length === 0) return;
    this.#queue = [];
    this.#writing += items.length;
    this.#log
      .append(items)
      .catch((thrown: Error) => {
        this.#dropped += items.length;
        this.#logger.error({ error: thrown.message, count: items.length }, "predictions could not be logged");
      })
      .finally(() => {
        this.#writing -= items.length;
      });
  }
}
