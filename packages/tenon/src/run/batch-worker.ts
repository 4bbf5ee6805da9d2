import { parentPort, workerData } from "node:worker_threads";
import { messageOf, TenonError } from "../base/error.ts";
import { DuckDbBatchEngine } from "../drivers/duckdb/batch-engine.ts";
import { readBuild } from "../plan/build.ts";
import type { LogItem } from "../ports/event-log.ts";
import type { BatchComputed, BatchRequest } from "../ports/workers.ts";
import { computeRuns } from "../service/batch/compute-runs.ts";
import { type LogPlaces, openWholeLog } from "./whole-log.ts";

export interface BatchWorkerData {
  readonly places: LogPlaces;
  readonly buildsDir: string;
  readonly request: BatchRequest;
}

export type BatchMessage =
  | { readonly kind: "progress"; readonly step: string; readonly done: number }
  /** Answered with any message once it was taken. */
  | { readonly kind: "part"; readonly items: readonly LogItem[] }
  | { readonly kind: "done"; readonly computed: BatchComputed }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

async function run({ places, buildsDir, request }: BatchWorkerData): Promise<void> {
  const port = parentPort!;
  const post = (message: BatchMessage): void => port.postMessage(message);
  const engine = new DuckDbBatchEngine({ tempDir: places.tempDir, memoryMbMax: request.memoryMb });
  const log = openWholeLog(places);
  try {
    const { plan } = await readBuild(buildsDir, request.buildId);
    const computed = await computeRuns(request, {
      plan,
      engine,
      log,
      send: (items) =>
        new Promise((resolve) => {
          port.once("message", () => resolve());
          post({ kind: "part", items });
        }),
      onProgress: (step, done) => post({ kind: "progress", step, done }),
    });
    post({ kind: "done", computed });
  } catch (thrown) {
    post({ kind: "failed", code: thrown instanceof TenonError ? thrown.code : "internal", message: messageOf(thrown) });
  } finally {
    log.close();
    await engine.close();
  }
}

await run(workerData);
