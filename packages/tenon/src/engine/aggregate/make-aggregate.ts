import type { AggregateState } from "./aggregate-state.ts";
import { CountState } from "./count.ts";
import { DistinctState } from "./distinct.ts";
import { ExtremumState } from "./extremum.ts";
import { LastState } from "./last.ts";
import { MeanState } from "./mean.ts";
import { SumState } from "./sum.ts";

const makers = {
  count: () => new CountState(),
  sum: () => new SumState(),
  mean: () => new MeanState(),
  min: () => new ExtremumState("min"),
  max: () => new ExtremumState("max"),
  last: () => new LastState(),
  distinct: () => new DistinctState(),
} as const satisfies Readonly<Record<string, () => AggregateState>>;

export type AggregateName = keyof typeof makers;

/** A new state of the named aggregate. */
export const makeAggregate = (name: AggregateName): AggregateState => makers[name]();
