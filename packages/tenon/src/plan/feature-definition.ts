import { formatDurationMs } from "../base/duration.ts";
import type { AggregateFunction } from "../define/aggregate.ts";
import type { ConditionPlan, FeatureColumnPlan, FilterPlan, OnDemandPlan, Plan } from "./plan.ts";

/** What a feature column computes, by the names of its definition. */
export interface FeatureDefinition {
  readonly name: string;
  readonly event: string;
  readonly aggregate: AggregateFunction;
  readonly column: string | null;
  readonly where: string | null;
  readonly window: string;
  readonly hopMs: number | null;
  readonly by: string | null;
  readonly parameter: number | null;
  readonly type: FeatureColumnPlan["type"];
  readonly many: "list" | "counts" | "groups" | null;
}

/** Aggregates whose number a definition names. */
const parameters: ReadonlySet<AggregateFunction> = new Set(["quantile", "lastN", "topK", "decayedCount", "decayedSum"]);

export function featureDefinition(plan: Plan, column: FeatureColumnPlan): FeatureDefinition {
  const lane = plan.lanes[column.lane]!;
  const cell = lane.cells[column.cell]!;
  return {
    name: column.name,
    event: lane.event,
    aggregate: cell.fn,
    column: cell.column < 0 ? null : lane.columns[cell.column]!.name,
    where: cell.filter < 0 ? null : filterText(lane.filters[cell.filter]!),
    window: column.window,
    hopMs: column.hopMs ?? null,
    by: cell.by === undefined ? null : lane.columns[cell.by]!.name,
    parameter: parameters.has(cell.fn) ? (cell.parameter ?? null) : null,
    type: column.type,
    many: column.many ?? null,
  };
}

/** On one line: `sum(payment.cents) where country = "DE" over 30d`. */
export function definitionText(definition: Omit<FeatureDefinition, "name" | "type" | "many">): string {
  const { event, aggregate, column, where, window, hopMs, by, parameter } = definition;
  if (aggregate === "latest") return `${event}.${column}, as it was put last`;
  const decayed = aggregate === "decayedCount" || aggregate === "decayedSum";
  const told = parameter === null ? "" : `, ${decayed ? formatDurationMs(parameter) : parameter}`;
  return [
    `${aggregate}(${column === null ? event : `${event}.${column}`}${told})`,
    by === null ? "" : `by ${by}`,
    where === null ? "" : `where ${where}`,
    window === "lifetime" ? "over its lifetime" : `over ${window}`,
    hopMs === null ? "" : `in hops of ${formatDurationMs(hopMs)}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** Whether a column's values are values of personal data: such texts are kept in no profile and listed nowhere. */
export function isPersonal(plan: Plan, column: FeatureColumnPlan): boolean {
  const lane = plan.lanes[column.lane]!;
  const { column: value, by } = lane.cells[column.cell]!;
  const event = plan.events.find(({ name }) => name === lane.event);
  const batch = plan.featureSets.find(({ name }) => name === lane.event)?.batch;
  if (batch?.reads.some((name) => hasPersonal(plan, name)) === true) return true;
  const read = [value, by ?? -1].flatMap((place) => lane.columns[place]?.name ?? []);
  return read.some((name) => event?.columns.some((one) => one.name === name && one.personal) === true);
}

/** Whether SQL may find personal data under a name. */
const hasPersonal = (plan: Plan, relation: string): boolean =>
  plan.events.some(({ name, columns }) => name === relation && columns.some(({ personal }) => personal)) ||
  plan.featureSets.some(({ name, columns }) => name === relation && columns.some((column) => isPersonal(plan, column)));

/** Whether a function may look at personal data: what it answers then counts as such. */
export function mayReadPersonal(plan: Plan, { spine, uses }: Pick<OnDemandPlan, "spine" | "uses">): boolean {
  const row = plan.events.find(({ name }) => name === spine)?.columns ?? [];
  const sets = plan.featureSets.filter(({ name }) => uses.includes(name));
  return row.some(({ personal }) => personal) || sets.some((set) => set.columns.some((one) => isPersonal(plan, one)));
}

/** How exact an aggregate is, in the words of the guide on feature values. */
export function exactnessOf(plan: Plan, column: FeatureColumnPlan): string {
  const { fn } = plan.lanes[column.lane]!.cells[column.cell]!;
  return exactness[fn];
}

const roundedOnce = "exact for whole numbers and decimals; a sum of doubles is rounded once";
const exactSums = "from exact sums: the same bits in any order, at most three roundings";

const exactness: Readonly<Record<AggregateFunction, string>> = {
  count: "exact",
  min: "exact",
  max: "exact",
  first: "exact",
  last: "exact",
  lastN: "exact",
  latest: "exact",
  timeSince: "exact, in milliseconds",
  sum: roundedOnce,
  mean: exactSums,
  variance: exactSums,
  stddev: exactSums,
  distinct: "exact to 1,000 different values; beyond, an estimate with a standard error of 1.6 %",
  quantile: "a value that occurred, at most 0.8 % from the one of its rank",
  topK: "exact to 1,000 different values; beyond, a count may be too low by a thousandth of the rows",
  decayedCount: "to 1e-9 of the sum of the magnitudes",
  decayedSum: "to 1e-9 of the sum of the magnitudes",
};

const filterText = (filter: FilterPlan): string => filter.map(conditionText).join(" and ");

function conditionText({ column, anyOf, noneOf, ...bounds }: ConditionPlan): string {
  const listed = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(", ");
  if (anyOf !== undefined) return `${column} ${anyOf.length === 1 ? "=" : "in"} ${listed(anyOf)}`;
  if (noneOf !== undefined) return `${column} ${noneOf.length === 1 ? "is not" : "not in"} ${listed(noneOf)}`;
  const signs = { above: ">", atLeast: "≥", below: "<", atMost: "≤" } as const;
  const given = Object.entries(signs).flatMap(([name, sign]) => {
    const bound = Object.entries(bounds).find(([key]) => key === name)?.[1];
    return bound === undefined ? [] : [`${sign} ${bound}`];
  });
  return `${column} ${given.join(" and ")}`;
}
