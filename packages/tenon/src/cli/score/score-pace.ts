import { limit } from "../../base/limit.ts";

interface Clock {
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

const perSecond = 1_000;

/**
 * Runs calls one after the other beside what else the app answers: at most so many rows a second, or, where no rate is
 * given, with a pause after each call as long as the call took. An app that is busy answers later, and is asked more seldom.
 */
export function scorePace(
  rate: number | undefined,
  { nowMs, wait }: Clock,
): <T>(rows: number, call: () => Promise<T>) => Promise<T> {
  let readyMs = nowMs();
  return async (rows, call) => {
    if (readyMs > nowMs()) await wait(readyMs - nowMs());
    const beganMs = nowMs();
    const answer = await call();
    const tookMs = nowMs() - beganMs;
    readyMs =
      rate === undefined
        ? nowMs() + Math.min(limit.scorePauseMsMax, tookMs)
        : // A wait that came late is made up for, but for no more than a second.
          Math.max(readyMs, beganMs - perSecond) + (rows * perSecond) / rate;
    return answer;
  };
}
