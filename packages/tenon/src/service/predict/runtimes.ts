import type { Logger } from "../../base/log.ts";
import type { Random } from "../../base/random.ts";
import type { Plan } from "../../plan/plan.ts";
import type { RuntimePlan } from "../../plan/runtime-plan.ts";
import type { ModelRuntime } from "../../ports/model-runtime.ts";
import { RuntimeModel } from "./runtime-model.ts";
import type { SpendingParts } from "./spending.ts";

export interface RuntimesParts {
  readonly openRuntime: (plan: RuntimePlan) => ModelRuntime;
  readonly metadata: SpendingParts["metadata"];
  readonly machineNowMs: () => number;
  readonly random: Random;
  readonly logger: Logger;
}

/** The models of a plan that runtimes answer for, by their names. */
export type RuntimeModels = ReadonlyMap<string, RuntimeModel>;

/** Keeps one model for each definition that serves: a build that changes nothing of it goes on with the same. */
export class Runtimes {
  readonly #parts: RuntimesParts;
  /** By the definition's name and fingerprint. */
  #models = new Map<string, RuntimeModel>();

  constructor(parts: RuntimesParts) {
    this.#parts = parts;
  }

  get models(): Iterable<RuntimeModel> {
    return this.#models.values();
  }

  /** The plan's models, begun where they are new. Those that it does not need any more are let go with `release`. */
  follow(plan: Plan): { readonly models: RuntimeModels; readonly release: () => Promise<void> } {
    const before = this.#models;
    const [models, kept] = [new Map<string, RuntimeModel>(), new Map<string, RuntimeModel>()];
    for (const model of plan.models) {
      if (model.source !== "pretrained" || model.runtime === undefined) continue;
      const { runtime } = model;
      const key = `${model.name} ${model.fingerprint}`;
      const open = (): ModelRuntime => this.#parts.openRuntime(runtime);
      const one = before.get(key) ?? new RuntimeModel(model, { ...this.#parts, open });
      models.set(model.name, one);
      kept.set(key, one);
    }
    this.#models = kept;
    const gone = [...before].filter(([key]) => !kept.has(key));
    const release = async (): Promise<void> => {
      await Promise.all(gone.map(([, model]) => model.close()));
    };
    return { models, release };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#models.values()].map((model) => model.close()));
  }
}
