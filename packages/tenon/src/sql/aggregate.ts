import type { CellPlan } from "../plan/plan.ts";
import { filtered, type SqlDialect } from "./dialect.ts";
import type { SqlType } from "./sql-type.ts";

/** An aggregate of the rows of one read, `_t` being its time and `_at` a row's. */
export interface Aggregated {
  readonly fn: CellPlan["fn"];
  readonly parameter: number;
  /** The column, or empty where the aggregate is of rows. */
  readonly value: string;
  readonly type: SqlType;
  /** What a row must meet. */
  readonly when: readonly string[];
}

/** What a window without a value reads, where it is not null. */
export const emptyIsZero: ReadonlySet<CellPlan["fn"]> = new Set([
  "count",
  "sum",
  "distinct",
  "decayedCount",
  "decayedSum",
]);

/** 2 to the power of −500 times a value of 10^−150 is a double yet: less would be an error of PostgreSQL's. */
const weightlessHalfLives = 500;
const weightlessMagnitude = "1e-150";

/** One value of the rows: null for none, except where that is 0 by another name. */
export function aggregateSql(aggregated: Aggregated, dialect: SqlDialect): string {
  const { fn, parameter, value, type } = aggregated;
  const when = aggregated.when.join(" AND ");
  const real = dialect.type({ kind: "real" });
  const asReal = (sql: string): string => `CAST(${sql} AS ${real})`;
  // Where nulls are passed over by the aggregate itself, nothing is said of them.
  const picked = { value, when: [...aggregated.when, `${value} IS NOT NULL`].join(" AND ") };
  switch (fn) {
    case "count":
      return filtered("count(*)", when);
    case "sum":
      return filtered(`sum(${dialect.summand(value, type)})`, when);
    case "mean":
      // Of whole numbers the sum is exact; an average of decimals would be cut to some digits.
      return `${asReal(filtered(`sum(${dialect.summand(value, type)})`, when))} / ${filtered(`count(${value})`, when)}`;
    case "min":
    case "max":
      // The two zeros of doubles are one value.
      return `${filtered(`${fn}(${value})`, when)}${type.kind === "real" ? " + 0" : ""}`;
    case "variance":
      return asReal(filtered(`var_samp(${value})`, when));
    case "stddev":
      return asReal(filtered(`stddev_samp(${value})`, when));
    case "quantile":
      return filtered(`percentile_disc(${parameter}) WITHIN GROUP (ORDER BY ${value})`, when);
    case "first":
      return dialect.oldest(picked);
    case "last":
      return dialect.newest(picked);
    case "latest":
      return dialect.newest({ value, when });
    case "lastN":
      return dialect.newestList(picked, parameter);
    case "timeSince":
      return `_t - ${filtered("max(_at)", when)}`;
    case "distinct":
      return filtered(`count(DISTINCT ${value})`, when);
    case "decayedCount":
      return filtered(`sum(${weight(parameter, real)})`, heavy(aggregated));
    case "decayedSum":
      return filtered(`sum(${asReal(value)} * ${weight(parameter, real)})`, heavy(aggregated));
    case "topK":
      throw new RangeError("topK is a list of counts, not one aggregate");
  }
}

const weight = (halfLifeMs: number, real: string): string =>
  `power(CAST(2 AS ${real}), CAST(_at - _t AS ${real}) / ${halfLifeMs})`;

function heavy({ when, parameter, value, type }: Aggregated): string {
  const conditions = [...when, `_at >= _t - ${weightlessHalfLives * parameter}`];
  return (
    type.kind === "real" && value !== "" ? [...conditions, `abs(${value}) >= ${weightlessMagnitude}`] : conditions
  ).join(" AND ");
}
