import type { FeatureColumnPlan, Plan } from "../../plan/plan.ts";

/** A feature's value as users meet it; a time is a Date, and ISO 8601 on the wire. */
export type FeatureValue = number | string | boolean | Date | null;

/** What a lane's number means in a column; NaN stands for null. */
export function presentFeature(
  { type, scale }: FeatureColumnPlan,
  number: number,
  textOf: (code: number) => string | null,
): FeatureValue {
  if (Number.isNaN(number)) return null;
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

/** The texts of a column by their codes: one of the declared ones, or those of the lane's dictionary. */
export function textsOf(
  plan: Plan,
  column: FeatureColumnPlan,
  dictionary: (code: number) => string | null,
): (code: number) => string | null {
  const lane = plan.lanes[column.lane];
  const name = lane.columns[lane.cells[column.cell].column]?.name;
  const source = plan.events.find((event) => event.name === lane.event)?.columns.find((found) => found.name === name);
  return source?.type === "oneOf" ? (code) => source.values[code] ?? null : dictionary;
}
