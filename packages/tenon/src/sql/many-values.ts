import { limit } from "../base/limit.ts";
import type { FeatureColumnPlan } from "../plan/plan.ts";
import { aggregateSql, emptyIsZero } from "./aggregate.ts";
import { aggregatedOf, groupOf, type LaneSource } from "./lane-column.ts";
import type { NamedSelect } from "./named-select.ts";

/** The most frequent values with their counts: `_value` of the last relation, which is `own`; no row for none. */
export function mostFrequent(source: LaneSource, column: FeatureColumnPlan, own: string): readonly NamedSelect[] {
  const { suffix, dialect } = source;
  const { value, type, when, parameter } = aggregatedOf(source, column);
  const order = type.kind === "text" ? dialect.textOrder("_value") : "_value";
  return [
    {
      name: `${own}_counted`,
      select: ["_n", `${value} AS _value`, "count(*) AS _count"],
      from: [`FROM rows_${suffix}`, whereAll([...when, `${value} IS NOT NULL`]), `GROUP BY _n, ${value}`],
    },
    {
      name: `${own}_placed`,
      select: [
        "_n",
        "_value",
        "_count",
        `row_number() OVER (PARTITION BY _n ORDER BY _count DESC, ${order}) AS _place`,
      ],
      from: [`FROM ${own}_counted`],
    },
    {
      name: own,
      select: ["_n", `${dialect.counts({ value: "_value", count: "_count", place: "_place" })} AS _value`],
      from: [`FROM ${own}_placed`, `WHERE _place <= ${parameter}`, "GROUP BY _n"],
    },
  ];
}

/** A map from each group to its aggregate: `_value` of the last relation, which is `own` and has a row for every read. */
export function groups(source: LaneSource, column: FeatureColumnPlan, own: string): readonly NamedSelect[] {
  const { suffix, dialect } = source;
  const aggregated = aggregatedOf(source, column);
  const group = groupOf(source, column);
  const present = aggregated.value === "" ? [] : [`${aggregated.value} IS NOT NULL`];
  const one = aggregateSql({ ...aggregated, when: [] }, dialect);
  const map = dialect.map({ key: "g._group", value: "g._value" });
  return [
    {
      name: `${own}_grouped`,
      select: ["_n", `${group} AS _group`, `${emptyIsZero.has(aggregated.fn) ? `coalesce(${one}, 0)` : one} AS _value`],
      from: [
        `FROM rows_${suffix}`,
        whereAll([...aggregated.when, ...present, `${group} IS NOT NULL`]),
        `GROUP BY _n, _t, ${group}`,
      ],
    },
    {
      name: own,
      select: ["r._n", `CASE WHEN count(g._group) <= ${limit.groupsMax} THEN ${map} END AS _value`],
      from: ["FROM reads r", `LEFT JOIN ${own}_grouped g ON g._n = r._n`, "GROUP BY r._n"],
    },
  ];
}

const whereAll = (conditions: readonly string[]): string => `WHERE ${conditions.join(" AND ")}`;
