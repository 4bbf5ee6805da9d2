import type { Bulkhead } from "../service/govern/bulkhead.ts";
import { askedBudgetMs } from "./asked-budget.ts";
import type { Call } from "./route.ts";

/** Of a prediction, for calls like this one; undefined where the app has no such prediction. */
export const bulkheadOf = ({ tenon, request }: Call, prediction: string): Bulkhead | undefined =>
  // A caller says so where nobody looks at a page meanwhile.
  tenon.bulkheads.find(prediction, request.headers["tenon-priority"] === "low");

/**
 * Does what is asked of a prediction when it is its turn, and tells it how long it waited. Its body was read before: who
 * sends slowly keeps nobody's place.
 * @throws prediction.busy, and what is thrown by what is done
 */
export async function inTurn<T>(call: Call, prediction: string, run: (queuedMs: number) => Promise<T> | T): Promise<T> {
  const bulkhead = bulkheadOf(call, prediction);
  if (bulkhead === undefined) return run(0);
  const queuedMs = bulkhead.enter() ? 0 : await bulkhead.wait(budgetMs(call, prediction));
  try {
    return await run(queuedMs);
  } finally {
    bulkhead.leave();
  }
}

function budgetMs({ tenon, request }: Call, prediction: string): number {
  const ownMs = tenon.serving.predictor(prediction).plan.budgetMs;
  return Math.min(ownMs, askedBudgetMs(request) ?? ownMs);
}
