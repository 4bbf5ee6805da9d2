import { fingerprint } from "../base/hash.ts";
import type { AggregateSpec } from "../define/aggregate.ts";
import type { CellPlan, ColumnPlan, EventPlan, FilterPlan, LaneColumnPlan, LanePlan } from "./plan.ts";

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
  cell(aggregate: AggregateSpec, windowMs: number): number {
    this.#retentionMs = Math.max(this.#retentionMs, windowMs);
    const cell: CellPlan = {
      fn: aggregate.fn,
      column: aggregate.column === undefined ? -1 : this.#column(aggregate.column),
      filter: aggregate.where === undefined ? -1 : this.#filter(aggregate.where),
    };
    return findOrAdd(this.#cells, cell);
  }

  #column(name: string): number {
    const column = this.#event.columns.find((candidate) => candidate.name === name);
    return findOrAdd(this.#columns, { name, coded: column !== undefined && isCoded(column) });
  }

  #filter(where: Readonly<Record<string, unknown>>): number {
    const filter = Object.entries(where)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => ({ column, anyOf: plainValues(Array.isArray(value) ? value : [value]) }))
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
    const placed = this.#cells.map(({ fn, column, filter }) => ({
      fn,
      column: column < 0 ? -1 : columns.places[column]!,
      filter: filter < 0 ? -1 : filters.places[filter]!,
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

/** Each value once, in a fixed order: a filter is a set. */
const plainValues = (values: readonly unknown[]): readonly (string | number | boolean | null)[] =>
  sorted([...new Set(values.map(plainValue))]).list;

/** A list in the order of its items' texts, and where each item has come to stand. */
function sorted<T>(list: readonly T[]): { readonly list: readonly T[]; readonly places: readonly number[] } {
  const texts = list.map((item) => JSON.stringify(item));
  const order = [...list.keys()].sort((a, b) => (texts[a]! < texts[b]! ? -1 : texts[a]! > texts[b]! ? 1 : 0));
  const places: number[] = [];
  for (const [place, index] of order.entries()) places[index] = place;
  return { list: order.map((index) => list[index]!), places };
}

function plainValue(value: unknown): string | number | boolean | null {
  if (value instanceof Date) return value.getTime();
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

function findOrAdd<T>(list: T[], item: T): number {
  const text = JSON.stringify(item);
  const known = list.findIndex((candidate) => JSON.stringify(candidate) === text);
  return known >= 0 ? known : list.push(item) - 1;
}
