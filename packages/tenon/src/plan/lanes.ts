import { fingerprint } from "../base/hash.ts";
import type { AggregateSpec } from "../define/aggregate.ts";
import { conditionOf } from "./condition.ts";
import type { CellPlan, ColumnPlan, EventPlan, FilterPlan, LaneColumnPlan, LanePlan } from "./plan.ts";
import { sorted } from "./sorted.ts";

/** How a column is kept in a lane's rows of numbers. */
const codedTypes = new Set(["text", "ref"]);
export const isCoded = (column: ColumnPlan): boolean =>
  codedTypes.has(column.type) && !(column.type === "ref" && column.to?.keyType === "integer");

/** Filters of one lane at most: each is a bit of a row's mask. */
export const filtersMax = 31;

/** A lane while definitions are added to it. */
export class LaneBuilder {
  readonly #event: EventPlan;
  readonly #by: LanePlan["by"];
  readonly #columns: LaneColumnPlan[] = [];
  readonly #filters: FilterPlan[] = [];
  readonly #cells: CellPlan[] = [];
  #retentionMs = 0;

  constructor(event: EventPlan, by: LanePlan["by"]) {
    this.#event = event;
    this.#by = by;
  }

  /** The place of the aggregate's cell; equal aggregates share one. */
  cell(
    aggregate: Pick<AggregateSpec, "fn" | "column" | "where" | "by">,
    parameter: number | undefined,
    windowMs: number,
  ): number {
    this.#retentionMs = Math.max(this.#retentionMs, windowMs);
    const { fn, column, where, by } = aggregate;
    return findOrAdd(this.#cells, {
      fn,
      column: column === undefined ? -1 : this.#column(column, fn === "distinct"),
      filter: where === undefined ? -1 : this.#filter(where),
      ...(parameter === undefined ? {} : { parameter }),
      ...(by === undefined ? {} : { by: this.#column(by, false) }),
    });
  }

  /** A dictionary gives codes in the order of arrival: what an estimate is made of must not depend on that. */
  #column(name: string, asHash: boolean): number {
    const column = this.#event.columns.find((candidate) => candidate.name === name);
    const isText = column !== undefined && isCoded(column);
    return findOrAdd(this.#columns, isText && asHash ? { name, coded: false, hashed: true } : { name, coded: isText });
  }

  #filter(where: Readonly<Record<string, unknown>>): number {
    const filter = Object.entries(where)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => conditionOf(column, value))
      .sort((a, b) => (a.column < b.column ? -1 : 1));
    return filter.length === 0 ? -1 : findOrAdd(this.#filters, filter);
  }

  get filterCount(): number {
    return this.#filters.length;
  }

  /**
   * The lane in its normal form, whatever the order in which its aggregates were written; `cells` says where the
   * aggregate that `cell` placed has come to stand.
   */
  build(): { readonly lane: LanePlan; readonly cells: readonly number[] } {
    const columns = sorted(this.#columns);
    const filters = sorted(this.#filters);
    const placed = this.#cells.map((cell) => ({
      ...cell,
      column: cell.column < 0 ? -1 : columns.places[cell.column]!,
      filter: cell.filter < 0 ? -1 : filters.places[cell.filter]!,
      ...(cell.by === undefined ? {} : { by: columns.places[cell.by]! }),
    }));
    const cells = sorted(placed);
    const lane = {
      event: this.#event.name,
      by: this.#by,
      columns: columns.list,
      filters: filters.list,
      cells: cells.list,
      retentionMs: this.#retentionMs,
    };
    const schema = columns.list.map(({ name }) => this.#event.columns.find((column) => column.name === name));
    return { lane: { id: fingerprint({ ...lane, schema }), ...lane }, cells: cells.places };
  }
}

/** Lanes by identity: two definitions that need the same rows and tiles share them. */
export class LaneSet {
  readonly lanes: LanePlan[] = [];

  add(lane: LanePlan): number {
    const known = this.lanes.findIndex((candidate) => candidate.id === lane.id);
    return known >= 0 ? known : this.lanes.push(lane) - 1;
  }
}

function findOrAdd<T>(list: T[], item: T): number {
  const text = JSON.stringify(item);
  const known = list.findIndex((candidate) => JSON.stringify(candidate) === text);
  return known >= 0 ? known : list.push(item) - 1;
}
