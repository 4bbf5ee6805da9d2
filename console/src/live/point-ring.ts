import type { StatusPoint } from "../../../packages/tenon/src/server/wire.ts";

/** Five minutes of one point a second. */
export const pointsMax = 300;

/** The ring with newer points put in by their time, oldest first, never longer than `pointsMax`. */
export function mergePoints(ring: readonly StatusPoint[], newer: readonly StatusPoint[]): readonly StatusPoint[] {
  const byTime = new Map(ring.map((point) => [point.at, point]));
  for (const point of newer) byTime.set(point.at, point);
  const merged = [...byTime.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return merged.slice(-pointsMax);
}
