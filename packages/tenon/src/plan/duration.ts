import { durationMs } from "../base/duration.ts";
import type { Mistakes } from "./mistakes.ts";

/** A hundred years: beyond, sums of times would leave the whole numbers that JavaScript keeps exactly. */
const durationMsMax = 36_525 * 86_400_000;

/** A window in milliseconds; `lifetime` is infinite. Anything but a duration becomes a mistake. */
export function windowMsOf(text: unknown, path: string, mistakes: Mistakes): number | undefined {
  if (text === "lifetime") return Number.POSITIVE_INFINITY;
  // A list of one text would read as that text.
  const written = typeof text === "string" ? text : JSON.stringify(text ?? null);
  const value = mistakes.attempt(path, () => durationMs(written));
  if (value === undefined || (value > 0 && value <= durationMsMax)) return value;
  mistakes.add(
    "define.duration",
    path,
    `"${written}" is no duration of at most 36525d; use "lifetime" for a window without an end`,
  );
  return undefined;
}

/** A duration that ends, in milliseconds. */
export function finiteMsOf(text: unknown, path: string, mistakes: Mistakes): number | undefined {
  if (text !== "lifetime") return windowMsOf(text, path, mistakes);
  mistakes.add(
    "define.duration",
    path,
    `"lifetime" has no end; write a whole number and one of ms, s, m, h, d, such as "30d"`,
  );
  return undefined;
}
