import type { AggregateFunction } from "../define/aggregate.ts";
import type { ColumnType } from "../define/column.ts";
import { checkName, isPlainObject } from "./check-name.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";

const columnTypes: Readonly<Record<ColumnType, true>> = {
  text: true,
  integer: true,
  decimal: true,
  real: true,
  flag: true,
  time: true,
  oneOf: true,
  ref: true,
};

/** Whether the function takes a column. */
const takesColumn: Readonly<Record<AggregateFunction, boolean>> = {
  count: false,
  sum: true,
  mean: true,
  min: true,
  max: true,
  variance: true,
  stddev: true,
  quantile: true,
  first: true,
  last: true,
  latest: true,
  lastN: true,
  topK: true,
  timeSince: false,
  distinct: true,
  decayedCount: false,
  decayedSum: true,
};

/** Checks that columns are built with `c` and have names that can be used. */
export function columnsShape(columns: unknown, path: string, mistakes: Mistakes): void {
  if (!isPlainObject(columns)) {
    mistakes.add("define.column", path, `needs an object of columns with their own names; found ${describe(columns)}`);
    return;
  }
  for (const [name, column] of Object.entries(columns)) {
    checkName(name, `${path}.${name}`, mistakes);
    const spec = isPlainObject(column) ? column.spec : undefined;
    if (!isPlainObject(spec) || !Object.hasOwn(columnTypes, String(spec.type))) {
      mistakes.add("define.column", `${path}.${name}`, `needs a column, such as c.text(); found ${describe(column)}`);
    } else {
      specShape(spec, `${path}.${name}`, mistakes);
    }
  }
}

function specShape(spec: Readonly<Record<string, unknown>>, path: string, mistakes: Mistakes): void {
  const { type, scale, values } = spec;
  if (type === "decimal" && !(Number.isInteger(scale) && Number(scale) >= 0 && Number(scale) <= 15)) {
    mistakes.add("define.column", path, `a decimal's scale is a whole number from 0 to 15; found ${describe(scale)}`);
  }
  if (type !== "oneOf") return;
  const isList = Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === "string");
  if (!isList || new Set(values).size !== values.length) {
    mistakes.add("define.column", path, `oneOf takes at least one text, each once; found ${JSON.stringify(values)}`);
  }
}

/** Checks an aggregate's function, column name and filter as far as no event is needed for it. */
export function aggregateShape(aggregate: Readonly<Record<string, unknown>>, path: string, mistakes: Mistakes): void {
  const { fn, column, where } = aggregate;
  if (!isAggregateFunction(fn)) {
    mistakes.add("define.column", path, `there is no aggregate ${describe(fn)}`);
  } else if (takesColumn[fn] && typeof column !== "string") {
    mistakes.add("define.column", path, `${fn} needs the name of a column; found ${describe(column)}`);
  }
  if (where !== undefined && !isPlainObject(where)) {
    mistakes.add(
      "define.column",
      `${path}.where`,
      `a filter is an object of columns and values; found ${describe(where)}`,
    );
  }
}

const isAggregateFunction = (fn: unknown): fn is AggregateFunction =>
  typeof fn === "string" && Object.hasOwn(takesColumn, fn);
