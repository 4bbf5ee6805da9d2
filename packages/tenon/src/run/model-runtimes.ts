import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import type { Logger } from "../base/log.ts";
import type { Random } from "../base/random.ts";
import { ProcessRuntime } from "../drivers/oip/process-runtime.ts";
import { RemoteRuntime } from "../drivers/oip/remote-runtime.ts";
import { TreesRuntime } from "../drivers/trees/trees-runtime.ts";
import { VendorRuntime } from "../drivers/vendor/vendor-runtime.ts";
import type { RuntimePlan, SettingPlans } from "../plan/runtime-plan.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";

/** Beside this package's code, from its sources and when it is built. */
const pythonKit = fileURLToPath(new URL("../../python", import.meta.url));

/** Opens what runs pretrained models. @throws secret.missing */
export function openRuntimes(o: {
  readonly environment: NodeJS.ProcessEnv;
  /** The configuration's folder: what a plan names lies there. */
  readonly configDir: string;
  readonly nowMs: () => number;
  readonly random: Random;
  readonly logger: Logger;
}): (plan: RuntimePlan) => ModelRuntime {
  return (plan) => {
    switch (plan.kind) {
      case "remote":
        return new RemoteRuntime({ ...plan, headers: settingsOf(plan.headers, o.environment), nowMs: o.nowMs });
      case "process":
        return new ProcessRuntime({
          ...plan,
          cwd: join(o.configDir, plan.folder),
          env: settingsOf(plan.env, o.environment),
          pythonPath: pythonKit,
          random: o.random,
          logger: o.logger,
        });
      case "vendor": {
        const key = plan.keySecret === undefined ? {} : { authorization: { secret: plan.keySecret } };
        const settings = settingsOf({ ...plan.headers, ...key }, o.environment);
        const bearer = settings.authorization;
        const own = plan.keySecret === undefined ? settings : { ...settings, authorization: `Bearer ${bearer}` };
        return new VendorRuntime({ ...plan, settings: own, nowMs: o.nowMs, random: o.random });
      }
      case "trees":
        return new TreesRuntime(readModel(join(o.configDir, plan.path), plan.path));
    }
  };
}

/** @throws model.unloadable */
function readModel(file: string, path: string): Uint8Array {
  const sizeBytes = statSync(file, { throwIfNoEntry: false })?.size;
  if (sizeBytes === undefined)
    throw new TenonError("model.unloadable", `there is no file "${path}" beside the configuration`);
  if (sizeBytes <= limit.modelFileBytesMax) return readFileSync(file);
  throw new TenonError("model.unloadable", `"${path}" has ${sizeBytes} bytes; a model has ${limit.modelFileBytesMax}`);
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
