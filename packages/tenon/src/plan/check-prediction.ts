import { formatDurationMs } from "../base/duration.ts";
import { limit } from "../base/limit.ts";
import { suggestion } from "../base/nearest.ts";
import type { PredictionDefinition } from "../define/prediction.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import { fits, typeOf } from "./fits.ts";
import { loadBoundsOf } from "./load-bounds.ts";
import type { Mistakes } from "./mistakes.ts";
import type { ColumnPlan, ModelPlan } from "./plan.ts";

const real: Omit<ColumnPlan, "name"> = {
  type: "real",
  nullable: false,
  personal: false,
  scale: 0,
  values: [],
  to: undefined,
};

/** What a model answers, as columns. */
export function outputOf(model: ModelPlan): readonly ColumnPlan[] {
  if (model.source === "pretrained") return model.output;
  return [{ ...real, name: model.task === "binary" ? "score" : "value" }];
}

/** How long its model may take. */
export function budgetMsOf({ name, budget }: PredictionDefinition, mistakes: Mistakes): number {
  if (budget === undefined) return limit.predictionBudgetMs;
  const path = `prediction ${name}.budget`;
  const budgetMs = finiteMsOf(budget, path, mistakes) ?? 0;
  if (budgetMs <= limit.budgetMsMax) return budgetMs;
  mistakes.add("define.duration", path, `a budget is at most ${formatDurationMs(limit.budgetMsMax)}; found ${budget}`);
  return 0;
}

/** Checks a prediction against its model: the fallback's columns, and whether there is an event to record. */
export function checkPrediction(prediction: PredictionDefinition, model: ModelPlan, mistakes: Mistakes): void {
  const path = `prediction ${prediction.name}`;
  budgetMsOf(prediction, mistakes);
  loadBoundsOf(prediction, mistakes);
  const output = outputOf(model);
  const names = output.map((column) => column.name);
  for (const column of output) {
    const place = `${path}.fallback.${column.name}`;
    const given = Object.hasOwn(prediction.fallback, column.name);
    const value = given ? prediction.fallback[column.name] : undefined;
    if (value === undefined) {
      if (!given && column.nullable) continue;
      mistakes.add(
        "define.reference",
        place,
        `the fallback lacks "${column.name}", which model "${model.name}" answers`,
      );
    } else if (!fits(column, value)) {
      mistakes.add(
        "define.column",
        place,
        `the fallback's "${column.name}" is ${typeOf(column)}; found ${describe(value)}`,
      );
    } else if (model.source === "trained" && model.task === "binary" && !(Number(value) >= 0 && Number(value) <= 1)) {
      mistakes.add("define.column", place, `a score is a probability from 0 to 1; found ${describe(value)}`);
    }
  }
  for (const name of Object.keys(prediction.fallback)) {
    if (names.includes(name)) continue;
    mistakes.add(
      "define.reference",
      `${path}.fallback.${name}`,
      `model "${model.name}" answers no "${name}" but ${names.join(", ")}.${suggestion(name, names)}`,
    );
  }
  if (prediction.record && model.spine.kind !== "event") {
    mistakes.add(
      "define.reference",
      `${path}.record`,
      `record stores the input as the model's example event; the examples of model "${model.name}" are no events`,
    );
  }
}
