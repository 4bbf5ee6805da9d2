import type { Problem } from "../../../packages/tenon/src/server/wire.ts";

/** Archive reads are the slowest calls that the console makes. */
const requestTimeoutMs = 30_000;

/** A call that failed, with what the server said about it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, { signal: signal ?? null });
}

/** The header tells the server that a page of its own makes the call: other sites cannot send it. */
export function post<T>(path: string, body: object = {}, signal?: AbortSignal): Promise<T> {
  return request<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Tenon-Console": "1" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const timeout = AbortSignal.timeout(requestTimeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ProblemError(unreachable(path, timeout.aborted));
  }
  if (!response.ok) throw new ProblemError(await problemOf(response, path));
  return response.json();
}

async function problemOf(response: Response, path: string): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  return isProblem(body) ? body : unreadable(response, path);
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    "title" in value &&
    typeof value.title === "string" &&
    "status" in value &&
    typeof value.status === "number"
  );
}

function unreadable(response: Response, path: string): Problem {
  return {
    type: "about:blank",
    title: `${path} answered ${response.status}`,
    status: response.status,
    code: "console.unreadable",
    detail: "The answer is not one that Tenon gives.",
    remedy: "Check that nothing between this page and the Tenon process rewrites answers.",
    requestId: "",
  };
}

function unreachable(path: string, timedOut: boolean): Problem {
  return {
    type: "about:blank",
    title: timedOut ? "Tenon took too long to answer" : "Tenon does not answer",
    status: 0,
    code: "console.unreachable",
    detail: timedOut ? `${path} gave no answer in ${requestTimeoutMs / 1000} s.` : `${path} could not be reached.`,
    remedy: "Check that `tenon dev` is still running in its terminal; this page picks up by itself when it is back.",
    requestId: "",
  };
}
