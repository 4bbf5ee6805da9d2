import { TenonError } from "../../base/error.ts";
import type { Logger } from "../../base/log.ts";
import type { VendorPlan } from "../../plan/runtime-plan.ts";
import type { MetadataStore } from "../../ports/metadata-store.ts";
import type { ModelUsage } from "../../ports/model-runtime.ts";

interface Spent {
  readonly period: string;
  micros: number;
  isSaving: boolean;
}

export interface SpendingParts {
  readonly metadata: Pick<MetadataStore, "setting" | "setSetting">;
  readonly machineNowMs: () => number;
  readonly logger: Logger;
}

/** Since the start, of all tenants. */
export interface SpendingTotals {
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
}

/**
 * What a model costs, by tenant and period of UTC, and the cap of it. It is kept over restarts; what a crash takes of it is
 * what was spent in the moment before. Calls that are under way when the cap is reached are still paid for.
 */
export class Spending {
  readonly totals: SpendingTotals = { inputTokens: 0, outputTokens: 0, costMicros: 0 };
  readonly #model: string;
  readonly #cap: VendorPlan["cap"];
  readonly #parts: SpendingParts;
  readonly #byTenant = new Map<number, Promise<Spent>>();

  constructor(model: string, cap: VendorPlan["cap"], parts: SpendingParts) {
    this.#model = model;
    this.#cap = cap;
    this.#parts = parts;
  }

  /** @throws model.capped where the tenant has spent what it may in this period */
  async check(tenant: number): Promise<void> {
    if (this.#cap === undefined) return;
    const { micros } = await this.#of(tenant);
    if (micros < this.#cap.micros) return;
    const dollars = this.#cap.micros / 1_000_000;
    throw new TenonError(
      "model.capped",
      `"${this.#model}" has cost the tenant $${dollars} this ${this.#cap.per}, which is all it may`,
    );
  }

  add(tenant: number, { inputTokens, outputTokens, costMicros }: ModelUsage): void {
    this.totals.inputTokens += inputTokens;
    this.totals.outputTokens += outputTokens;
    this.totals.costMicros += costMicros;
    if (this.#cap === undefined || costMicros === 0) return;
    void this.#of(tenant).then((spent) => {
      spent.micros += costMicros;
      this.#save(tenant, spent);
    });
  }

  #of(tenant: number): Promise<Spent> {
    const day = new Date(this.#parts.machineNowMs()).toISOString();
    const period = this.#cap?.per === "month" ? day.slice(0, 7) : day.slice(0, 10);
    const known = this.#byTenant.get(tenant) ?? this.#load(tenant);
    const present = known.then((spent) => {
      if (spent.period === period) return spent;
      const begun: Spent = { period, micros: 0, isSaving: false };
      this.#byTenant.set(tenant, Promise.resolve(begun));
      return begun;
    });
    if (!this.#byTenant.has(tenant)) this.#byTenant.set(tenant, known);
    return present;
  }

  #settingOf(tenant: number): string {
    return `spent ${this.#model} ${tenant}`;
  }

  async #load(tenant: number): Promise<Spent> {
    const [period = "", micros = "0"] = ((await this.#parts.metadata.setting(this.#settingOf(tenant))) ?? "").split(
      " ",
    );
    return { period, micros: Number(micros), isSaving: false };
  }

  /** One write at a time, of the newest sum. */
  #save(tenant: number, spent: Spent): void {
    if (spent.isSaving) return;
    spent.isSaving = true;
    const saved = spent.micros;
    this.#parts.metadata.setSetting(this.#settingOf(tenant), `${spent.period} ${saved}`).then(
      () => {
        spent.isSaving = false;
        if (spent.micros !== saved) this.#save(tenant, spent);
      },
      (thrown: Error) => {
        spent.isSaving = false;
        this.#parts.logger.error({ model: this.#model, error: thrown.message }, "what was spent could not be kept");
      },
    );
  }
}
