import type { ColumnPlan } from "../../plan/plan.ts";
import { RoundedNumber } from "../../plan/row-validator.ts";

/** A value of another protocol as Tenon's own JSON has it: NaN is null, a flag may come as 0 or 1. */
export function cellValue(column: ColumnPlan | undefined, value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? cellValue(column, number) : new RoundedNumber(String(value));
  }
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return null;
  if (column?.type === "flag" && (value === 0 || value === 1)) return value === 1;
  return value;
}

/** A float of 32 bits in a decimal column is the decimal that it stands for: 9.99 is sent as 9.989999771118164. */
export function floatCell(column: ColumnPlan | undefined, value: number): unknown {
  if (column?.type !== "decimal") return cellValue(column, value);
  const scale = 10 ** column.scale;
  const decimal = Math.round(value * scale) / scale;
  return Math.fround(decimal) === value ? decimal : cellValue(column, value);
}
