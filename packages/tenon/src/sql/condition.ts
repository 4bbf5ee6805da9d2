import type { ColumnPlan, ConditionPlan, EventPlan, FilterPlan, FilterValue } from "../plan/plan.ts";
import { columnOf } from "./column-of.ts";
import type { SqlDialect } from "./dialect.ts";
import { sqlTypeOf } from "./sql-type.ts";

/** A filter's conditions; all of them must hold. */
export const filterSql = (filter: FilterPlan, event: EventPlan, dialect: SqlDialect): readonly string[] =>
  filter.flatMap((condition) => conditionSql(condition, columnOf(event, condition.column), dialect));

const bounds = { above: ">", atLeast: ">=", below: "<", atMost: "<=" } as const;
const boundNames = ["above", "atLeast", "below", "atMost"] as const;

function conditionSql(condition: ConditionPlan, column: ColumnPlan, dialect: SqlDialect): readonly string[] {
  const name = dialect.identifier(column.name);
  const isIn = (values: readonly FilterValue[], isNot: boolean): readonly string[] => {
    const literals = values.flatMap((value) => (value === null ? [] : [literal(value, column, dialect)]));
    return literals.length === 0 ? [] : [`${name} ${isNot ? "NOT " : ""}IN (${literals.join(", ")})`];
  };
  const { anyOf, noneOf } = condition;
  // Null is a value here, as in JavaScript: equal to itself, and unequal to others.
  if (anyOf !== undefined) return either([...isIn(anyOf, false), ...(anyOf.includes(null) ? [`${name} IS NULL`] : [])]);
  if (noneOf !== undefined) {
    const others = isIn(noneOf, true);
    return noneOf.includes(null) ? [`${name} IS NOT NULL`, ...others] : either([`${name} IS NULL`, ...others]);
  }
  return boundNames.flatMap((bound) => {
    const value = condition[bound];
    return value === undefined ? [] : [`${name} ${bounds[bound]} ${literal(value, column, dialect)}`];
  });
}

const either = (parts: readonly string[]): readonly string[] => [
  parts.length === 1 ? parts.join("") : `(${parts.join(" OR ")})`,
];

function literal(value: string | number | boolean, column: ColumnPlan, dialect: SqlDialect): string {
  if (typeof value === "string") return dialect.text(value);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  // A filter's decimal has no more digits than its column.
  if (column.scale > 0) return value.toFixed(column.scale);
  return column.type === "real" ? `CAST('${value}' AS ${dialect.type(sqlTypeOf(column))})` : String(value);
}
