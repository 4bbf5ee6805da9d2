import { suggestion } from "../base/nearest.ts";
import type { FeaturesDefinition } from "../define/features.ts";
import type { ModelInput } from "../define/model.ts";
import type { OnDemandDefinition, PickedColumns } from "../define/on-demand.ts";
import type { Spine } from "../define/spine.ts";
import type { Compiling } from "./compiling.ts";
import { describe } from "./describe.ts";
import type { FeatureSetPlan, ModelInputPlan, SpinePlan } from "./plan.ts";

/** The input columns that one entry of a model's `features` stands for. */
export function inputsOf(
  input: ModelInput,
  spine: SpinePlan,
  featureSets: readonly FeatureSetPlan[],
  path: string,
  compiling: Compiling,
): readonly ModelInputPlan[] {
  switch (input.kind) {
    case "pick":
      return pickedInputs(input, spine, path, compiling);
    case "features":
      checkPicked(input, featureSets, `${path}.features`, compiling);
      return featureInputs(input, featureSets, path, compiling);
    case "onDemand":
      checkOnDemand(input, spine, featureSets, path, compiling);
      return [{ name: input.name, from: "onDemand" }];
    default:
      // Anything else was told when it was reached.
      return [];
  }
}

function pickedInputs(input: PickedColumns, spine: SpinePlan, path: string, compiling: Compiling): ModelInputPlan[] {
  if (!isOf(input.spine, spine)) {
    compiling.mistakes.add(
      "define.reference",
      `${path}.features`,
      `${describe(input.spine)} is not the row of the model's examples, which is ${spine.kind} "${spine.name}"`,
    );
    return [];
  }
  checkSome(input.columns, `${path}.features`, compiling);
  return input.columns.flatMap((name): ModelInputPlan[] => {
    const column = spine.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      const names = spine.columns.map((candidate) => candidate.name);
      const hint = suggestion(String(name), names);
      const lookup = compiling.events.get(spine.name)?.columns.find((one) => one.name === name)?.lookup;
      const message =
        lookup === undefined
          ? `the spine "${spine.name}" has no column "${name}".${hint}`
          : `"${name}" is looked up as events come, and no request has it: take ${lookup.set}.pick("${lookup.column}")`;
      compiling.mistakes.add("define.reference", `${path}.features`, message);
      return [];
    }
    const isCategory = column.type === "text" || column.type === "oneOf" || column.type === "ref";
    return [{ name, from: "spine", column: name, kind: isCategory ? "category" : "number" }];
  });
}

function featureInputs(
  input: FeaturesDefinition,
  featureSets: readonly FeatureSetPlan[],
  path: string,
  compiling: Compiling,
): ModelInputPlan[] {
  const set = featureSets.find((candidate) => candidate.name === input.name);
  const picked = set?.columns.filter((column) => input.picked === undefined || input.picked.includes(column.name));
  for (const { name, many } of picked ?? [])
    if (many !== undefined)
      compiling.mistakes.add(
        "define.column",
        `${path}.features`,
        `"${input.name}.${name}" has many values, and an input is one; pick the others, and make numbers of this in an onDemand function`,
      );
  return (picked ?? []).map((column) => ({
    // Two sets may both have a delay_7d.
    name: `${input.name}.${column.name}`,
    from: "features",
    set: input.name,
    column: column.name,
    kind: column.type === "text" ? "category" : "number",
  }));
}

function checkOnDemand(
  input: OnDemandDefinition,
  spine: SpinePlan,
  featureSets: readonly FeatureSetPlan[],
  path: string,
  compiling: Compiling,
): void {
  const uses = `onDemand ${input.name}.uses`;
  for (const used of input.uses) checkPicked(used, featureSets, uses, compiling);
  const used = featureSets.filter((set) => input.uses.some((candidate) => candidate?.name === set.name));
  const names = used.flatMap((set) => set.columns.map((column) => column.name));
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) < index))) {
    const message = `two of the used feature sets have a column "${name}", and no one can say which is meant; rename one`;
    compiling.mistakes.add("define.duplicate", uses, message);
  }
  if (isOf(input.on, spine)) return;
  compiling.mistakes.add(
    "define.reference",
    `${path}.features`,
    `on-demand "${input.name}" runs on ${describe(input.on)}, and the model's spine is ${spine.kind} "${spine.name}"`,
  );
}

function checkPicked(
  input: FeaturesDefinition,
  featureSets: readonly FeatureSetPlan[],
  place: string,
  compiling: Compiling,
): void {
  const set = featureSets.find((candidate) => candidate.name === input?.name);
  if (set === undefined || input.picked === undefined) return;
  checkSome(input.picked, place, compiling);
  const names = set.columns.map((column) => column.name);
  for (const name of input.picked.filter((candidate) => !names.includes(candidate))) {
    const message = `features "${set.name}" have no column "${name}".${suggestion(String(name), names)}`;
    compiling.mistakes.add("define.reference", place, message);
  }
}

function checkSome(picked: readonly string[], place: string, compiling: Compiling): void {
  if (picked.length === 0)
    compiling.mistakes.add("define.reference", place, "pick() names no column; name at least one");
}

const isOf = (written: Spine, spine: SpinePlan): boolean =>
  written?.name === spine.name && written.kind === (spine.kind === "entity" ? "entitySpine" : "event");

/** No input may come twice: its weight would be split between the two. */
export function checkInputNames(inputs: readonly ModelInputPlan[], path: string, compiling: Compiling): void {
  const seen = new Set<string>();
  for (const { name } of inputs) {
    if (seen.has(name)) {
      compiling.mistakes.add("define.duplicate", `${path}.features`, `the input "${name}" is listed twice`);
    }
    seen.add(name);
  }
}
