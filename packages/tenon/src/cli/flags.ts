import { durationMs } from "../base/duration.ts";
import { TenonError } from "../base/error.ts";
import type { CommandCall } from "./command.ts";

/** A flag's value, or undefined where it was not given. */
export function flagText({ flags }: CommandCall, name: string): string | undefined {
  const value = flags[name];
  return value === true ? undefined : value;
}

/** The values of a flag that takes several. */
export const flagList = (call: CommandCall, name: string): readonly string[] =>
  (flagText(call, name) ?? "").split(",").filter((value) => value !== "");

/**
 * A flag's value as a whole number within bounds.
 * @throws cli.usage
 */
export function flagCount(
  call: CommandCall,
  name: string,
  o: { readonly min: number; readonly max: number },
): number | undefined {
  const text = flagText(call, name);
  if (text === undefined) return undefined;
  const count = Number(text.replaceAll("_", ""));
  if (/^[\d_]+$/.test(text) && count >= o.min && count <= o.max) return count;
  throw new TenonError("cli.usage", `--${name} takes a whole number from ${o.min} to ${o.max}; "${text}" is none`);
}

/**
 * A flag's value as a duration such as `30s`.
 * @throws cli.usage
 */
export function flagDurationMs(call: CommandCall, name: string): number | undefined {
  const text = flagText(call, name);
  if (text === undefined) return undefined;
  try {
    return durationMs(text);
  } catch {
    throw new TenonError("cli.usage", `--${name} takes a duration such as 30s or 5m; "${text}" is none`);
  }
}
