import { suggestion } from "../base/nearest.ts";
import type { AggregateSpec } from "../define/aggregate.ts";
import type { Compiling } from "./compiling.ts";
import { describe } from "./describe.ts";
import { fits, typeOf } from "./fits.ts";
import type { ColumnPlan } from "./plan.ts";

const ofNumbers: ReadonlySet<string> = new Set(["sum", "mean", "min", "max", "variance", "stddev"]);
const numeric = new Set(["integer", "decimal", "real"]);

/** Checks an aggregate's column and filter; answers the column, or undefined where there is none or a mistake. */
export function checkAggregate(aggregate: AggregateSpec, path: string, compiling: Compiling): ColumnPlan | undefined {
  const event = compiling.events.get(aggregate.event.name);
  if (event === undefined) return undefined;
  const find = (name: string, place: string): ColumnPlan | undefined => {
    const column = event.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      const names = event.columns.map((candidate) => candidate.name);
      compiling.mistakes.add(
        "define.reference",
        place,
        `event "${event.name}" has no column "${name}".${suggestion(name, names)}`,
      );
    }
    return column;
  };
  for (const [name, value] of Object.entries(aggregate.where ?? {})) {
    const column = find(name, `${path}.where`);
    if (column !== undefined) checkFilter(column, value, `${path}.where.${name}`, compiling);
  }
  if (aggregate.column === undefined) return undefined;
  const column = find(aggregate.column, path);
  if (column !== undefined && ofNumbers.has(aggregate.fn) && !numeric.has(column.type)) {
    compiling.mistakes.add(
      "define.column",
      path,
      `${aggregate.fn} needs a column of numbers; "${event.name}.${column.name}" is ${column.type}`,
    );
  }
  return column;
}

function checkFilter(column: ColumnPlan, value: unknown, path: string, compiling: Compiling): void {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length === 0) {
    compiling.mistakes.add(
      "define.column",
      path,
      `an empty list lets no row of "${column.name}" pass; list at least one value`,
    );
  }
  for (const item of items) {
    if (fits(column, item)) continue;
    compiling.mistakes.add(
      "define.column",
      path,
      `the filter's ${item instanceof Date ? "invalid Date" : describe(item)} can never equal a value of "${column.name}", which is ${typeOf(column)}`,
    );
  }
}
