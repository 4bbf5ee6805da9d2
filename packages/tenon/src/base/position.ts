import { TenonError } from "./error.ts";

/** A position as callers see it: opaque, so that a partitioned log may put more into it. */
export const formatPosition = (seq: number): string => `p${seq.toString(36)}`;

/** @throws position.invalid */
export function parsePosition(position: unknown): number {
  const seq =
    typeof position === "string" && /^p[0-9a-z]{1,11}$/.test(position)
      ? Number.parseInt(position.slice(1), 36)
      : Number.NaN;
  if (!Number.isSafeInteger(seq))
    throw new TenonError("position.invalid", `"${String(position).slice(0, 40)}" is no position`);
  return seq;
}
