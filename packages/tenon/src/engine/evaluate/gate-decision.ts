import type { Estimate } from "./estimate.ts";

/** What a metric has to reach. */
export interface GateBound {
  readonly metric: string;
  readonly bound: number;
  readonly direction: "atLeast" | "atMost";
}

/** A gate's verdict with the figures it was taken from, for storage. */
export interface GateDecision extends GateBound {
  readonly decision: "pass" | "fail" | "inconclusive";
  /** null when the rows allow no figure. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Passes when the metric's whole interval is at or beyond the bound, fails when it is short of it, and is inconclusive when
 * the interval holds the bound or there is no figure.
 * @example
 * decideGate({ metric: "auc", bound: 0.65, direction: "atLeast" }, { value: 0.7, low: 0.66, high: 0.74 }).decision; // "pass"
 */
export function decideGate(
  { metric, bound, direction }: GateBound,
  estimate: Estimate | null | undefined,
): GateDecision {
  const known = { metric, bound, direction };
  if (estimate === null || estimate === undefined || Number.isNaN(estimate.low + estimate.high)) {
    return { ...known, decision: "inconclusive", value: null, low: null, high: null };
  }
  const { value, low, high } = estimate;
  const passes = direction === "atLeast" ? low >= bound : high <= bound;
  const fails = direction === "atLeast" ? high < bound : low > bound;
  return { ...known, decision: passes ? "pass" : fails ? "fail" : "inconclusive", value, low, high };
}
