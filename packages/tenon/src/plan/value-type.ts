import type { ColumnPlan, FeatureColumnPlan } from "./plan.ts";

/** Aggregates whose values are values of their column. */
const ofItsColumn: ReadonlySet<string> = new Set(["first", "last", "lastN", "topK", "latest"]);

/** What a column's value is, by its aggregate and what that is of. */
export function valueTypeOf(fn: string, source: ColumnPlan | undefined): Pick<FeatureColumnPlan, "type" | "scale"> {
  if (fn === "count" || fn === "distinct" || source === undefined) return { type: "number", scale: 0 };
  if (fn === "variance") return { type: "number", scale: 2 * source.scale };
  if (!ofItsColumn.has(fn)) return { type: "number", scale: source.scale };
  if (source.type === "flag" || source.type === "time") return { type: source.type, scale: 0 };
  const isText =
    source.type === "text" || source.type === "oneOf" || (source.type === "ref" && source.to?.keyType === "text");
  return isText ? { type: "text", scale: 0 } : { type: "number", scale: source.scale };
}
