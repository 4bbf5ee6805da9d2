import type { Worker } from "node:worker_threads";
import { TenonError } from "../base/error.ts";
import { startWorker } from "../base/worker.ts";
import type { Plan } from "../plan/plan.ts";
import type { ApplierControl, WorkerCatalogue } from "../ports/workers.ts";
import type { ApplierState } from "../service/materialize/applier.ts";
import type { ApplierReport, ApplierRequest, ApplierWorkerData } from "./applier-worker.ts";

/** Between a failure of the worker and its successor. */
const restartMs = 500;

/** The request thread's side of the applier worker. */
export class ApplierThread implements ApplierControl {
  #worker: Worker;
  #data: ApplierWorkerData;
  readonly #applied: BigInt64Array<SharedArrayBuffer>;
  readonly #onError: (error: Error) => void;
  #filling: Readonly<Record<string, number>> = {};
  #costs: ApplierReport["costs"] = {};
  #onFilling: (laneIds: readonly string[]) => void = () => {};
  #closing = false;
  #spawned = 0;
  #exited: Promise<void> = Promise.resolve();

  private constructor(data: ApplierWorkerData, onError: (error: Error) => void) {
    this.#applied = new BigInt64Array(data.applied);
    this.#data = data;
    this.#onError = onError;
    this.#worker = this.#spawn();
  }

  /**
   * Starts the worker; it has told what it is filling when this answers.
   * @throws data.corrupt where the store has what the log has not
   */
  static async start(
    data: Omit<ApplierWorkerData, "applied" | "planNumber">,
    onError: (error: Error) => void,
  ): Promise<ApplierThread> {
    const applier = new ApplierThread({ ...data, applied: new SharedArrayBuffer(16), planNumber: 0 }, onError);
    const { main } = await new Promise<ApplierState>((resolve, reject) => {
      applier.#worker.once("error", reject);
      applier.#worker.once("message", resolve);
    });
    const logged = Number(Atomics.load(new BigInt64Array(data.committed), 0));
    if (main <= logged) return applier;
    await applier.close();
    throw new TenonError(
      "data.corrupt",
      `the online store has taken position ${main}, and the log ends at ${logged}: a log that was put back needs a store made anew`,
    );
  }

  /** The store says where to go on: a worker that failed is replaced, and requests are answered meanwhile. */
  #spawn(): Worker {
    this.#spawned++;
    const worker = startWorker(import.meta.url, "applier-worker", this.#data);
    worker.on("message", (state: ApplierReport) => {
      if (state.planNumber !== this.#data.planNumber) return;
      this.#filling = state.filling;
      this.#costs = state.costs;
      this.#onFilling(Object.keys(state.filling));
    });
    worker.on("error", (error) => {
      this.#onError(error instanceof Error ? error : new Error(String(error)));
      if (!this.#closing) setTimeout(() => this.#respawn(), restartMs);
    });
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    return worker;
  }

  #respawn(): void {
    if (!this.#closing) this.#worker = this.#spawn();
  }

  get appliedSeq(): number {
    return Number(Atomics.load(this.#applied, 0));
  }

  /** How often the online store has changed: a replaced worker counts anew, so workers are counted too. */
  get commits(): number {
    return Number(Atomics.load(this.#applied, 1)) * 4_096 + this.#spawned;
  }

  get filling(): Readonly<Record<string, number>> {
    return this.#filling;
  }

  get costs(): ApplierReport["costs"] {
    return this.#costs;
  }

  onFilling(listener: (laneIds: readonly string[]) => void): void {
    this.#onFilling = listener;
  }

  setPlans(plans: readonly Plan[], catalogue: WorkerCatalogue): void {
    const planNumber = this.#data.planNumber + 1;
    this.#data = { ...this.#data, plans, catalogue, planNumber };
    this.#send({ kind: "plans", plans, catalogue, planNumber });
  }

  drop(tenants: readonly number[], laneIds: readonly string[]): void {
    this.#send({ kind: "drop", tenants, laneIds });
  }

  keepFrom(laneTimes: Readonly<Record<string, number>>): void {
    this.#send({ kind: "keep", laneTimes });
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
    this.#closing = true;
    this.#send({ kind: "close" });
    await this.#exited;
  }

  #send(request: ApplierRequest): void {
    this.#worker.postMessage(request);
  }
}
