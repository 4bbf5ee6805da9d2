import type { CellPlan, EventPlan, FeatureColumnPlan, LanePlan } from "../plan/plan.ts";
import type { Aggregated } from "./aggregate.ts";
import { columnOf } from "./column-of.ts";
import { filterSql } from "./condition.ts";
import type { SqlDialect } from "./dialect.ts";
import { sqlTypeOf } from "./sql-type.ts";
import { inWindow } from "./window.ts";

/** Where a set's columns of one event come from. */
export interface LaneSource {
  readonly event: EventPlan;
  readonly lane: LanePlan;
  readonly columns: readonly FeatureColumnPlan[];
  /** How long a row of a table is valid. */
  readonly ttlMs: number | undefined;
  /** Tells the relations of several events apart. */
  readonly suffix: string;
  readonly dialect: SqlDialect;
}

export const cellOf = ({ lane }: LaneSource, column: FeatureColumnPlan): CellPlan => lane.cells[column.cell]!;

/** What a column aggregates: the rows of its window that its filter takes. */
export function aggregatedOf(source: LaneSource, column: FeatureColumnPlan): Aggregated {
  const { event, lane, dialect } = source;
  const cell = cellOf(source, column);
  const of = cell.column < 0 ? undefined : columnOf(event, lane.columns[cell.column]!.name);
  const value = of === undefined ? "" : dialect.identifier(of.name);
  return {
    fn: cell.fn,
    parameter: cell.parameter ?? Number.NaN,
    // A row that takes its key away has no values, whatever stands in it.
    value: event.table === undefined ? value : `CASE WHEN ${dialect.identifier("deleted")} THEN NULL ELSE ${value} END`,
    type: of === undefined ? { kind: "whole" } : sqlTypeOf(of),
    when: [...inWindow(column, "_at", "_t"), ...filterSql(lane.filters[cell.filter] ?? [], event, dialect)],
  };
}

/** The column whose values are the groups of `by`. */
export function groupOf(source: LaneSource, column: FeatureColumnPlan): string {
  const { by } = cellOf(source, column);
  return by === undefined ? "" : source.dialect.identifier(source.lane.columns[by]!.name);
}

/** The names of the event's columns that the text needs. */
export function usedNames(source: LaneSource): ReadonlySet<string> {
  const { lane, event } = source;
  const cells = source.columns.map((column) => cellOf(source, column));
  return new Set([
    ...cells.flatMap(({ column, by = -1 }) => [column, by].flatMap((place) => lane.columns[place]?.name ?? [])),
    ...cells.flatMap(({ filter }) => lane.filters[filter] ?? []).map(({ column }) => column),
    ...(event.table === undefined ? [] : ["deleted"]),
  ]);
}
