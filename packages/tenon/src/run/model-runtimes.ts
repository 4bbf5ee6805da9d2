import { TenonError } from "../base/error.ts";
import type { RuntimePlan } from "../plan/runtime-plan.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";

/** Opens what runs pretrained models. */
export function openRuntimes(): (plan: RuntimePlan) => ModelRuntime {
  return (plan) => {
    throw new TenonError("model.unloadable", `no driver for ${plan.kind}`);
  };
}
