import type { Worker } from "node:worker_threads";
import { startWorker } from "../base/worker.ts";
import type { Plan } from "../plan/plan.ts";
import type { ApplierControl, WorkerCatalogue } from "../ports/workers.ts";
import type { ApplierState } from "../service/materialize/applier.ts";
import type { ApplierRequest, ApplierWorkerData } from "./applier-worker.ts";

/** The request thread's side of the applier worker. */
export class ApplierThread implements ApplierControl {
  readonly #worker: Worker;
  readonly #applied: BigInt64Array<SharedArrayBuffer>;
  #filling: Readonly<Record<string, number>> = {};
  #onFilling: (laneIds: readonly string[]) => void = () => {};
  readonly #exited: Promise<void>;

  private constructor(data: Omit<ApplierWorkerData, "applied">, onError: (error: Error) => void) {
    const applied = new SharedArrayBuffer(8);
    this.#applied = new BigInt64Array(applied);
    const workerData: ApplierWorkerData = { ...data, applied };
    this.#worker = startWorker(import.meta.url, "applier-worker", workerData);
    this.#worker.on("error", (error) => onError(error instanceof Error ? error : new Error(String(error))));
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
  }

  /** Starts the worker; it has told what it is filling when this answers. */
  static async start(data: Omit<ApplierWorkerData, "applied">, onError: (error: Error) => void): Promise<ApplierThread> {
    const applier = new ApplierThread(data, onError);
    await new Promise<void>((resolve, reject) => {
      applier.#worker.once("error", reject);
      applier.#worker.once("message", (state: ApplierState) => {
        applier.#filling = state.filling;
        resolve();
      });
    });
    applier.#worker.on("message", (state: ApplierState) => {
      applier.#filling = state.filling;
      applier.#onFilling(Object.keys(state.filling));
    });
    return applier;
  }

  get appliedSeq(): number {
    return Number(Atomics.load(this.#applied, 0));
  }

  get filling(): Readonly<Record<string, number>> {
    return this.#filling;
  }

  onFilling(listener: (laneIds: readonly string[]) => void): void {
    this.#onFilling = listener;
  }

  setPlan(plan: Plan, catalogue: WorkerCatalogue): void {
    this.#send({ kind: "plan", plan, catalogue });
  }

  drop(tenants: readonly number[], laneIds: readonly string[]): void {
    this.#send({ kind: "drop", tenants, laneIds });
  }

  async waitFor(seq: number, timeoutMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const seen = Atomics.load(this.#applied, 0);
      if (seen >= BigInt(seq)) return true;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return false;
      const waiting = Atomics.waitAsync(this.#applied, 0, seen, leftMs);
      if (waiting.async) await waiting.value;
    }
  }

  async close(): Promise<void> {
    this.#send({ kind: "close" });
    await this.#exited;
  }

  #send(request: ApplierRequest): void {
    this.#worker.postMessage(request);
  }
}
