import { formatFigure } from "./number.ts";
import { formatMinute } from "./time.ts";

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Any JSON value as a reader sees it: numbers to six digits, times in minutes, null as a dash. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatFigure(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return isoTime.test(value) ? formatMinute(value) : value;
  return JSON.stringify(value);
}

/** A row on one line: `origin ATL · miles 590`. */
export function formatRow(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(" · ");
}
