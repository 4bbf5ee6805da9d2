import { type ErrorCode, errorTable } from "./error-table.ts";

export { type ErrorCode, type ErrorKind, errorTable } from "./error-table.ts";

/** A mistake in one place: a field of a body, or a definition of a configuration. */
export interface ErrorPlace {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** The one error class: a code of the table, what was asked and found, and where. */
export class TenonError extends Error {
  readonly code: ErrorCode;
  readonly places: readonly ErrorPlace[];
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    o: { places?: readonly ErrorPlace[]; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, o.cause === undefined ? undefined : { cause: o.cause });
    this.name = "TenonError";
    this.code = code;
    this.places = o.places ?? [];
    this.retryAfterMs = o.retryAfterMs;
  }
}

/** Whether a text that came from another thread or process is a code of the table. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
