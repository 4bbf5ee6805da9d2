import type { Duration } from "../base/duration.ts";
import type { About } from "./about.ts";
import {
  type Aggregate,
  type AggregateFunction,
  type AggregateSpec,
  type BackwardAggregate,
  type GroupableAggregate,
  numberOutcome,
  type Outcome,
  type OutcomeOf,
  outcome,
  type Where,
  windowed,
} from "./aggregate.ts";
import type { Column, Columns, Flat, RefsOf, RowOf, SentRow } from "./column.ts";
import type { PickedColumns } from "./on-demand.ts";
import type { SourceDefinition } from "./source.ts";
import type { Spine, TypeMessage } from "./spine.ts";

export interface EventOptions extends About {
  /** How late an event may arrive and still count; later ones are refused and counted. Default 7 d. */
  readonly late?: Duration;
  /** The longest window that may be asked of the event; nothing is deleted by it yet. Default: for ever. */
  readonly keep?: Duration;
  /** Where its rows come from, beside what is sent. */
  readonly from?: SourceDefinition;
}

/** An event as data. */
export interface EventDefinition<out N extends string = string> {
  readonly kind: "event";
  readonly name: N;
  readonly columns: Columns;
  readonly options: EventOptions;
  /** The rows of a table: put, not sent. */
  readonly isTable?: true;
}

/** What every event carries: CloudEvents' id and time. */
export interface Envelope {
  readonly id: string;
  readonly at: Date;
}

/** A value and how often it occurs. */
export interface CountedValue<V> {
  readonly value: V;
  readonly count: number;
}

type EventRow<C> = Flat<SentRow<C> & Envelope>;
/** The column's name where it holds numbers that can be added, else a sentence. A reference is a key, not a number. */
type NumberColumn<C, K extends keyof C> =
  C[K] extends Column<number | null>
    ? K
    : K & TypeMessage<"sum, mean, min and max take a column of numbers: integer, decimal or real">;

type Groups<V> = Readonly<Record<string, V>> | null;

/** Something that happened, with its columns; a spine, since predictions may be made for it. */
export interface Event<N extends string, C extends Columns>
  extends EventDefinition<N>,
    Spine<N, EventRow<C>, RefsOf<C> & string> {
  readonly kind: "event";
  readonly name: N;
  readonly columns: C;
  /** Columns of the spine itself as model inputs; nothing enters a model unlisted. */
  pick<const K extends readonly [keyof SentRow<C> & string, ...(keyof SentRow<C> & string)[]]>(
    ...columns: K
  ): PickedColumns<N, Event<N, C>, Pick<SentRow<C>, K[number]>>;
  count(where?: Where<RowOf<C>>): GroupableAggregate<number, RefsOf<C> & string, keyof C & string>;
  /** The sum over the rows whose value is not null; 0 for none. Exact: rounded once, at the end. */
  sum<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    where?: Where<RowOf<C>>,
  ): GroupableAggregate<number, RefsOf<C> & string, keyof C & string>;
  mean<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    where?: Where<RowOf<C>>,
  ): GroupableAggregate<number | null, RefsOf<C> & string, keyof C & string>;
  min<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    where?: Where<RowOf<C>>,
  ): GroupableAggregate<number | null, RefsOf<C> & string, keyof C & string>;
  max<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    where?: Where<RowOf<C>>,
  ): GroupableAggregate<number | null, RefsOf<C> & string, keyof C & string>;
  /** The sample variance (over n − 1); null for fewer than two values. Its last bit does not depend on the order of arrival. */
  variance<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    where?: Where<RowOf<C>>,
  ): Aggregate<number | null, RefsOf<C> & string>;
  /** The root of the sample variance; null for fewer than two values. */
  stddev<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    where?: Where<RowOf<C>>,
  ): Aggregate<number | null, RefsOf<C> & string>;
  /**
   * The value of rank ⌈q · n⌉, q from 0 to 1: within 1/128 below it, and exact for whole numbers up to 256; null for none.
   */
  quantile<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    q: number,
    where?: Where<RowOf<C>>,
  ): BackwardAggregate<number | null, RefsOf<C> & string>;
  /** How many rows, each halved for every half-life that has passed since it happened. */
  decayedCount(halfLife: Duration, where?: Where<RowOf<C>>): BackwardAggregate<number, RefsOf<C> & string>;
  /** The sum of the values, each halved for every half-life that has passed since it happened. */
  decayedSum<const K extends keyof C & string>(
    column: NumberColumn<C, K>,
    halfLife: Duration,
    where?: Where<RowOf<C>>,
  ): BackwardAggregate<number, RefsOf<C> & string>;
  /** Milliseconds from the latest row to the time of the read; null where the window has none. */
  timeSince(where?: Where<RowOf<C>>): BackwardAggregate<number | null, RefsOf<C> & string>;
  /** The value of the earliest row in the window, by time and then by arrival; nulls are passed over. */
  first<K extends keyof C & string>(
    column: K,
    where?: Where<RowOf<C>>,
  ): Aggregate<RowOf<C>[K] | null, RefsOf<C> & string>;
  /** The value of the latest row, by time and then by arrival; nulls are passed over. */
  last<K extends keyof C & string>(
    column: K,
    where?: Where<RowOf<C>>,
  ): Aggregate<RowOf<C>[K] | null, RefsOf<C> & string>;
  /** The values of the n latest rows, newest first, n from 1 to 100; nulls are passed over; null for none. */
  lastN<K extends keyof C & string>(
    column: K,
    n: number,
    where?: Where<RowOf<C>>,
  ): BackwardAggregate<readonly NonNullable<RowOf<C>[K]>[] | null, RefsOf<C> & string>;
  /**
   * The k most frequent values with their counts, k from 1 to 100, ties by their texts; null for none. Exact up to 1,000
   * different values; beyond, counts may be too low by a thousandth of the rows.
   */
  topK<K extends keyof C & string>(
    column: K,
    k: number,
    where?: Where<RowOf<C>>,
  ): BackwardAggregate<readonly CountedValue<NonNullable<RowOf<C>[K]>>[] | null, RefsOf<C> & string>;
  /** How many different values; exact up to 1,000, beyond that an estimate with a standard error of 1.6 %. */
  distinct(column: keyof C & string, where?: Where<RowOf<C>>): Aggregate<number, RefsOf<C> & string>;
  /** Whether this event happens within the time after the example. */
  follows(within: Duration, where?: Where<RowOf<C>>): Outcome<boolean, RefsOf<C> & string>;
}

