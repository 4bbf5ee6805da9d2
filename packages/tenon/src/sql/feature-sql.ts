import { TenonError } from "../base/error.ts";
import type { FeatureSetPlan, Plan } from "../plan/plan.ts";
import type { SqlDialect } from "./dialect.ts";
import { laneSql } from "./lane-sql.ts";
import { type NamedSelect, selectText, withItem } from "./named-select.ts";
import { readsRelation } from "./relation.ts";

/** Beyond every time and every position. */
const largest = "9223372036854775807";

/**
 * The text that gives a feature set's values by their definition: exactly one row for each of `tenon_reads`, in the order
 * of its `n`, and a column for each of the set's, of the same name. What the relations hold is in docs/guides/feature-sql.md.
 * @throws sql.name
 */
export function featureSql(plan: Plan, set: FeatureSetPlan, dialect: SqlDialect): string {
  const lanes = [...new Set(set.columns.map(({ lane }) => lane))].map((index, place) => {
    const lane = plan.lanes[index]!;
    const event = plan.events.find(({ name }) => name === lane.event);
    if (event === undefined) throw new TenonError("internal", `the plan has no event "${lane.event}"`);
    const columns = set.columns.filter((column) => column.lane === index);
    return laneSql({ event, lane, columns, ttlMs: set.table?.ttlMs, suffix: String(place + 1), dialect });
  });
  const values = new Map(lanes.flatMap((lane) => [...lane.values]));
  const selected = {
    select: ["reads._n AS n", ...set.columns.map(({ name }) => `${values.get(name)} AS ${dialect.identifier(name)}`)],
    from: [
      "FROM reads",
      ...lanes.flatMap(({ joined }) => joined.map((name) => `LEFT JOIN ${name} ON ${name}._n = reads._n`)),
      "ORDER BY reads._n",
    ],
  };
  const selects = [reads(dialect), ...lanes.flatMap((lane) => lane.selects)];
  return `WITH\n${selects.map(withItem).join(",\n")}\n${selectText(selected)}`;
}

/** The reads, with what each may know: what was received by its time, unless it is corrected, and up to its position. */
function reads({ identifier }: SqlDialect): NamedSelect {
  return {
    name: "reads",
    select: [
      `${identifier("n")} AS _n`,
      `${identifier("tenant")} AS _tenant`,
      `${identifier("key")} AS _key`,
      `${identifier("at")} AS _t`,
      `coalesce(${identifier("position")}, ${largest}) AS _position_max`,
      `CASE WHEN ${identifier("as_of")} = 'corrected' THEN ${largest} ELSE ${identifier("at")} END AS _received_max`,
    ],
    from: [`FROM ${identifier(readsRelation)}`],
  };
}
