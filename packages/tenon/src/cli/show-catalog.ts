import { formatDurationMs } from "../base/duration.ts";
import type { CatalogFeature, FeatureCost } from "../server/wire.ts";

/** A share for people: what is there is never shown as nothing, nor what lacks as whole. */
export function percent(share: number | null): string {
  if (share === null) return "–";
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return "< 1 %";
  return rounded === 100 && share < 1 ? "> 99 %" : `${rounded} %`;
}

export const bytesText = (bytes: number): string =>
  bytes < 1_024
    ? `${Math.round(bytes)} B`
    : bytes < 1_048_576
      ? `${(bytes / 1_024).toFixed(1)} KiB`
      : `${(bytes / 1_048_576).toFixed(1)} MiB`;

/** The names of those who take a feature, or that nobody does. */
export function usersText({ users, unused }: CatalogFeature): string {
  if (unused) return "unused";
  const labels = users.labels.map((name) => `label ${name}`);
  const batches = users.batches.map((name) => `batch ${name}`);
  return [...new Set([...batches, ...users.onDemand, ...users.models, ...users.predictions, ...labels])].join(", ");
}

/** How old the newest value is, and how many lack one. */
export function figuresText({ figures }: CatalogFeature): readonly string[] {
  if (figures === null) return ["", ""];
  const newest = figures.newestAgeMs === null ? "none in the window" : `${formatDurationMs(figures.newestAgeMs)} old`;
  return [newest, `${percent(figures.nullShare)} null`];
}

export function costText({ event, columns, ...cost }: FeatureCost): string {
  const bytes =
    cost.bytesPerKeyMean === null || cost.bytesPerKeyMax === null
      ? "no key yet"
      : `${bytesText(cost.bytesPerKeyMean)} a key (at most ${bytesText(cost.bytesPerKeyMax)})`;
  const cpu =
    cost.cpuMicrosPerUpdate === null
      ? "not measured yet"
      : `${cost.cpuMicrosPerUpdate.toFixed(1)} µs an update (${cost.updatesMeasured} measured)`;
  return `${bytes}, ${cpu}; the rows of ${event} are kept once for ${columns} ${columns === 1 ? "column" : "columns"}`;
}
