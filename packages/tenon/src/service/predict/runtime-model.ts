import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Logger } from "../../base/log.ts";
import type { Random } from "../../base/random.ts";
import type { ColumnPlan, PretrainedModelPlan } from "../../plan/plan.ts";
import { modelValue, type StoredValue } from "../../plan/row-codec.ts";
import type { LoadedModel, ModelCall, ModelColumns, ModelRuntime, ModelValue } from "../../ports/model-runtime.ts";
import { Spending, type SpendingParts } from "./spending.ts";

type Output = Readonly<Record<string, unknown>>;

export interface RuntimeModelParts {
  /** Opens the runtime: what it names may be missing. */
  readonly open: () => ModelRuntime;
  readonly metadata: SpendingParts["metadata"];
  readonly machineNowMs: () => number;
  readonly random: Random;
  readonly logger: Logger;
}

/** What became of a row: its output or why it has none, and what it cost in millionths of a dollar. */
export interface RowAnswer {
  readonly output: Output | TenonError;
  readonly costMicros: number;
}

/** A model that a runtime answers for: it is loaded in the background, and tried again where that fails. */
export class RuntimeModel {
  readonly plan: PretrainedModelPlan;
  readonly spending: Spending;
  readonly #parts: RuntimeModelParts;
  readonly #closing = new AbortController();
  readonly #calls = new Set<Promise<unknown>>();
  #loaded: LoadedModel | undefined;
  #problem = "the model is being loaded";
  /** Settles when it was tried once. */
  readonly tried: Promise<void>;
  #isTried = false;

  constructor(plan: PretrainedModelPlan, parts: RuntimeModelParts) {
    this.plan = plan;
    this.#parts = parts;
    const cap = plan.runtime?.kind === "vendor" ? plan.runtime.cap : undefined;
    this.spending = new Spending(plan.name, cap, parts);
    this.tried = this.#load().finally(() => {
      this.#isTried = true;
      if (this.#loaded === undefined) void this.#tryAgain();
    });
  }

  get isTried(): boolean {
    return this.#isTried;
  }

  /** Why it does not answer; undefined where it does. */
  get problem(): string | undefined {
    return this.#loaded === undefined ? this.#problem : undefined;
  }

  /** Of what answers; undefined until it is loaded. */
  get digest(): string | undefined {
    return this.#loaded?.digest;
  }

  /** Its answers have to be waited for. */
  get answersLater(): boolean {
    return this.#loaded !== undefined && this.#loaded.predictNow === undefined;
  }

  /**
   * Answers for one row, at once.
   * @throws model.unloadable where it is not loaded, model.failed
   */
  answerNow(values: readonly StoredValue[]): Output {
    const loaded = this.#ready();
    if (loaded.predictNow === undefined) throw new TenonError("internal", "its answers have to be waited for");
    const columns = loaded.predictNow(this.#columnsOf([values]), 1);
    return this.#outputOf(columns, 0);
  }

  /**
   * Answers for many rows of a tenant, in their order: for each also where the call fails.
   */
  async answerLater(
    tenant: number,
    rows: readonly (readonly StoredValue[])[],
    signal: AbortSignal,
  ): Promise<readonly RowAnswer[]> {
    const costs = new Float64Array(rows.length);
    const failed = new Map<number, TenonError>();
    const spent: ModelCall["spent"] = (first, count, usage) => {
      this.spending.add(tenant, usage);
      for (let row = first; row < first + count; row++) costs[row] += usage.costMicros / count;
    };
    const rowFailed: ModelCall["rowFailed"] = (row, error) => failed.set(row, error);
    try {
      const columns = await this.#asked(tenant, rows, { signal, spent, rowFailed });
      return rows.map((_, row) => ({
        output: failed.get(row) ?? this.#outputOf(columns, row),
        costMicros: costs[row],
      }));
    } catch (thrown) {
      const error = thrown instanceof TenonError ? thrown : new TenonError("model.failed", messageOf(thrown));
      return rows.map((_, row) => ({ output: error, costMicros: costs[row] }));
    }
  }

  async #asked(tenant: number, rows: readonly (readonly StoredValue[])[], how: ModelCall): Promise<ModelColumns> {
    const loaded = this.#ready();
    await this.spending.check(tenant);
    const call = loaded.predict(this.#columnsOf(rows), rows.length, how);
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Lets calls that are under way end, and then the runtime go. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.tried;
    await Promise.allSettled(this.#calls);
    const loaded = this.#loaded;
    this.#loaded = undefined;
    this.#problem = "the model is closed";
    await loaded?.close();
  }

  #ready(): LoadedModel {
    if (this.#loaded === undefined) throw new TenonError("model.unloadable", this.#problem);
    return this.#loaded;
  }

  async #load(): Promise<void> {
    const { name, spine, output } = this.plan;
    try {
      this.#loaded = await this.#parts.open().load({ name, input: spine.columns, output });
      this.#parts.logger.info({ model: name, digest: this.#loaded.digest }, "the model is loaded");
    } catch (thrown) {
      this.#problem = `the model cannot be loaded: ${messageOf(thrown)}`.slice(0, 500);
      this.#parts.logger.error(
        { model: name, error: messageOf(thrown) },
        "the model cannot be loaded; it is tried again",
      );
    }
  }

  async #tryAgain(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; this.#loaded === undefined && !signal.aborted; failures++) {
      const waitMs = Math.min(limit.modelRetryMsMax, 1_000 * 2 ** Math.min(failures, 20));
      try {
        await sleep(waitMs * (0.5 + this.#parts.random() / 2), undefined, { signal, ref: false });
      } catch {
        return;
      }
      await this.#load();
    }
    // Closed meanwhile: nobody else lets it go.
    if (signal.aborted && this.#loaded !== undefined) await this.#loaded.close();
  }

  #columnsOf(rows: readonly (readonly StoredValue[])[]): ModelColumns {
    return this.plan.spine.columns.map((column, place) => rows.map((values) => modelValue(column, values[place])));
  }

  #outputOf(columns: ModelColumns, row: number): Output {
    return Object.fromEntries(
      this.plan.output.map((column, place) => [column.name, shownValue(column, columns[place]?.[row] ?? null)]),
    );
  }
}

const shownValue = (column: ColumnPlan, value: ModelValue): unknown =>
  column.type === "time" && typeof value === "number" ? new Date(value) : value;
