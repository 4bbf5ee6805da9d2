import { Worker } from "node:worker_threads";

/** A worker of a module beside the caller's, as source or compiled, whichever the caller is. */
export function startWorker(callerUrl: string, name: string, workerData: unknown): Worker {
  const extension = callerUrl.endsWith(".ts") ? ".ts" : ".js";
  return new Worker(new URL(`./${name}${extension}`, callerUrl), { workerData, name });
}
