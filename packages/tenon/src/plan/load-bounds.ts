import { limit } from "../base/limit.ts";
import type { PredictionDefinition } from "../define/prediction.ts";
import { isPlainObject } from "./check-name.ts";
import { checkOptions } from "./check-options.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { BulkheadPlan, PredictionPlan } from "./plan.ts";

const priorities: readonly unknown[] = ["high", "normal", "low"];

/** What a prediction says of its behaviour under load; mistakes are told. */
export function loadBoundsOf(
  { name, bulkhead, priority }: PredictionDefinition,
  mistakes: Mistakes,
): Pick<PredictionPlan, "bulkhead" | "priority"> {
  const path = `prediction ${name}`;
  if (priority !== undefined && !priorities.includes(priority))
    mistakes.add("config.invalid", `${path}.priority`, `one of ${priorities.join(", ")}; found ${describe(priority)}`);
  return {
    ...(bulkhead === undefined ? {} : { bulkhead: bulkheadOf(bulkhead, `${path}.bulkhead`, mistakes) }),
    ...(priority === undefined || priority === "normal" ? {} : { priority }),
  };
}

function bulkheadOf(bulkhead: unknown, path: string, mistakes: Mistakes): BulkheadPlan {
  if (!isPlainObject(bulkhead)) {
    mistakes.add("config.invalid", path, `needs an object such as { concurrency: 10 }; found ${describe(bulkhead)}`);
    return {};
  }
  checkOptions("bulkhead", Object.keys(bulkhead), path, mistakes);
  const { concurrency, queue, share } = bulkhead;
  const calls = limit.bulkheadCallsMax;
  return {
    ...numberOf("concurrency", concurrency, { min: 1, max: calls, isWhole: true }, path, mistakes),
    ...numberOf("queue", queue, { min: 0, max: calls, isWhole: true }, path, mistakes),
    ...numberOf("share", share, { min: 0.01, max: limit.bulkheadShareMax, isWhole: false }, path, mistakes),
  };
}

function numberOf(
  name: keyof BulkheadPlan,
  value: unknown,
  { min, max, isWhole }: { readonly min: number; readonly max: number; readonly isWhole: boolean },
  path: string,
  mistakes: Mistakes,
): BulkheadPlan {
  if (value === undefined) return {};
  const fits = typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (fits) return { [name]: value };
  const what = `${isWhole ? "a whole number" : "a number"} from ${min} to ${max}`;
  mistakes.add("config.invalid", `${path}.${name}`, `${what}; found ${describe(value)}`);
  return {};
}
