import type { ColumnPlan } from "./plan.ts";

/** Whether a column can hold the value. */
export function fits(column: ColumnPlan, value: unknown): boolean {
  if (value === null) return column.nullable;
  switch (column.type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "decimal":
      return typeof value === "number" && Number.isFinite(value) && Number(value.toFixed(column.scale)) === value;
    case "real":
      return typeof value === "number" && Number.isFinite(value);
    case "flag":
      return typeof value === "boolean";
    case "time":
      return value instanceof Date && !Number.isNaN(value.getTime());
    case "oneOf":
      return typeof value === "string" && column.values.includes(value);
    case "ref":
      return column.to?.keyType === "integer" ? Number.isSafeInteger(value) : typeof value === "string";
    case "text":
      return typeof value === "string";
  }
}

/** A column's type for people. */
export function typeOf(column: ColumnPlan): string {
  const type =
    column.type === "oneOf"
      ? `one of ${column.values.join(", ")}`
      : column.type === "decimal"
        ? `decimal with ${column.scale} digits`
        : column.type;
  return column.nullable ? `nullable ${type}` : type;
}
