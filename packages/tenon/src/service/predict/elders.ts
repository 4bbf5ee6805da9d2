import { messageOf } from "../../base/error.ts";
import type { Logger } from "../../base/log.ts";
import { changedInputs, inputMeanings } from "../../plan/input-meaning.ts";
import type { CompiledApp, Plan } from "../../plan/plan.ts";
import type { Registry } from "../learn/registry.ts";
import type { Serving } from "./serving.ts";
import type { PredictorParts } from "./version-inputs.ts";

export interface EldersParts {
  readonly registry: Registry;
  readonly readBuild: (id: string) => Promise<CompiledApp>;
  readonly serve: (id: string, app: CompiledApp) => Serving;
  readonly logger: Logger;
}

/**
 * Builds that stand beside the one that serves: each is the own build of a live version whose inputs the present one
 * computes otherwise, or no longer. It stays until no live version needs it.
 */
export class Elders {
  readonly #parts: EldersParts;
  readonly #builds = new Map<string, Serving>();

  constructor(parts: EldersParts) {
    this.#parts = parts;
  }

  get plans(): readonly Plan[] {
    return [...this.#builds.values()].map(({ app }) => app.plan);
  }

  /** What serves by a build, where it stands beside. */
  parts(build: string | undefined): PredictorParts | undefined {
    return build === undefined ? undefined : this.#builds.get(build)?.parts;
  }

  /** The builds that live versions need beside this plan. What is not needed any more is let go with `release`. */
  async follow(plan: Plan, build: string): Promise<{ readonly isChanged: boolean; readonly release: () => void }> {
    const needed = this.#needed(plan).filter((id) => id !== build);
    const gone = [...this.#builds.keys()].filter((id) => !needed.includes(id));
    let isChanged = gone.length > 0;
    for (const id of needed) {
      if (this.#builds.has(id)) continue;
      try {
        this.#builds.set(id, this.#parts.serve(id, await this.#parts.readBuild(id)));
        isChanged = true;
      } catch (thrown) {
        // Its fallback answers, and says why.
        this.#parts.logger.error(
          { build: id, error: messageOf(thrown) },
          "the own build of a live version cannot be read",
        );
      }
    }
    const released = gone.flatMap((id) => this.#builds.get(id) ?? []);
    for (const id of gone) this.#builds.delete(id);
    const release = (): void => {
      for (const { online } of released) online.close();
    };
    return { isChanged, release };
  }

  close(): void {
    for (const { online } of this.#builds.values()) online.close();
    this.#builds.clear();
  }

  #needed(plan: Plan): readonly string[] {
    const { registry } = this.#parts;
    const builds = plan.models.flatMap((model) => {
      const live = model.source === "trained" ? registry.live(model.name) : undefined;
      if (live === undefined || model.source !== "trained") return [];
      const { inputs, build } = registry.version(model.name, live.version);
      return inputs !== undefined && changedInputs(inputs, inputMeanings(plan, model)).length > 0 ? [build] : [];
    });
    return [...new Set(builds)];
  }
}
