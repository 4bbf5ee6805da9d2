import { TenonError } from "./error.ts";

/** A span of time as it is written in a configuration: `"30d"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;
const isUnit = (text: string): text is Unit => Object.hasOwn(unitMs, text);

/**
 * The duration in milliseconds; `lifetime` is infinite.
 * @throws define.duration for anything but a positive whole number and a unit
 */
export function durationMs(text: string): number {
  if (text === "lifetime") return Number.POSITIVE_INFINITY;
  const match = /^([1-9]\d{0,9})([a-z]+)$/.exec(text);
  if (match === null || !isUnit(match[2]!)) {
    throw new TenonError(
      "define.duration",
      `"${text}" is no duration; write a whole number and one of ms, s, m, h, d, such as "30d"`,
    );
  }
  return Number(match[1]) * unitMs[match[2]!];
}

/** A duration for people: the two largest units that are not zero. */
export function formatDurationMs(durationMsValue: number): string {
  if (!Number.isFinite(durationMsValue)) return "lifetime";
  const parts: string[] = [];
  let rest = Math.round(durationMsValue);
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / unitMs[unit]);
    rest -= count * unitMs[unit];
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ") || "0 ms";
}
