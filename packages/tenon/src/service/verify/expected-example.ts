import type { CompiledApp, Plan, TrainedModelPlan } from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";
import type { FeatureValue } from "../predict/feature-value.ts";
import { InputRow, modelNumber } from "../predict/input-row.ts";
import type { Value } from "./brute-force.ts";
import { type Expected, expectedFeature } from "./expected-feature.ts";
import type { KnownRow } from "./known-rows.ts";

/** A row of a model's spine: an event that was sent, or an entity at a step. */
export interface SpineOf {
  readonly tenant: string;
  readonly id: string;
  readonly at: number;
  /** In the order of the spine's columns, as they are stored. */
  readonly values: readonly StoredValue[];
}

/** The events that have to be a model's examples: each once, but for those that were taken back. */
export function spineEvents(plan: Plan, model: TrainedModelPlan, rows: readonly KnownRow[]): SpineOf[] {
  const columns = plan.events.find(({ name }) => name === model.spine.name)?.columns ?? [];
  return rows
    .filter(({ event, retracted }) => event === model.spine.name && retracted === undefined)
    .map(({ tenant, id, at, values }) => {
      const stored = columns.map(({ name, scale }): StoredValue => {
        const value = values[name];
        return typeof value === "number" && scale > 0 ? Math.round(value * 10 ** scale) : value;
      });
      return { tenant, id, at, values: stored };
    });
}

/** What code of the team's may make of a value that is rounded: no number here is nearer than that. */
const roundedTolerance = 1e-6;

/** A model's inputs of one example by their names: features by the definition, and the team's functions over them. */
export function expectedExample(
  app: CompiledApp,
  model: TrainedModelPlan,
  rows: readonly KnownRow[],
  spine: SpineOf,
): ReadonlyMap<string, Expected> {
  const { plan, functions } = app;
  const input = new InputRow(model, plan, functions);
  const known = { at: spine.at, seqMax: Number.POSITIVE_INFINITY };
  const sets = input.reads.map(({ set: name, keyPlace }) => {
    const set = plan.featureSets.find((candidate) => candidate.name === name)!;
    const read = { tenant: spine.tenant, key: String(spine.values[keyPlace]), at: spine.at, known };
    const columns = set.columns.map((column) => expectedFeature(plan, set, column, rows, read));
    return { set, columns, value: (place: number) => featureOf(set.columns[place].type, columns[place].value) };
  });
  const isRounded = sets.some(({ columns }) =>
    columns.some(({ tolerance, isEstimate }) => tolerance > 0 || isEstimate),
  );
  const exact = new Map<string, Expected>();
  for (const { set, columns } of sets)
    for (const [place, { name }] of set.columns.entries()) exact.set(`${set.name}.${name}`, columns[place]);
  const expected = new Map<string, Expected>();
  const onDemand = input.onDemand(input.presentRow(spine.values, spine.id, spine.at), sets);
  input.each(spine.values, sets, onDemand, (name, value, kind) => {
    const shown = typeof value === "string" ? value : numberOf(value);
    const fixed = exact.get(name) ?? { tolerance: 0, isEstimate: false };
    const tolerance = isRounded && typeof shown === "number" ? roundedTolerance * Math.max(1, Math.abs(shown)) : 0;
    const ofFunction = { tolerance, isEstimate: isRounded && typeof shown === "string" };
    expected.set(name, { ...(kind === "unknown" ? ofFunction : fixed), value: shown });
  });
  return expected;
}

const numberOf = (value: unknown): number | null => {
  const number = modelNumber(value);
  return Number.isNaN(number) ? null : number;
};

/** A value as functions see it: times as dates. */
function featureOf(type: string, value: Value): FeatureValue {
  if (type !== "time" || value === null) return value;
  const date = (one: unknown): Date => new Date(String(one));
  if (!Array.isArray(value)) return date(value);
  return value.map((one) => (typeof one === "object" ? { ...one, value: date(one.value) } : date(one)));
}
