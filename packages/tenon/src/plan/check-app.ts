import type { AppDefinition } from "../define/app.ts";
import { checkName, isPlainObject } from "./check-name.ts";
import { checkOptions } from "./check-options.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";

/** Checks the app itself; answers whether its definitions can be walked. */
export function checkApp(app: AppDefinition, mistakes: Mistakes): boolean {
  if (!isPlainObject(app) || app.kind !== "app") {
    mistakes.add("define.reference", "app", `needs the answer of defineApp(); found ${describe(app)}`);
    return false;
  }
  const { name, tenancy, stores, use } = app as Readonly<Record<string, unknown>>;
  const path = `app ${String(name)}`;
  checkName(name, path, mistakes);
  const { kind: _, ...written } = app;
  checkOptions("app", Object.keys(written), path, mistakes);
  if (tenancy !== "none" && tenancy !== "required") {
    mistakes.add("config.invalid", `${path}.tenancy`, `tenancy is "none" or "required"; found ${describe(tenancy)}`);
  }
  if (!isPlainObject(stores) || Object.keys(stores).length === 0) {
    mistakes.add("define.store", path, "`stores` names no environment; write stores: { dev: () => embedded() }");
  } else {
    for (const [environment, open] of Object.entries(stores)) {
      if (typeof open === "function") continue;
      const message = `needs a function, such as () => embedded(); found ${describe(open)}`;
      mistakes.add("define.store", `${path}.stores.${environment}`, message);
    }
  }
  if (Array.isArray(use)) return true;
  mistakes.add("define.reference", `${path}.use`, `needs a list of definitions; found ${describe(use)}`);
  return false;
}
