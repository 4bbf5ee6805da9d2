const locale = "en";
const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const metric = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const percent = new Intl.NumberFormat(locale, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 });
const change = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });

const none = "–";

export const formatCount = (value: number): string => count.format(value);

/** 12,300,000 as 12.3M; below ten thousand every digit counts. */
export const formatCompact = (value: number): string =>
  Math.abs(value) < 10_000 ? count.format(value) : compact.format(value);

export const formatRate = (value: number): string =>
  value > 0 && value < 100 ? oneDigit.format(value) : count.format(value);

/** AUC, Brier and their kin to three digits. */
export const formatMetric = (value: number | null | undefined): string =>
  value === null || value === undefined ? none : metric.format(value);

export const formatPercent = (value: number | null): string => (value === null ? none : percent.format(value));

/** Integers whole, others to five digits. */
export const formatFigure = (value: number): string =>
  Number.isInteger(value) ? count.format(value) : significant.format(value);

/** +3.2 or −3.2, with a real minus sign. */
export function formatChange(value: number): string {
  return `${value < 0 ? "−" : "+"}${change.format(Math.abs(value))}`;
}

const byteUnits = ["B", "kB", "MB", "GB", "TB"];

export function formatBytes(bytes: number): string {
  const power = Math.min(byteUnits.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const scaled = bytes / 1000 ** power;
  return `${scaled < 10 && power > 0 ? oneDigit.format(scaled) : count.format(scaled)} ${byteUnits[power]}`;
}

/** Millionths of a dollar as dollars, to three digits. */
export const formatCost = (micros: number): string =>
  micros === 0 ? "nothing" : `$${Number((micros / 1_000_000).toPrecision(3))}`;
