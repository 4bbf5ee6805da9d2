/** What is wrong with one field of a request. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What the client knows of a failure. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly remedy?: string;
  readonly errors?: readonly FieldProblem[];
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * A call that failed. `code` is one of the server's error table, or one of the client's own: `client.network`,
 * `client.timeout`, `client.answer`.
 */
export class TenonClientError extends Error {
  readonly code: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** What to do about it. */
  readonly remedy: string;
  /** Every field that is wrong, where the input is. */
  readonly errors: readonly FieldProblem[];
  /** Finds the call in the server's log. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = "TenonClientError";
    this.code = failure.code;
    this.status = failure.status ?? 0;
    this.remedy = failure.remedy ?? "";
    this.errors = failure.errors ?? [];
    this.requestId = failure.requestId;
    this.retryAfterMs = failure.retryAfterMs;
  }
}

/** The error that a problem answer (RFC 9457) tells, or any other answer that is no success. */
export async function errorOf(response: Response): Promise<TenonClientError> {
  const problem = await problemOf(response);
  const retryAfterMs = retryAfterOf(response.headers.get("retry-after"));
  const requestId = response.headers.get("x-request-id");
  return new TenonClientError({
    code: textIn(problem, "code") ?? "client.answer",
    status: response.status,
    message: textIn(problem, "detail") ?? `the server answered ${response.status} ${response.statusText}`.trim(),
    remedy: textIn(problem, "remedy") ?? "Check that the address is a Tenon app's.",
    errors: fieldProblems(problem.errors),
    ...(requestId === null ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

type Problem = Readonly<Record<string, unknown>>;

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body: unknown = JSON.parse(await response.text());
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is Problem => value !== null && typeof value === "object";

function textIn(problem: Problem, name: string): string | undefined {
  const value = problem[name];
  return typeof value === "string" ? value : undefined;
}

const fieldProblems = (errors: unknown): readonly FieldProblem[] =>
  Array.isArray(errors)
    ? errors.filter(isObject).map((item) => ({
        path: textIn(item, "path") ?? "",
        code: textIn(item, "code") ?? "",
        message: textIn(item, "message") ?? "",
      }))
    : [];

/** Seconds, or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
