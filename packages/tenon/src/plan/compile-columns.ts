import type { Columns } from "../define/column.ts";
import type { ColumnPlan } from "./plan.ts";

/** The columns of a definition whose shape is checked, in the order in which they were written. */
export const compileColumns = (columns: Columns): readonly ColumnPlan[] =>
  Object.entries(columns).map(([name, { spec }]) => ({
    name,
    type: spec.type,
    nullable: spec.nullable,
    personal: spec.personal,
    scale: spec.type === "decimal" ? spec.scale : 0,
    values: spec.type === "oneOf" ? spec.values : [],
    to:
      spec.type === "ref"
        ? { kind: spec.to.kind, name: spec.to.name, keyType: spec.to.kind === "entity" ? spec.to.keyType : "text" }
        : undefined,
  }));
