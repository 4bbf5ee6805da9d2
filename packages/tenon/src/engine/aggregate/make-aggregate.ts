import type { AggregateState } from "./aggregate-state.ts";
import { CountState } from "./count.ts";
import { DecayedState } from "./decayed.ts";
import { DistinctState } from "./distinct.ts";
import { ExtremumState } from "./extremum.ts";
import { FirstLastState } from "./first-last.ts";
import { GroupedState } from "./grouped.ts";
import { LastNState } from "./last-n.ts";
import { LastTimeState } from "./last-time.ts";
import { LatestState } from "./latest.ts";
import { MeanState } from "./mean.ts";
import { QuantileState } from "./quantile.ts";
import { SumState } from "./sum.ts";
import { TopKState } from "./top-k.ts";
import { VarianceState } from "./variance.ts";

const makers = {
  count: () => new CountState(),
  sum: () => new SumState(),
  mean: () => new MeanState(),
  min: () => new ExtremumState("min"),
  max: () => new ExtremumState("max"),
  variance: () => new VarianceState("variance"),
  stddev: () => new VarianceState("stddev"),
  quantile: (q) => new QuantileState(q),
  first: () => new FirstLastState("first"),
  last: () => new FirstLastState("last"),
  latest: (ttlMs) => new LatestState(ttlMs),
  lastN: (n) => new LastNState(n),
  topK: () => new TopKState(),
  timeSince: () => new LastTimeState(),
  distinct: () => new DistinctState(),
  decayedCount: (halfLifeMs) => new DecayedState(halfLifeMs),
  decayedSum: (halfLifeMs) => new DecayedState(halfLifeMs),
} as const satisfies Readonly<Record<string, (parameter: number) => AggregateState>>;

export type AggregateName = keyof typeof makers;

/** What an aggregate is made of: its function, the function's number, and whether it is kept by groups. */
export interface AggregateCell {
  readonly fn: AggregateName;
  /** n of `lastN`, q of `quantile`, the half-life in milliseconds of the decayed ones. */
  readonly parameter?: number;
  /** The column of the groups. */
  readonly by?: number;
}

/** Whether a row without a value counts: of a table's columns, null is a value. */
export const takesNull = (fn: AggregateName): boolean => fn === "latest";

/** A new state of the aggregate. */
export function makeAggregate({ fn, parameter = Number.NaN, by }: AggregateCell): AggregateState {
  const make = (): AggregateState => makers[fn](parameter);
  return by === undefined ? make() : new GroupedState(make);
}
