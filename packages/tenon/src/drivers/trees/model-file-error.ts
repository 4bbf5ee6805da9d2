import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { ModelFormat } from "./imported-model.ts";

/** A function that refuses a file of a format, with what was found in it. */
export const refuserOf =
  (format: ModelFormat) =>
  (found: string): never => {
    throw new TenonError("model.file", `The ${format} model cannot be read: ${found}`);
  };

export type Refuse = ReturnType<typeof refuserOf>;

/** A count that a file gives, between bounds. */
export function checkedCount(value: unknown, o: { what: string; min: number; max: number; refuse: Refuse }): number {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof count === "number" && Number.isInteger(count) && count >= o.min && count <= o.max) return count;
  return o.refuse(`${o.what} is ${shown(value)}, not a whole number from ${o.min} to ${o.max}`);
}

export const columnCount = (value: unknown, what: string, refuse: Refuse): number =>
  checkedCount(value, { what, min: 1, max: limit.modelColumnsMax, refuse });

/** A value of a file in a message: not longer than a line. */
export function shown(value: unknown): string {
  const text =
    typeof value === "string"
      ? JSON.stringify(value.slice(0, 100))
      : typeof value === "object"
        ? value === null
          ? "null"
          : Array.isArray(value)
            ? "a list"
            : "an object"
        : String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
