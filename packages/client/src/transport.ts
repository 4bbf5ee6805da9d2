import { backoffMs } from "./backoff.ts";
import { errorOf, TenonClientError } from "./client-error.ts";
import type { CallOptions } from "./client-types.ts";

export interface TransportOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly fetch: typeof fetch;
  readonly random: () => number;
}

export interface Post {
  /** Default POST. */
  readonly method?: "PUT";
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
  /** Sent twice it does what it does once. */
  readonly isRepeatable: boolean;
  readonly options: CallOptions | undefined;
}

/** A server that asks to wait longer than this is not waited for. */
const retryAfterMsMax = 30_000;

/**
 * Posts and answers the JSON that comes back, trying again where that helps and harms nothing.
 * @throws TenonClientError, and the signal's reason where the caller gave up
 */
export async function post<T>(o: TransportOptions, request: Post): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await postOnce<T>(o, request);
    } catch (thrown) {
      if (!(thrown instanceof TenonClientError)) throw thrown;
      const waitMs = Math.max(backoffMs(attempt, o.random), thrown.retryAfterMs ?? 0);
      if (attempt > o.retries || waitMs > retryAfterMsMax || !mayRetry(thrown, request)) throw thrown;
      await wait(waitMs, request.options?.signal);
    }
  }
}

/** A refusal says that nothing was done; after any other failure only what is repeatable is sent again. */
function mayRetry(error: TenonClientError, { isRepeatable }: Post): boolean {
  if (error.status === 429 || error.status === 503) return true;
  if (error.status !== 0) return false;
  return isRepeatable || wasNeverSent(error.cause);
}

/** Node's fetch tells why it could not connect; browsers tell nothing. */
const unsentCodes = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
];

function wasNeverSent(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if ("code" in cause && typeof cause.code === "string") return unsentCodes.includes(cause.code);
  if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(wasNeverSent);
  return wasNeverSent(cause.cause);
}

async function postOnce<T>(o: TransportOptions, request: Post): Promise<T> {
  const { method = "POST", path, body, contentType, options } = request;
  const timeoutMs = options?.timeoutMs ?? o.timeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const given = options?.signal;
  const signal = given === undefined ? timeout : AbortSignal.any([given, timeout]);
  given?.throwIfAborted();
  const headers: Record<string, string> = { "content-type": contentType, accept: "application/json" };
  if (o.key !== undefined) headers.authorization = `Bearer ${o.key}`;
  try {
    const response = await o.fetch(`${o.url}${path}`, { method, headers, body, signal, redirect: "error" });
    if (!response.ok) throw await errorOf(response);
    return answerOf<T>(await response.text(), response.status);
  } catch (thrown) {
    if (thrown instanceof TenonClientError) throw thrown;
    if (given?.aborted === true) throw given.reason;
    if (timeout.aborted) {
      const message = `${o.url}${path} did not answer within ${timeoutMs} ms`;
      throw new TenonClientError({
        code: "client.timeout",
        message,
        remedy: "Raise timeoutMs, or see why the server is slow.",
        cause: thrown,
      });
    }
    const message = `${o.url}${path} cannot be reached: ${reasonOf(thrown)}`;
    throw new TenonClientError({
      code: "client.network",
      message,
      remedy: "Check the address and that the server runs.",
      cause: thrown,
    });
  }
}

function answerOf<T>(text: string, status: number): T {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `the answer is not JSON: ${text.slice(0, 100)}`;
    throw new TenonClientError({
      code: "client.answer",
      status,
      message,
      remedy: "Check that the address is a Tenon app's.",
      cause,
    });
  }
}

/** Node's fetch hides the reason in its cause. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  return cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : cause.name) : String(cause);
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
