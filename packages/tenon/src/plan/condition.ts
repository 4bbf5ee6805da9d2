import { isPlainObject } from "./check-name.ts";
import type { Compiling } from "./compiling.ts";
import { describe } from "./describe.ts";
import { fits, typeOf } from "./fits.ts";
import type { ColumnPlan, ConditionPlan, FilterValue } from "./plan.ts";
import { sorted } from "./sorted.ts";

const bounds = ["above", "atLeast", "below", "atMost"] as const;
const ordered: ReadonlySet<string> = new Set(["integer", "decimal", "real", "time"]);

/** A condition in its normal form: equal ones have equal texts. It was checked before. */
export function conditionOf(column: string, written: unknown): ConditionPlan {
  if (!isPlainObject(written)) return { column, anyOf: plainValues(written) };
  if (Object.hasOwn(written, "not")) return { column, noneOf: plainValues(written.not) };
  const given = bounds.filter((bound) => written[bound] !== undefined);
  return { column, ...Object.fromEntries(given.map((bound) => [bound, Number(plainValue(written[bound]))])) };
}

/** Checks a filter's condition on a column: its values must be able to occur, and a range needs an order. */
export function checkCondition(column: ColumnPlan, written: unknown, path: string, compiling: Compiling): void {
  const isNot = isPlainObject(written) && Object.hasOwn(written, "not") && Object.keys(written).length === 1;
  const values = isNot ? written.not : written;
  if (isPlainObject(values)) checkRange(column, values, path, compiling);
  else checkValues(column, values, path, compiling);
}

function checkRange(
  column: ColumnPlan,
  range: Readonly<Record<string, unknown>>,
  path: string,
  compiling: Compiling,
): void {
  const refuse = (message: string): void => compiling.mistakes.add("define.column", path, message);
  const names = Object.keys(range).filter((name) => range[name] !== undefined);
  if (names.length === 0 || names.some((name) => !bounds.some((bound) => bound === name))) {
    const found = names.length === 0 ? "{}" : `{ ${names.join(", ")} }`;
    refuse(`a condition is a value, a list, { not: … } or bounds of ${bounds.join(", ")}; found ${found}`);
  } else if (!ordered.has(column.type)) {
    refuse(`${names.join(" and ")} need numbers or times; "${column.name}" is ${typeOf(column)}`);
  } else {
    for (const name of names)
      if (!fits({ ...column, nullable: false }, range[name]))
        refuse(`${name}: ${describe(range[name])} is no bound for "${column.name}", which is ${typeOf(column)}`);
  }
}

function checkValues(column: ColumnPlan, value: unknown, path: string, compiling: Compiling): void {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const refuse = (message: string): void => compiling.mistakes.add("define.column", path, message);
  if (items.length === 0) refuse(`an empty list is no filter of "${column.name}"; list at least one value`);
  for (const item of items) {
    if (fits(column, item)) continue;
    const found = item instanceof Date ? "invalid Date" : describe(item);
    refuse(`the filter's ${found} can never equal a value of "${column.name}", which is ${typeOf(column)}`);
  }
}

/** Each value once, in a fixed order: a filter is a set. */
function plainValues(written: unknown): readonly FilterValue[] {
  const values: readonly unknown[] = Array.isArray(written) ? written : [written];
  return sorted([...new Set(values.map(plainValue))]).list;
}

function plainValue(value: unknown): FilterValue {
  if (value instanceof Date) return value.getTime();
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}
