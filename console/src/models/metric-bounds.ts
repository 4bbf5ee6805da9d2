import type { Interval, ModelVersion } from "../../../packages/tenon/src/server/wire.ts";

const margin = 0.08;

/** The metric that a version is known by. */
export function mainMetric(version: ModelVersion | undefined): string {
  if (!version) return "auc";
  const { metrics, task } = version.evaluation;
  const usual = task === "binary" ? "auc" : "rmse";
  return usual in metrics ? usual : (Object.keys(metrics)[0] ?? usual);
}

/** One scale for several intervals and other values, with some air on both sides. */
export function boundsOf(intervals: readonly Interval[], others: readonly number[]): { from: number; to: number } {
  const all = [...intervals.flatMap(({ low, high }) => [low, high]), ...others];
  if (all.length === 0) return { from: 0, to: 1 };
  const low = Math.min(...all);
  const high = Math.max(...all);
  const air = (high - low || 1) * margin;
  return { from: low - air, to: high + air };
}
