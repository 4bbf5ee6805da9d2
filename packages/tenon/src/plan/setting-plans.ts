import type { SettingText } from "../define/runtime.ts";
import { isPlainObject } from "./check-name.ts";
import { secretName } from "./compile-source.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { SettingPlan, SettingPlans } from "./runtime-plan.ts";

/** Texts of headers or of an environment, some of which are secrets. */
export function settingsOf(
  settings: Readonly<Record<string, SettingText>> | undefined,
  path: string,
  mistakes: Mistakes,
): SettingPlans {
  if (settings === undefined) return {};
  if (!isPlainObject(settings)) {
    mistakes.add("define.reference", path, `needs texts by their names; found ${describe(settings)}`);
    return {};
  }
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]): [string, SettingPlan] =>
      typeof value === "string"
        ? [name, { text: value }]
        : [name, { secret: secretName(value, `${path}.${name}`, mistakes) }],
    ),
  );
}
