import type { Duration } from "../base/duration.ts";
import type { EventDefinition } from "./event.ts";
import type { TypeMessage } from "./spine.ts";

/** A range of numbers or times; null is in none. */
export interface Range<V> {
  readonly above?: V;
  readonly atLeast?: V;
  readonly below?: V;
  readonly atMost?: V;
}

/** What a column's value must be: equal, one of a list, not so (`{ not: null }`), or in a range (`{ atLeast: 100 }`). */
export type Condition<V> =
  | V
  | readonly V[]
  | { readonly not: V | readonly V[] }
  | (NonNullable<V> extends number | Date ? Range<NonNullable<V>> : never);

/** Which rows an aggregate takes: those that meet the condition of every column. */
export type Where<R> = { readonly [K in keyof R]?: Condition<R[K]> };

export type AggregateFunction =
  | "count"
  | "sum"
  | "mean"
  | "min"
  | "max"
  | "variance"
  | "stddev"
  | "quantile"
  | "first"
  | "last"
  | "lastN"
  | "topK"
  | "timeSince"
  | "distinct"
  | "decayedCount"
  | "decayedSum"
  /** The value of the latest row, null or not: of tables. */
  | "latest";

/** An aggregate of an event's rows, as data. */
export interface AggregateSpec {
  readonly event: EventDefinition;
  readonly fn: AggregateFunction;
  readonly column: string | undefined;
  readonly where: Readonly<Record<string, unknown>> | undefined;
  /** n of `lastN`, k of `topK`, q of `quantile`, the half-life of the decayed ones. */
  readonly parameter: number | Duration | undefined;
  /** The column whose values are the groups. */
  readonly by: string | undefined;
}

export type Window = Duration | "lifetime";

/** An aggregate over one or more windows: a column of a feature set for each. */
export interface Windowed<out V = unknown, out W extends string = string, out E extends string = string> {
  readonly aggregate: AggregateSpec;
  readonly windows: readonly W[];
  readonly hopEvery: Duration | undefined;
  /** Present in types only. */
  readonly value?: V;
  readonly keys?: E;
}

/** Sliding windows, exact to the millisecond; `hop` lets their beginnings jump. */
export interface SlidingWindows<out V, out W extends string, out E extends string> extends Windowed<V, W, E> {
  /** The same windows, each beginning at the multiple of `every` (since 1970, UTC) before its exact beginning. */
  hop(every: Duration): Windowed<V, W, E>;
}

/** An outcome as data: an aggregate over [example, example + within). */
export interface OutcomeSpec {
  readonly aggregate: AggregateSpec;
  readonly within: Duration;
  /** The value is compared with this bound and becomes true or false. */
  readonly above: number | undefined;
}

/** What happens after the example: it matches by a reference to the example event, else by a shared entity. */
export interface Outcome<out V = unknown, out R extends string = string> {
  readonly outcome: OutcomeSpec;
  /** Present in types only. */
  readonly value?: V;
  readonly refs?: R;
}

/** A number that happens; `.above(15)` makes a yes or no of it. */
export interface NumberOutcome<R extends string> extends Outcome<number, R> {
  above(bound: number): Outcome<boolean, R>;
}

/** Looking forward, a number may be compared, a yes or no is an outcome as it is, and nothing else can be learned. */
export type OutcomeOf<V, E extends string> = [V] extends [number | null]
  ? NumberOutcome<E>
  : [V] extends [boolean | null]
    ? Outcome<boolean, E>
    : TypeMessage<"an outcome is a number or a yes or no: count the event, or take an aggregate of such a column">;

/** An aggregate that waits for its windows. */
export interface Aggregate<V, E extends string> {
  /** The aggregate over sliding windows that end at the time of the read. */
  over<const W extends readonly [Window, ...Window[]]>(...windows: W): SlidingWindows<V, W[number], E>;
  /** The same aggregate looking forward from the example: a label. */
  next(within: Duration): OutcomeOf<V, E>;
}

/** An aggregate that looks back alone. */
export type BackwardAggregate<V, E extends string> = Pick<Aggregate<V, E>, "over">;

/** An aggregate that may be kept for each value of another column; C: the columns that can be groups. */
export interface GroupableAggregate<V, E extends string, C extends string> extends Aggregate<V, E> {
  /** A map from each value of the column to the aggregate of its rows; null where a window has more than 256 groups. */
  by(column: C): BackwardAggregate<Readonly<Record<string, V>> | null, E>;
}

export const windowed = <V, W extends string, E extends string>(
  aggregate: AggregateSpec,
  windows: readonly W[],
): SlidingWindows<V, W, E> => {
  const exact = { aggregate, windows: Object.freeze([...windows]), hopEvery: undefined };
  return Object.freeze({ ...exact, hop: (every: Duration) => Object.freeze({ ...exact, hopEvery: every }) });
};

export function numberOutcome<R extends string>(aggregate: AggregateSpec, within: Duration): NumberOutcome<R> {
  const outcome: OutcomeSpec = Object.freeze({ aggregate, within, above: undefined });
  return Object.freeze({
    outcome,
    above: (bound: number): Outcome<boolean, R> =>
      Object.freeze({ outcome: Object.freeze({ ...outcome, above: bound }) }),
  });
}

export const outcome = <V, R extends string>(spec: OutcomeSpec): Outcome<V, R> =>
  Object.freeze({ outcome: Object.freeze(spec) });
