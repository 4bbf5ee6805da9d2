import { setTimeout as wait } from "node:timers/promises";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";

const retryMs = 20;

/**
 * Takes one part of a large call, and waits while the log has no room: what was taken of the call before cannot be given
 * back, so that a log that is full for a moment slows its sender down instead.
 * @throws log.full, telling what was taken, when there is no room for too long
 */
export async function patiently<T>(take: () => Promise<T> | T, taken: () => string): Promise<T> {
  const deadlineMs = performance.now() + limit.logWaitMsMax;
  for (;;) {
    try {
      return await take();
    } catch (thrown) {
      if (!(thrown instanceof TenonError) || thrown.code !== "log.full") throw thrown;
      if (performance.now() > deadlineMs)
        throw new TenonError("log.full", `${thrown.message}; ${taken()} of this call before`, { retryAfterMs: 5_000 });
      await wait(retryMs);
    }
  }
}
