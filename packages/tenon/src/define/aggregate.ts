import type { Duration } from "../base/duration.ts";
import type { EventDefinition } from "./event.ts";
import type { TypeMessage } from "./spine.ts";

/** Which rows an aggregate takes: by equality, or by membership in a list. */
export type Where<R> = { readonly [K in keyof R]?: R[K] | readonly R[K][] };

export type AggregateFunction =
  | "count"
  | "sum"
  | "mean"
  | "min"
  | "max"
  | "variance"
  | "stddev"
  | "first"
  | "last"
  | "timeSince"
  | "distinct";

/** An aggregate of an event's rows, as data. */
export interface AggregateSpec {
  readonly event: EventDefinition;
  readonly fn: AggregateFunction;
  readonly column: string | undefined;
  readonly where: Readonly<Record<string, unknown>> | undefined;
}

export type Window = Duration | "lifetime";

/** An aggregate over one or more windows: a column of a feature set for each. */
export interface Windowed<out V = unknown, out W extends string = string, out E extends string = string> {
  readonly aggregate: AggregateSpec;
  readonly windows: readonly W[];
  /** Present in types only. */
  readonly value?: V;
  readonly keys?: E;
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
  over<const W extends readonly [Window, ...Window[]]>(...windows: W): Windowed<V, W[number], E>;
  /** The same aggregate looking forward from the example: a label. */
  next(within: Duration): OutcomeOf<V, E>;
}

/** An aggregate that looks back alone. */
export type BackwardAggregate<V, E extends string> = Pick<Aggregate<V, E>, "over">;

export const windowed = <V, W extends string, E extends string>(
  aggregate: AggregateSpec,
  windows: readonly W[],
): Windowed<V, W, E> => Object.freeze({ aggregate, windows: Object.freeze([...windows]) });

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
