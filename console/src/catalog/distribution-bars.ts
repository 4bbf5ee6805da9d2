import type { CatalogFeature, Distribution } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatMinute } from "../format/time.ts";

/** One row of the chart: a bin, a category, or what is outside of them. */
export interface Bar {
  readonly label: string;
  readonly count: number;
  /** Not among the bins: shown where there is some. */
  readonly isOutside: boolean;
}

/** The same rows for every distribution on the same bins. */
export function barsOf(distribution: Distribution, feature: CatalogFeature): readonly Bar[] {
  const outside = (label: string, count: number): Bar => ({ label, count, isOutside: true });
  const nulls = outside("null", distribution.nulls);
  if (distribution.kind === "category") {
    const top = distribution.top.map(({ value, count }) => ({ label: value, count, isOutside: false }));
    return [...top, outside("others", distribution.others), nulls];
  }
  const { from, bounds, counts, under, over } = distribution;
  const text = textOf(feature, [from ?? 0, ...bounds]);
  const bins = counts.map((count, i) => {
    const begin = i === 0 ? from : (bounds[i - 1] ?? null);
    const end = bounds[i] ?? 0;
    const isOne = feature.type === "flag" || begin === null || (i === 0 && begin === end);
    return { label: isOne ? text(end) : `${text(begin)} – ${text(end)}`, count, isOutside: false };
  });
  return [outside(`< ${text(from ?? 0)}`, under), ...bins, outside(`> ${text(bounds.at(-1) ?? 0)}`, over), nulls];
}

const digitsMin = 3;
const digitsMax = 12;

/** Values as a reader sees them, with as few digits as tell the bounds apart. */
function textOf({ type, aggregate }: CatalogFeature, bounds: readonly number[]): (value: number) => string {
  if (type === "flag") return (value) => (value === 1 ? "true" : "false");
  if (type === "time") return (value) => formatMinute(new Date(value).toISOString());
  if (aggregate === "timeSince") return formatDuration;
  const apart = new Set(bounds).size;
  for (let digits = digitsMin; ; digits++) {
    const text = numberText(digits);
    if (digits === digitsMax || new Set(bounds.map(text)).size === apart) return text;
  }
}

function numberText(digits: number): (value: number) => string {
  const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: Math.max(4, digits) });
  const small = new Intl.NumberFormat("en", { maximumSignificantDigits: digits });
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: digits });
  return (value) => {
    const magnitude = Math.abs(value);
    if (magnitude !== 0 && magnitude < 0.001) return value.toExponential(digits - 2).replace("-", "−");
    return (magnitude >= 10_000 ? compact : magnitude < 1 ? small : plain).format(value);
  };
}
