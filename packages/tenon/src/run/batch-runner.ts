import type { Worker } from "node:worker_threads";
import { formatDurationMs } from "../base/duration.ts";
import { isErrorCode, TenonError } from "../base/error.ts";
import { startWorker } from "../base/worker.ts";
import type { LogItem } from "../ports/event-log.ts";
import type { BatchComputed, BatchRequest, BatchRunner } from "../ports/workers.ts";
import type { BatchMessage, BatchWorkerData } from "./batch-worker.ts";
import type { LogPlaces } from "./whole-log.ts";

/** Computes a batch in a worker thread that ends with it, or with its time. */
export class BatchThreads implements BatchRunner {
  readonly #places: LogPlaces;
  readonly #buildsDir: string;
  readonly #workers = new Set<Worker>();

  constructor(o: { places: LogPlaces; buildsDir: string }) {
    this.#places = o.places;
    this.#buildsDir = o.buildsDir;
  }

  async compute(
    request: BatchRequest,
    take: (items: readonly LogItem[]) => Promise<void>,
    onProgress: (step: string, done: number) => void,
  ): Promise<BatchComputed> {
    const workerData: BatchWorkerData = { places: this.#places, buildsDir: this.#buildsDir, request };
    const worker = startWorker(import.meta.url, "batch-worker", workerData);
    this.#workers.add(worker);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<BatchComputed>((resolve, reject) => {
        timer = setTimeout(
          () =>
            reject(
              new TenonError(
                "batch.time",
                `"${request.batch}" took longer than ${formatDurationMs(request.timeLimitMs)}`,
              ),
            ),
          request.timeLimitMs,
        );
        worker.on("error", reject);
        worker.on("exit", () => reject(new TenonError("internal", "the thread of a batch ended")));
        worker.on("message", (message: BatchMessage) => {
          if (message.kind === "progress") onProgress(message.step, message.done);
          else if (message.kind === "part") take(message.items).then(() => worker.postMessage("taken"), reject);
          else if (message.kind === "done") resolve(message.computed);
          else reject(new TenonError(isErrorCode(message.code) ? message.code : "internal", message.message));
        });
      });
    } finally {
      clearTimeout(timer);
      this.#workers.delete(worker);
      await worker.terminate();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }
}
