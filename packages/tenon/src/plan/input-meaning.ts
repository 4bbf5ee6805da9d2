import { canonicalJson, fingerprint } from "../base/hash.ts";
import type { FeatureColumnPlan, Plan, TrainedModelPlan } from "./plan.ts";

/** What a feature column computes, whatever the lane that it shares. */
export function meaningOf(plan: Plan, column: FeatureColumnPlan): string {
  const lane = plan.lanes[column.lane]!;
  const { fn, column: source, filter, parameter, by } = lane.cells[column.cell]!;
  return canonicalJson({
    event: lane.event,
    by: lane.by,
    fn,
    source: source < 0 ? undefined : lane.columns[source],
    filter: filter < 0 ? undefined : lane.filters[filter],
    parameter,
    groups: by === undefined ? undefined : lane.columns[by],
    windowMs: column.windowMs,
    hopMs: column.hopMs,
    scale: column.scale,
    run: plan.featureSets.find(({ name, batch }) => batch !== undefined && name === lane.event)?.batch?.runsKey,
  });
}

/**
 * A fingerprint of what each of a model's inputs means: two builds that agree on an input give it the same values. Of an
 * on-demand function, the function itself and every feature that it may look at.
 */
export function inputMeanings(plan: Plan, model: TrainedModelPlan): Readonly<Record<string, string>> {
  const columnsOf = (set: string) => plan.featureSets.find(({ name }) => name === set)?.columns ?? [];
  const featureOf = (set: string, column: FeatureColumnPlan): [string, string] => [
    `${set}.${column.name}`,
    fingerprint(meaningOf(plan, column)),
  ];
  const entries = model.inputs.flatMap((input): [string, string][] => {
    if (input.from === "spine")
      return [[input.name, fingerprint(model.spine.columns.find(({ name }) => name === input.column))]];
    if (input.from === "features")
      return columnsOf(input.set)
        .filter(({ name }) => name === input.column)
        .map((column) => featureOf(input.set, column));
    const onDemand = plan.onDemand.find(({ name }) => name === input.name);
    const used = (onDemand?.uses ?? []).flatMap((set) => columnsOf(set).map((column) => featureOf(set, column)));
    return [[input.name, onDemand?.source ?? ""], ...used];
  });
  return Object.fromEntries(entries);
}

/** Inputs of a version that the plan no longer has, or computes otherwise than when it was trained. */
export function changedInputs(
  trained: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(trained).filter((name) => trained[name] !== now[name]);
}
