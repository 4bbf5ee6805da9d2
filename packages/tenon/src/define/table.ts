import type { Duration } from "../base/duration.ts";
import type { About } from "./about.ts";
import {
  type ColumnSpec,
  type Columns,
  c,
  type Flat,
  type LookupColumn,
  lookupColumn,
  type RefsOf,
  type RowOf,
} from "./column.ts";
import type { EntityDefinition } from "./entity.ts";
import type { EventDefinition } from "./event.ts";
import { type Features, featureSet } from "./features.ts";
import type { PostgresQueryDefinition } from "./source.ts";

export interface TableOptions extends About {
  /** A row older than this reads null, with the status `expired`. Default: it is valid until the next one. */
  readonly ttl?: Duration;
  /** Where rows come from beside what is put: each new or changed row of a query is valid from its cursor on. */
  readonly from?: PostgresQueryDefinition;
}

/** The columns that are no key, each null where the table has no row. */
export type TableRow<C> = Flat<{
  readonly [K in keyof RowOf<C> as C[K & keyof C] extends { readonly refs?: infer R }
    ? [NonNullable<R>] extends [never]
      ? K
      : never
    : K]: RowOf<C>[K] | null;
}>;

/** Attributes of an entity that change slowly: a feature set whose rows are put. */
export interface Table<N extends string, E extends string, C> extends Features<N, E, TableRow<C>> {
  /** Present in types only: what is put. */
  readonly put?: RowOf<C>;
  /**
   * A column of the table as a column of an event that refers to the same entity: Tenon fills it when an event comes, with what the
   * table says of the event's time. Events can then be counted, filtered and grouped by it.
   * @example
   * const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro") });
   * const payment = event("payment", { account: c.ref(account), cents: c.integer(), tier: plan.lookup("tier") });
   * const spend = features("spend", account, { proPaid: payment.sum("cents", { tier: "pro" }).over("30d") });
   */
  lookup<const K extends keyof TableRow<C> & string>(column: K): LookupColumn<TableRow<C>[K]>;
}

/**
 * Defines a table: for each key of its one reference the row that is valid at a time, which is the one with the latest
 * `validFrom` at or before it. Rows are put with `PUT /tables/<name>`.
 * @example
 * const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro"), seats: c.integer() }, { ttl: "90d" });
 */
export function table<const N extends string, const C extends Columns>(
  name: N,
  columns: C,
  options: TableOptions = {},
): Table<N, RefsOf<C> & string, C> {
  const attributes = Object.keys(columns ?? {}).filter((column) => columns[column]?.spec?.type !== "ref");
  const rows: EventDefinition = Object.freeze({
    kind: "event",
    name,
    // A row that takes a key away has no values.
    columns: Object.freeze({
      ...columns,
      ...Object.fromEntries(attributes.map((column) => [column, columns[column]?.nullable?.() ?? columns[column]])),
      deleted: c.flag(),
    }),
    options: Object.freeze(options.from === undefined ? {} : { from: options.from }),
    isTable: true,
  });
  const latest = (column: string) =>
    Object.freeze({
      aggregate: Object.freeze({
        event: rows,
        fn: "latest" as const,
        column,
        where: undefined,
        parameter: options.ttl,
        by: undefined,
      }),
      windows: Object.freeze(["lifetime"]),
      hopEvery: undefined,
    });
  const set = featureSet<N, RefsOf<C> & string, TableRow<C>>({
    kind: "features",
    name,
    of: entityOf(columns),
    columns: Object.freeze(Object.fromEntries(attributes.map((column) => [column, latest(column)]))),
    options: Object.freeze({
      ...(options.owner === undefined ? {} : { owner: options.owner }),
      ...(options.description === undefined ? {} : { description: options.description }),
    }),
    picked: undefined,
    table: Object.freeze({ columns, ttl: options.ttl, written: Object.freeze(Object.keys(options)) }),
  });
  return Object.freeze({
    ...set,
    lookup: <const K extends keyof TableRow<C> & string>(column: K) =>
      lookupColumn<TableRow<C>[K]>(set, column, columns[column]?.spec ?? noColumn),
  });
}

/** What a configuration without types may name: the plan tells it. */
const noColumn: ColumnSpec = Object.freeze({ type: "text", nullable: true, personal: false });

/** The entity of the first reference. That there is one, and one alone, the plan checks. */
function entityOf(columns: Columns): EntityDefinition {
  const specs = Object.values(columns ?? {}).map((column) => column?.spec);
  const [to] = specs.flatMap((spec) => (spec?.type === "ref" && spec.to?.kind === "entity" ? [spec.to] : []));
  return to ?? noEntity;
}

const noEntity: EntityDefinition = Object.freeze({
  kind: "entity",
  name: "none",
  keyType: "text",
  owner: undefined,
});
