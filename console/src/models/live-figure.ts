import type { LiveQuality } from "../../../packages/tenon/src/server/wire.ts";
import { formatCount, formatMetric } from "../format/number.ts";

/** `AUC 0.712 over 12,430 labels`, or a dash while no label is mature. */
export function liveFigure(quality: LiveQuality | undefined): string {
  if (!quality || quality.labelled === 0) return "–";
  const figure = quality.auc === null ? `RMSE ${formatMetric(quality.rmse)}` : `AUC ${formatMetric(quality.auc)}`;
  return `${figure} over ${formatCount(quality.labelled)} labels`;
}
