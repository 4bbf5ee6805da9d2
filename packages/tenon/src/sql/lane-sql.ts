import { aggregateSql, emptyIsZero } from "./aggregate.ts";
import { aggregatedOf, cellOf, type LaneSource, usedNames } from "./lane-column.ts";
import { groups, mostFrequent } from "./many-values.ts";
import type { NamedSelect } from "./named-select.ts";
import { rowsRelation, timeColumn } from "./relation.ts";
import { inWindow, widest } from "./window.ts";

/** An event's part of the text. */
export interface LaneSql {
  readonly selects: readonly NamedSelect[];
  /** Of the relations those with the values, at most one row `_n` for a read. */
  readonly joined: readonly string[];
  /** What a feature set's column is, by its name. */
  readonly values: ReadonlyMap<string, string>;
}

/** The columns of a set that come from one event: what has one value in one relation, each of the others in its own. */
export function laneSql(source: LaneSource): LaneSql {
  const { columns, suffix, dialect } = source;
  const selects = [readRows(source)];
  const ones: string[] = [];
  const joined: string[] = [];
  const values = new Map<string, string>();
  for (const [place, column] of columns.entries()) {
    const own = `c${place + 1}_${suffix}`;
    if (column.many === "counts" || column.many === "groups") {
      selects.push(...(column.many === "counts" ? mostFrequent : groups)(source, column, own));
      joined.push(own);
      values.set(column.name, `${own}._value`);
      continue;
    }
    ones.push(`${aggregateSql(aggregatedOf(source, column), dialect)} AS ${own}`);
    const value = `values_${suffix}.${own}`;
    values.set(column.name, emptyIsZero.has(cellOf(source, column).fn) ? `coalesce(${value}, 0)` : value);
  }
  if (ones.length > 0) {
    const name = `values_${suffix}`;
    selects.push({ name, select: ["_n", ...ones], from: [`FROM rows_${suffix}`, "GROUP BY _n, _t"] });
    joined.push(name);
  }
  return { selects, joined, values };
}

/** The rows that some window of a read may hold, with its number and its time. */
function readRows(source: LaneSource): NamedSelect {
  const { event, lane, columns, ttlMs, suffix, dialect } = source;
  const used = usedNames(source);
  const x = (name: string): string => `x.${dialect.identifier(name)}`;
  const at = x(timeColumn(event));
  const isTable = event.table !== undefined;
  // A row of a table is valid at its time, where an event of the time of a read is not in a window.
  const times = isTable
    ? [`${at} <= r._t`, ...(ttlMs === undefined ? [] : [`${at} > r._t - ${ttlMs}`])]
    : [`${at} < r._t`, ...inWindow(widest(columns), at, "r._t")];
  const positions = [`${x("_position")} <= r._position_max`, `${x("_received_at")} <= r._received_max`];
  const takenBack = isTable
    ? []
    : [
        `  AND (${x("_retracted_position")} IS NULL OR ${x("_retracted_position")} > r._position_max OR ${x("_retracted_at")} > r._received_max)`,
      ];
  return {
    name: `rows_${suffix}`,
    select: [
      "r._n",
      "r._t",
      `${at} AS _at`,
      `${x("_position")} AS _position`,
      ...event.columns.flatMap(({ name }) => (used.has(name) ? [x(name)] : [])),
    ],
    from: [
      "FROM reads r",
      `JOIN ${dialect.identifier(rowsRelation(event))} x ON ${x("_tenant")} = r._tenant AND ${x(lane.by.column)} = r._key`,
      `WHERE ${times.join(" AND ")}`,
      `  AND ${positions.join(" AND ")}`,
      ...takenBack,
    ],
  };
}