/**
 * Defines an event. The first argument is its durable name: URL, table and metric.
 * @example
 * const departure = event("departure", { origin: c.ref(airport), miles: c.integer() });
 */
export function event<const N extends string, const C extends Columns>(
  name: N,
  columns: C & {
    readonly [K in keyof Envelope]?: TypeMessage<"every event has its own id and at: choose another column name">;
  },
  options: EventOptions & { readonly from?: SourceDefinition<NoInfer<SentRow<C>>> } = {},
): Event<N, C> {
  type Keys = RefsOf<C> & string;
  type Row = RowOf<C>;
  const definition: EventDefinition<N> = Object.freeze({
    kind: "event",
    name,
    columns,
    options: Object.freeze(options),
  });
  const spec = (
    fn: AggregateFunction,
    column: string | undefined,
    where: Where<Row> | undefined,
    parameter?: number | Duration,
  ): AggregateSpec => Object.freeze({ event: definition, fn, column, where, parameter, by: undefined });
  const backward = <V>(s: AggregateSpec): BackwardAggregate<V, Keys> =>
    Object.freeze({
      over: <const W extends readonly string[]>(...windows: W) => windowed<V, W[number], Keys>(s, windows),
    });
  const groupable = <V extends number | null>(s: AggregateSpec): GroupableAggregate<V, Keys, string> =>
    Object.freeze({ ...numeric<V>(s), by: (by: string) => backward<Groups<V>>(Object.freeze({ ...s, by })) });
  const numeric = <V extends number | null>(s: AggregateSpec): Aggregate<V, Keys> =>
    aggregate<V>(s, (within) => numberOutcome<Keys>(s, within));
  const aggregate = <V>(s: AggregateSpec, next: (within: Duration) => Outcome): Aggregate<V, Keys> =>
    Object.freeze({
      ...backward<V>(s),
      next: (within: Duration) => next(within) as OutcomeOf<V, Keys>,
    });
  const ofColumn = <K extends keyof C & string>(fn: "first" | "last", column: K, where: Where<Row> | undefined) => {
    const s = spec(fn, column, where);
    return aggregate<Row[K & keyof Row] | null>(s, (within) => numberOutcome<Keys>(s, within)) as Aggregate<
      RowOf<C>[K] | null,
      Keys
    >;
  };
  const made: Event<N, C> = Object.freeze({
    ...definition,
    columns,
    pick: (...picked: readonly string[]) =>
      Object.freeze({ kind: "pick" as const, name, spine: definition, columns: Object.freeze([...picked]) }),
    count: (where?: Where<Row>) => groupable<number>(spec("count", undefined, where)),
    sum: (column: string, where?: Where<Row>) => groupable<number>(spec("sum", column, where)),
    mean: (column: string, where?: Where<Row>) => groupable<number | null>(spec("mean", column, where)),
    min: (column: string, where?: Where<Row>) => groupable<number | null>(spec("min", column, where)),
    max: (column: string, where?: Where<Row>) => groupable<number | null>(spec("max", column, where)),
    variance: (column: string, where?: Where<Row>) => numeric<number | null>(spec("variance", column, where)),
    stddev: (column: string, where?: Where<Row>) => numeric<number | null>(spec("stddev", column, where)),
    quantile: (column: string, q: number, where?: Where<Row>) =>
      backward<number | null>(spec("quantile", column, where, q)),
    decayedCount: (halfLife: Duration, where?: Where<Row>) =>
      backward<number>(spec("decayedCount", undefined, where, halfLife)),
    decayedSum: (column: string, halfLife: Duration, where?: Where<Row>) =>
      backward<number>(spec("decayedSum", column, where, halfLife)),
    timeSince: (where?: Where<Row>) => backward<number | null>(spec("timeSince", undefined, where)),
    first: <K extends keyof C & string>(column: K, where?: Where<Row>) => ofColumn("first", column, where),
    last: <K extends keyof C & string>(column: K, where?: Where<Row>) => ofColumn("last", column, where),
    lastN: <K extends keyof C & string>(column: K, n: number, where?: Where<Row>) =>
      backward<readonly NonNullable<RowOf<C>[K]>[] | null>(spec("lastN", column, where, n)),
    topK: <K extends keyof C & string>(column: K, k: number, where?: Where<Row>) =>
      backward<readonly CountedValue<NonNullable<RowOf<C>[K]>>[] | null>(spec("topK", column, where, k)),
    distinct: (column: string, where?: Where<Row>) => numeric<number>(spec("distinct", column, where)),
    follows: (within: Duration, where?: Where<Row>) =>
      outcome<boolean, Keys>({ aggregate: spec("count", undefined, where), within, above: 0 }),
  });
  return made;
}
