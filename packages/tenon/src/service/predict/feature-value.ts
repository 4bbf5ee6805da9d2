import type { FeatureColumnPlan, Plan } from "../../plan/plan.ts";

/** One value of a feature as users meet it; a time is a Date, and ISO 8601 on the wire. */
type OneValue = number | string | boolean | Date;

/** A feature's value as users meet it: of `lastN` a list, of `topK` values with their counts, of `by` a map. */
export type FeatureValue =
  | OneValue
  | readonly OneValue[]
  | readonly { readonly value: OneValue; readonly count: number }[]
  | { readonly [group: string]: number | null }
  | null;

type TextOf = (code: number) => string | null;

/** How the numbers of a column's texts and groups read. */
export interface ColumnTexts {
  readonly value: TextOf;
  readonly group: TextOf;
}

/** What a lane's number, or its list of numbers, means in a column; NaN stands for null. */
export function presentFeature(
  column: FeatureColumnPlan,
  number: number,
  list: readonly number[] | undefined,
  texts: ColumnTexts,
): FeatureValue {
  if (Number.isNaN(number)) return null;
  if (column.many === undefined) return presentOne(column, number, texts.value);
  const numbers = list ?? [];
  switch (column.many) {
    case "list":
      return numbers.flatMap((one) => presentOne(column, one, texts.value) ?? []);
    case "counts":
      return mostFrequent(column, numbers, texts.value);
    case "groups":
      return groupsOf(column, numbers, texts.group);
  }
}

function presentOne({ type, scale }: FeatureColumnPlan, number: number, textOf: TextOf): OneValue | null {
  switch (type) {
    case "text":
      return textOf(number);
    case "flag":
      return number === 1;
    case "time":
      return new Date(number);
    case "number":
      return scale === 0 ? number : number / 10 ** scale;
  }
}

/** Ties go by what is shown: codes are given in the order of arrival, which must not decide. */
function mostFrequent(column: FeatureColumnPlan, pairs: readonly number[], textOf: TextOf): FeatureValue {
  const counted = Array.from({ length: pairs.length / 2 }, (_, i) => ({
    value: presentOne(column, pairs[2 * i], textOf) ?? "",
    count: pairs[2 * i + 1],
  }));
  const before = (a: OneValue, b: OneValue): number => (a < b ? -1 : a > b ? 1 : 0);
  return counted.sort((a, b) => b.count - a.count || before(a.value, b.value)).slice(0, column.listMax);
}

function groupsOf({ scale }: FeatureColumnPlan, pairs: readonly number[], textOf: TextOf): FeatureValue {
  const entries = Array.from({ length: pairs.length / 2 }, (_, i): [string, number | null] => {
    const value = pairs[2 * i + 1];
    return [textOf(pairs[2 * i]) ?? "", Number.isNaN(value) ? null : value / 10 ** scale];
  });
  // Own properties alone, whatever a group is called; in a fixed order, since arrival must not show.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The texts of a column and of its groups by their codes: of the declared ones, or of the lane's dictionary. */
export function textsOf(plan: Plan, column: FeatureColumnPlan, dictionary: TextOf): ColumnTexts {
  const lane = plan.lanes[column.lane];
  const cell = lane.cells[column.cell];
  const event = plan.events.find((candidate) => candidate.name === lane.event);
  const textOf = (place: number | undefined): TextOf => {
    const kept = place === undefined ? undefined : lane.columns[place];
    const source = event?.columns.find((candidate) => candidate.name === kept?.name);
    if (source?.type === "oneOf") return (code) => source.values[code] ?? null;
    if (source?.type === "flag") return (code) => String(code === 1);
    return kept?.coded === false ? String : dictionary;
  };
  return { value: textOf(cell.column), group: textOf(cell.by) };
}
