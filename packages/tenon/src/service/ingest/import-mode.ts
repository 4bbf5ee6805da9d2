import { checkTime, type Mistake } from "../../plan/row-validator.ts";

/** An import carries its source's times: `receivedAt` on each row, or the row's time plus a latency. */
export interface ImportMode {
  readonly latencyMs: number;
}

/** The row without its `receivedAt`. */
export function takeReceivedAt(input: unknown): {
  readonly receivedAtMs: number | Mistake | undefined;
  readonly row: unknown;
} {
  if (input === null || typeof input !== "object" || !("receivedAt" in input))
    return { receivedAtMs: undefined, row: input };
  const { receivedAt, ...row } = input;
  return { receivedAtMs: checkTime(receivedAt), row };
}

/** Nothing is received before it happens, nor after now: a row that is here is known. */
export function receivedAtOf(
  mode: ImportMode | undefined,
  givenMs: number | undefined,
  atMs: number,
  nowMs: number,
): number {
  if (mode === undefined) return nowMs;
  return Math.max(Math.min(givenMs ?? atMs + mode.latencyMs, nowMs), Math.min(atMs, nowMs));
}
