import { TenonError } from "../base/error.ts";
import type { ColumnPlan, EventPlan } from "../plan/plan.ts";

/** The column of an event that a plan names. */
export function columnOf(event: EventPlan, name: string): ColumnPlan {
  const column = event.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new TenonError("internal", `the plan names a column "${name}" of "${event.name}"`);
  return column;
}
