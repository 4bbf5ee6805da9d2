import type { Duration } from "../base/duration.ts";
import type { About } from "./about.ts";
import { type Columns, c, type Flat, type RowOf } from "./column.ts";
import type { EntityDefinition } from "./entity.ts";
import type { EventDefinition } from "./event.ts";
import { type Features, featureSet } from "./features.ts";
import { writtenOptions } from "./frozen.ts";

interface SharedBatchOptions<C extends Columns> extends About {
  /** What the SQL answers beside the key: each null where a run has no row of the key. */
  readonly columns: C;
  /** One select with a row for each key; the key's column has the entity's name. `as_of()` is the time that it is for. */
  readonly sql: string;
  /** A run that is older reads null, with the status `expired`. Default: a run is valid until the next one. */
  readonly ttl?: Duration;
  readonly version?: number;
  /** How long a run may take. Default 15 m. */
  readonly timeLimit?: Duration;
  /** Memory of a run in megabytes; beyond it is put aside on disk. Default 1,000. */
  readonly memoryMb?: number;
}

/** Runs by the clock, or once an event has brought rows. */
export type BatchOptions<C extends Columns> = SharedBatchOptions<C> &
  (
    | {
        /** A duration counts from midnight of 1 January 1970, so that `"1d"` is midnight. Or `"cron 30 4 * * 1-5"`. */
        readonly every: Duration | `cron ${string}`;
        /** Of `cron`, such as `"Europe/Berlin"`. Default UTC. */
        readonly timeZone?: string;
        readonly after?: undefined;
      }
    | {
        /** A run begins once rows of this event have come, and for ten seconds none. */
        readonly after: EventDefinition;
        readonly every?: undefined;
        readonly timeZone?: undefined;
      }
  );

/** What a feature set is besides, where its values are computed by runs of SQL. */
export interface BatchSpec {
  /** The columns as they were written, without the key. */
  readonly columns: Columns;
  readonly sql: string;
  readonly every: string | undefined;
  readonly timeZone: string | undefined;
  readonly after: EventDefinition | undefined;
  readonly ttl: Duration | undefined;
  readonly timeLimit: Duration | undefined;
  readonly memoryMb: number | undefined;
  readonly written: readonly string[];
}

export type BatchRow<C> = Flat<{ readonly [K in keyof RowOf<C>]: RowOf<C>[K] | null }>;

/**
 * Defines a feature set that SQL computes on a schedule, over events, tables and other sets by their names. A run is
 * published as one: a read at a time sees the rows of the latest run that was published by then, and of no other.
 * @example
 * const value = batch("customer_value", account, {
 *   every: "1d",
 *   columns: { spent: c.real() },
 *   sql: "select account, sum(cents) / 100 as spent from payment group by account",
 * });
 */
export function batch<const N extends string, E extends string, const C extends Columns>(
  name: N,
  of: EntityDefinition<E>,
  options: BatchOptions<C>,
): Features<N, E, BatchRow<C>> {
  const {
    columns = {},
    sql,
    every,
    timeZone,
    after,
    ttl,
    timeLimit,
    memoryMb,
    version,
    owner,
    description,
  }: BatchOptions<Columns> = options;
  const rows: EventDefinition = Object.freeze({
    kind: "event",
    name,
    columns: Object.freeze({
      [of?.name]: c.ref(of),
      ...Object.fromEntries(Object.entries(columns).map(([column, made]) => [column, made?.nullable?.() ?? made])),
    }),
    options: Object.freeze({}),
  });
  const latest = (column: string) =>
    Object.freeze({
      aggregate: Object.freeze({
        event: rows,
        fn: "latest" as const,
        column,
        where: undefined,
        parameter: undefined,
        by: undefined,
      }),
      windows: Object.freeze(["run"]),
      hopEvery: undefined,
    });
  return featureSet<N, E, BatchRow<C>>({
    kind: "features",
    name,
    of,
    columns: Object.freeze(Object.fromEntries(Object.keys(columns).map((column) => [column, latest(column)]))),
    options: Object.freeze({
      ...(version === undefined ? {} : { version }),
      ...(owner === undefined ? {} : { owner }),
      ...(description === undefined ? {} : { description }),
    }),
    picked: undefined,
    batch: Object.freeze({
      columns,
      sql,
      every,
      timeZone,
      after,
      ttl,
      timeLimit,
      memoryMb,
      written: writtenOptions(options),
    }),
  });
}
