import type { AggregateState } from "./aggregate-state.ts";
import { CountState } from "./count.ts";
import { DistinctState } from "./distinct.ts";
import { ExtremumState } from "./extremum.ts";
import { FirstLastState } from "./first-last.ts";
import { LastTimeState } from "./last-time.ts";
import { MeanState } from "./mean.ts";
import { SumState } from "./sum.ts";
import { VarianceState } from "./variance.ts";

const makers = {
  count: () => new CountState(),
  sum: () => new SumState(),
  mean: () => new MeanState(),
  min: () => new ExtremumState("min"),
  max: () => new ExtremumState("max"),
  variance: () => new VarianceState("variance"),
  stddev: () => new VarianceState("stddev"),
  first: () => new FirstLastState("first"),
  last: () => new FirstLastState("last"),
  timeSince: () => new LastTimeState(),
  distinct: () => new DistinctState(),
} as const satisfies Readonly<Record<string, () => AggregateState>>;

export type AggregateName = keyof typeof makers;

/** A new state of the named aggregate. */
export const makeAggregate = (name: AggregateName): AggregateState => makers[name]();
