import { limit } from "../base/limit.ts";
import { suggestion } from "../base/nearest.ts";
import type { AggregateSpec } from "../define/aggregate.ts";
import type { Compiling } from "./compiling.ts";
import { checkCondition } from "./condition.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import type { ColumnPlan } from "./plan.ts";

const ofNumbers: ReadonlySet<string> = new Set([
  "sum",
  "mean",
  "min",
  "max",
  "variance",
  "stddev",
  "quantile",
  "decayedSum",
]);
const ofGroups: ReadonlySet<string> = new Set(["text", "oneOf", "flag", "ref", "integer"]);
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
    if (column !== undefined) checkCondition(column, value, `${path}.where.${name}`, compiling);
  }
  if (aggregate.by !== undefined) {
    const groups = find(aggregate.by, `${path}.by`);
    if (groups !== undefined && !ofGroups.has(groups.type))
      compiling.mistakes.add(
        "define.column",
        `${path}.by`,
        `groups are of texts, flags, references or whole numbers; "${event.name}.${groups.name}" is ${groups.type}`,
      );
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

/** The aggregate's number: n, k, q or the half-life in milliseconds; `distinct` counts exactly up to its own. */
export function parameterOf({ fn, parameter }: AggregateSpec, path: string, compiling: Compiling): number | undefined {
  const refuse = (needs: string): undefined => {
    compiling.mistakes.add("define.column", path, `${fn} needs ${needs}; found ${describe(parameter)}`);
  };
  if (fn === "distinct") return limit.distinctMax;
  if (fn === "decayedCount" || fn === "decayedSum") return finiteMsOf(parameter, path, compiling.mistakes);
  if (fn === "quantile") {
    if (typeof parameter === "number" && parameter >= 0 && parameter <= 1) return parameter;
    return refuse("a number from 0 to 1, such as 0.5 for the median");
  }
  if (fn !== "lastN" && fn !== "topK") return undefined;
  const isCount = typeof parameter === "number" && Number.isInteger(parameter) && parameter >= 1;
  return isCount && parameter <= limit.listedMax ? parameter : refuse(`a whole number from 1 to ${limit.listedMax}`);
}
