import { execFile } from "node:child_process";
import type { Worker } from "node:worker_threads";
import { isErrorCode, TenonError } from "../base/error.ts";
import { startWorker } from "../base/worker.ts";
import type { SnapshotStore } from "../ports/snapshot-store.ts";
import type { Learned, LearnProgress, LearnRequest, LearnRunner, SnapshotManifest } from "../ports/workers.ts";
import type { TrainedModel } from "../service/learn/train-model.ts";
import type { LearnerMessage, LearnerWorkerData } from "./learner-worker.ts";
import type { LogPlaces } from "./whole-log.ts";

/** Trains in a worker thread that ends with its run. */
export class LearnerThread implements LearnRunner<TrainedModel> {
  readonly #places: LogPlaces;
  readonly #buildsDir: string;
  readonly #snapshots: SnapshotStore;
  readonly #workers = new Set<Worker>();

  constructor(o: { places: LogPlaces; buildsDir: string; snapshots: SnapshotStore }) {
    this.#places = o.places;
    this.#buildsDir = o.buildsDir;
    this.#snapshots = o.snapshots;
  }

  async learn(request: LearnRequest, onProgress: (progress: LearnProgress) => void): Promise<Learned<TrainedModel>> {
    const workerData: LearnerWorkerData = {
      places: this.#places,
      buildsDir: this.#buildsDir,
      request,
      git: await gitState(),
    };
    const worker = startWorker(import.meta.url, "learner-worker", workerData);
    this.#workers.add(worker);
    try {
      return await this.#follow(worker, onProgress);
    } finally {
      this.#workers.delete(worker);
      await worker.terminate();
    }
  }

  #follow(worker: Worker, onProgress: (progress: LearnProgress) => void): Promise<Learned<TrainedModel>> {
    return new Promise((resolve, reject) => {
      let snapshot: Promise<string> = Promise.reject(new TenonError("internal", "a run ended without a snapshot"));
      snapshot.catch(() => {});
      worker.on("error", reject);
      let isDone = false;
      // The thread may end before the snapshot that it sent is on disk.
      worker.on("exit", () => {
        if (!isDone) reject(new TenonError("internal", "the training thread ended"));
      });
      worker.on("message", (message: LearnerMessage) => {
        switch (message.kind) {
          case "progress":
            onProgress(message.progress);
            break;
          case "snapshot":
            snapshot = this.#snapshots.write(message.columns, message.manifest);
            snapshot.catch(reject);
            break;
          case "done":
            isDone = true;
            snapshot.then((id) => resolve({ ...message.learned, snapshot: id }), reject);
            break;
          case "failed":
            reject(new TenonError(isErrorCode(message.code) ? message.code : "internal", message.message));
        }
      });
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }
}

/** The commit that the app runs from, where it is a git checkout. */
function gitState(): Promise<SnapshotManifest["git"]> {
  return new Promise((resolve) => {
    execFile("git", ["status", "--porcelain=v2", "--branch"], { timeout: 2_000 }, (error, stdout) => {
      const commit = /^# branch\.oid ([0-9a-f]{40})/m.exec(stdout)?.[1];
      if (error !== null || commit === undefined) resolve(null);
      else resolve({ commit, dirty: stdout.split("\n").some((line) => line !== "" && !line.startsWith("#")) });
    });
  });
}
