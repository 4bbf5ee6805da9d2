import { TenonError } from "../base/error.ts";
import { RemoteRuntime } from "../drivers/oip/remote-runtime.ts";
import type { RuntimePlan, SettingPlans } from "../plan/runtime-plan.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";

/** Opens what runs pretrained models. @throws secret.missing */
export function openRuntimes(o: {
  readonly environment: NodeJS.ProcessEnv;
  readonly nowMs: () => number;
}): (plan: RuntimePlan) => ModelRuntime {
  return (plan) => {
    switch (plan.kind) {
      case "remote":
        return new RemoteRuntime({ ...plan, headers: settingsOf(plan.headers, o.environment), nowMs: o.nowMs });
      default:
        throw new TenonError("model.unloadable", `no driver for ${plan.kind}`);
    }
  };
}

function settingsOf(settings: SettingPlans, environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => {
      if ("text" in setting) return [name, setting.text];
      const value = environment[setting.secret];
      if (value !== undefined) return [name, value];
      throw new TenonError("secret.missing", `the environment has no ${setting.secret}`);
    }),
  );
}
