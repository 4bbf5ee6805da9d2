import type { ColumnPlan } from "../plan/plan.ts";

/** How a column's values stand in a relation: times are whole milliseconds since 1970, as everywhere in Tenon. */
export type SqlType =
  | { readonly kind: "text" | "whole" | "real" | "flag" }
  | { readonly kind: "decimal"; readonly scale: number };

export function sqlTypeOf(column: ColumnPlan): SqlType {
  switch (column.type) {
    case "integer":
    case "time":
      return { kind: "whole" };
    case "decimal":
      return { kind: "decimal", scale: column.scale };
    case "real":
      return { kind: "real" };
    case "flag":
      return { kind: "flag" };
    case "ref":
      return { kind: column.to?.keyType === "integer" ? "whole" : "text" };
    case "text":
    case "oneOf":
      return { kind: "text" };
  }
}
