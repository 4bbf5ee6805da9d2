import type { FeatureColumnPlan } from "../plan/plan.ts";

type Window = Pick<FeatureColumnPlan, "windowMs" | "hopMs">;

/**
 * The times of a window, where `at` is a row's and `t` is the read's: its end, t, is every window's and is checked where
 * rows are joined. Whole milliseconds, so that every engine's arithmetic is the same.
 */
export function inWindow({ windowMs, hopMs }: Window, at: string, t: string): readonly string[] {
  if (!Number.isFinite(windowMs)) return [];
  const begin = `${t} - ${windowMs}`;
  // The remainder of a time before 1970 is negative: the floor is taken of what is left of a whole hop.
  return [`${at} >= ${hopMs === undefined ? begin : `${begin} - ((${begin}) % ${hopMs} + ${hopMs}) % ${hopMs}`}`];
}

/** A window that holds all of these, and perhaps more. */
export const widest = (windows: readonly Window[]): Window => ({
  windowMs: Math.max(...windows.map(({ windowMs, hopMs = 0 }) => windowMs + hopMs)),
});
