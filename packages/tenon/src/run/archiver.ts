import type { Worker } from "node:worker_threads";
import { TenonError } from "../base/error.ts";
import type { Logger } from "../base/log.ts";
import { startWorker } from "../base/worker.ts";
import type { ApplierControl } from "../ports/workers.ts";
import type { ArchiverMessage, ArchiverWorkerData } from "./archiver-worker.ts";
import type { LogPlaces } from "./whole-log.ts";

export interface ArchiverOptions {
  readonly places: LogPlaces;
  /** How long a day stays in the log once it is over: no shorter than the dedup horizon, which reads the log. */
  readonly keepHotMs: number;
  readonly applier: Pick<ApplierControl, "appliedSeq" | "filling">;
  readonly topics: () => Readonly<Record<string, number>>;
  /** Takes the days before a position out of the log. */
  readonly dropBefore: (seq: number) => Promise<void>;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** How often days are looked for, by the machine's clock. */
const everyMs = 3_600_000;

/** Moves closed days from the log to the archive, one at a time, in a thread that ends with its work. */
export class Archiver {
  readonly #options: ArchiverOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> | undefined;
  #worker: Worker | undefined;
  #closed = false;

  constructor(options: ArchiverOptions) {
    this.#options = options;
  }

  /** Looks now, and every hour. */
  start(): void {
    const look = (): void => {
      if (this.#running !== undefined) return;
      this.run().catch((error: Error) => {
        if (!this.#closed) this.#options.logger.error({ error: error.message }, "the archive got no further");
      });
    };
    look();
    this.#timer = setInterval(look, everyMs).unref();
  }

  /**
   * Archives what is due now, after a run that is under way; the days that went.
   * @throws data.corrupt, data.full
   */
  async run(): Promise<readonly string[]> {
    const before = this.#running;
    const running = (async () => {
      await before?.catch(() => {});
      return this.#runOnce();
    })();
    this.#running = running;
    try {
      return await running;
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  /** What is under way is begun anew at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#worker?.terminate();
    await this.#running?.catch(() => {});
  }

  async #runOnce(): Promise<readonly string[]> {
    if (this.#closed) return [];
    const { places, keepHotMs, applier, topics, nowMs } = this.#options;
    const appliedSeq = Math.min(applier.appliedSeq, ...Object.values(applier.filling));
    const workerData: ArchiverWorkerData = {
      ...places,
      endedBeforeMs: nowMs() - keepHotMs,
      appliedSeq,
      topics: topics(),
    };
    const worker = startWorker(import.meta.url, "archiver-worker", workerData);
    this.#worker = worker;
    try {
      return await this.#follow(worker);
    } finally {
      this.#worker = undefined;
      await worker.terminate();
    }
  }

  #follow(worker: Worker): Promise<readonly string[]> {
    const days: string[] = [];
    return new Promise((resolve, reject) => {
      worker.on("error", reject);
      worker.on("exit", () => reject(new TenonError("internal", "the archiving thread ended")));
      worker.on("message", (message: ArchiverMessage) => {
        switch (message.kind) {
          case "archived":
            days.push(message.day);
            this.#options.logger.info({ day: message.day, events: message.rows }, "day archived");
            this.#options.dropBefore(message.nextSeq).then(() => worker.postMessage("dropped"), reject);
            break;
          case "done":
            resolve(days);
            break;
          case "failed":
            reject(new TenonError(message.code, message.message));
        }
      });
    });
  }
}
