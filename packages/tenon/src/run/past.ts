import { TenonError } from "../base/error.ts";
import { startWorker } from "../base/worker.ts";
import type { PastAnswer, PastReader, PastRequest } from "../ports/workers.ts";
import type { PredictionRecord } from "../service/predict/prediction-record.ts";
import type { FeatureQuery } from "../service/predict/read-features.ts";
import type { PastWorkerData } from "./past-worker.ts";
import type { LogPlaces } from "./whole-log.ts";

/** Reads of the past under way at once: each reads the whole log. */
const readsMax = 2;

/** Reads the past in a worker thread that ends with its answer. */
export class PastThreads implements PastReader<FeatureQuery, PredictionRecord> {
  readonly #places: LogPlaces;
  readonly #buildsDir: string;
  #reads = 0;

  constructor(o: { places: LogPlaces; buildsDir: string }) {
    this.#places = o.places;
    this.#buildsDir = o.buildsDir;
  }

  async read<T>(request: PastRequest<FeatureQuery, PredictionRecord>): Promise<T> {
    if (this.#reads >= readsMax) {
      throw new TenonError("log.full", `${this.#reads} reads of the far past are under way already`, {
        retryAfterMs: 5_000,
      });
    }
    this.#reads++;
    const workerData: PastWorkerData = { places: this.#places, buildsDir: this.#buildsDir, request };
    const worker = startWorker(import.meta.url, "past-worker", workerData);
    try {
      return await new Promise<T>((resolve, reject) => {
        worker.once("message", (answer: PastAnswer<T>) => resolve(answer.value));
        worker.once("error", reject);
        worker.once("exit", () => reject(new TenonError("internal", "a read of the past ended without an answer")));
      });
    } finally {
      this.#reads--;
      await worker.terminate();
    }
  }
}
