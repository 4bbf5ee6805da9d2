import type { ModelVersion } from "../server/wire.ts";
import type { Paint } from "./paint.ts";

const figure = (value: number): string => value.toPrecision(4);

/** The metrics of a version with their intervals, a line each. */
export const metricLines = ({ evaluation }: ModelVersion): readonly string[] =>
  Object.entries(evaluation.metrics).map(
    ([name, { value, low, high }]) => `  ${name.padEnd(12)} ${figure(value)}  (${figure(low)} to ${figure(high)})`,
  );

const colours = { pass: "green", fail: "red", inconclusive: "yellow" } as const;

export const gateLines = ({ gates }: ModelVersion, paint: Paint): readonly string[] =>
  gates.map(({ metric, direction, bound, outcome, estimate }) => {
    const found = estimate === null ? "no figure" : `${figure(estimate.low)} to ${figure(estimate.high)}`;
    return `  gate ${metric} ${direction === "atLeast" ? "≥" : "≤"} ${bound}: ${paint(colours[outcome], outcome)} (${found})`;
  });
