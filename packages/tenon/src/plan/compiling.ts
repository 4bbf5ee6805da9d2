import type { LaneSet } from "./lanes.ts";
import type { Mistakes } from "./mistakes.ts";
import type { EventPlan } from "./plan.ts";
import type { Reached } from "./reach.ts";

/** What the compile steps share: what was reached, the lanes made so far, and the mistakes found. */
export interface Compiling {
  readonly reached: Reached;
  readonly events: ReadonlyMap<string, EventPlan>;
  readonly lanes: LaneSet;
  readonly mistakes: Mistakes;
  readonly sourceOf: SourceOf;
}

/** What stands for a function in the fingerprint of what calls it: builds give the function's canonical source. */
export type SourceOf = (closure: unknown, name: string) => string;
