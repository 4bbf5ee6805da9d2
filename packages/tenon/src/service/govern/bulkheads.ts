import { limit } from "../../base/limit.ts";
import type { Plan, PredictionPlan } from "../../plan/plan.ts";
import { Bulkhead, type BulkheadBounds } from "./bulkhead.ts";
import { Turns, type TurnsParts } from "./turns.ts";

/** How much more of the thread than its share: a prediction by its priority. */
const weights = { high: 4, normal: 1, low: 0.25 } as const;

/** What of a prediction's bounds calls have which say themselves that they can wait. */
const lowShare = 0.25;

/** The bulkheads of an app's predictions, and of those of their calls that can wait. */
export class Bulkheads {
  readonly #nowMs: () => number;
  readonly #turns: Turns;
  #byName = new Map<string, Bulkhead>();
  #low = new Map<string, Bulkhead>();

  constructor(parts: TurnsParts) {
    this.#nowMs = parts.nowMs;
    this.#turns = new Turns(parts);
  }

  /** The plan's predictions; those that were there before go on with what they have under way. */
  follow({ predictions }: Plan): void {
    this.#byName = this.#followed(this.#byName, predictions, false);
    this.#low = this.#followed(this.#low, predictions, true);
  }

  /** Undefined where the plan has no such prediction. */
  find(name: string, isLow: boolean): Bulkhead | undefined {
    return (isLow ? this.#low : this.#byName).get(name);
  }

  /** Predicting held the thread for so long. */
  spend(name: string, ms: number): void {
    this.#byName.get(name)?.spend(ms);
  }

  /** Calls wait for their turn. */
  get areWaiting(): boolean {
    return this.#turns.areWaiting;
  }

  get all(): readonly Bulkhead[] {
    return [...this.#byName.values(), ...this.#low.values()];
  }

  #followed(
    before: ReadonlyMap<string, Bulkhead>,
    predictions: readonly PredictionPlan[],
    isLow: boolean,
  ): Map<string, Bulkhead> {
    return new Map(
      predictions.map((plan) => {
        const bounds = isLow ? lowBoundsOf(plan) : boundsOf(plan);
        const parts = { turns: this.#turns, nowMs: this.#nowMs, isLow };
        const one = before.get(plan.name) ?? new Bulkhead(plan.name, bounds, parts);
        one.bounds = bounds;
        return [plan.name, one];
      }),
    );
  }
}

function boundsOf({ bulkhead, priority = "normal" }: PredictionPlan): BulkheadBounds {
  const { concurrency = limit.bulkheadConcurrency, queue = limit.bulkheadQueue, share = 1 } = bulkhead ?? {};
  return { concurrency, queue, share: share * weights[priority], priority };
}

function lowBoundsOf(plan: PredictionPlan): BulkheadBounds {
  const { concurrency, queue, share } = boundsOf(plan);
  const part = (of: number): number => Math.max(1, Math.floor(of * lowShare));
  return { concurrency: part(concurrency), queue: part(queue), share: share * lowShare, priority: "low" };
}
