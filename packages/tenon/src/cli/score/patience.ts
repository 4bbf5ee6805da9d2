import { errorTable, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";

const firstWaitMs = 500;
const waitMsMax = 30_000;

/** What a wait is made with: of the process, or of a test. */
export interface Waiting {
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
  /** Told before each wait. */
  readonly told: (why: string, waitMs: number) => void;
}

/**
 * Tries again for as long as the other side asks for patience: after what it says in Retry-After, else after ever longer waits.
 * @throws what was thrown last, where it is of another kind or goes on for too long
 */
export async function withPatience<T>(
  act: () => Promise<T>,
  isPassing: (thrown: unknown) => thrown is TenonError,
  { nowMs, wait, told }: Waiting,
): Promise<T> {
  const deadlineMs = nowMs() + limit.scoreWaitMsMax;
  for (let ownWaitMs = firstWaitMs; ; ownWaitMs = Math.min(waitMsMax, ownWaitMs * 2)) {
    try {
      return await act();
    } catch (thrown) {
      if (!isPassing(thrown)) throw thrown;
      const waitMs = thrown.retryAfterMs ?? ownWaitMs;
      if (nowMs() + waitMs > deadlineMs) throw thrown;
      told(thrown.message, waitMs);
      await wait(waitMs);
    }
  }
}

/** The server is busy, shuts down, or is being started again. */
export function isPassingError(thrown: unknown): thrown is TenonError {
  if (!(thrown instanceof TenonError)) return false;
  const { retry, status } = errorTable[thrown.code];
  return thrown.code === "cli.not-running" || (retry === "later" && (status === 429 || status === 503));
}
