import { canonicalJson } from "../base/hash.ts";
import type { PredictionDefinition } from "../define/prediction.ts";
import { checkName } from "./check-name.ts";
import { outputOf } from "./check-prediction.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { ModelPlan, PredictionPlan } from "./plan.ts";

/** What receipts call answers of the prediction's own model and of what stands behind it. */
const taken: readonly string[] = ["live", "previous", "rule", "fallback", "challenger"];

/** Checks that a prediction's variants and challengers take its rows and answer as its model does. */
export function checkRouting(
  { name, variants = {}, challengers = [], by }: PredictionDefinition,
  model: ModelPlan,
  models: readonly ModelPlan[],
  mistakes: Mistakes,
): void {
  const path = `prediction ${name}`;
  let shares = 0;
  for (const [variant, { model: of, share }] of Object.entries(variants)) {
    const place = `${path}.variants.${variant}`;
    checkName(variant, place, mistakes);
    if (taken.includes(variant))
      mistakes.add("define.name", place, `"${variant}" is what a receipt calls other answers`);
    if (typeof share !== "number" || !(share > 0 && share < 1))
      mistakes.add("config.invalid", `${place}.share`, `a number above 0 and below 1; found ${describe(share)}`);
    shares += share;
    checkAlike(model, models, of.name, place, mistakes);
  }
  if (shares >= 1)
    mistakes.add(
      "config.invalid",
      `${path}.variants`,
      `their shares are ${shares}: "${model.name}" has the rest, above 0`,
    );
  for (const [i, { name: of }] of challengers.entries()) {
    const place = `${path}.challengers[${i}]`;
    if (of === model.name) mistakes.add("define.reference", place, `"${of}" answers already`);
    checkAlike(model, models, of, place, mistakes);
  }
  const columns = model.spine.columns.map((column) => column.name);
  if (by !== undefined && !columns.includes(by))
    mistakes.add("define.reference", `${path}.by`, `its rows have no column "${by}" but ${columns.join(", ")}`);
}

function checkAlike(
  model: ModelPlan,
  models: readonly ModelPlan[],
  name: string,
  path: string,
  mistakes: Mistakes,
): void {
  const other = models.find((candidate) => candidate.name === name);
  if (other === undefined) return;
  const isSame = (of: (one: ModelPlan) => unknown): boolean => canonicalJson(of(model)) === canonicalJson(of(other));
  if (!isSame(({ spine }) => [spine.kind, spine.columns]))
    mistakes.add("define.reference", path, `"${name}" is asked for other rows than "${model.name}"`);
  if (!isSame(outputOf)) mistakes.add("define.reference", path, `"${name}" answers other columns than "${model.name}"`);
}

export function routingOf(
  { variants = {}, challengers = [], by }: PredictionDefinition,
  model: ModelPlan,
): Pick<PredictionPlan, "variants" | "by" | "challengers"> {
  const named = Object.entries(variants).map(([name, { model: of, share }]) => ({ name, model: of.name, share }));
  const column = by ?? model.spine.columns.find(({ to }) => to?.kind === "entity")?.name;
  return {
    ...(named.length === 0 ? {} : { variants: named }),
    ...(named.length === 0 || column === undefined ? {} : { by: column }),
    ...(challengers.length === 0 ? {} : { challengers: challengers.map(({ name }) => name) }),
  };
}
