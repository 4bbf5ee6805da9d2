import type { CatalogFeature, ColumnDistributions, Distribution } from "../server/wire.ts";
import { percent } from "./show-catalog.ts";

const barCharacters = 16;

/** A column's values as lines with bars: beside what each live version learnt, or alone where none did. */
export function distributionLines(
  { keys, served, comparisons }: ColumnDistributions,
  { type }: Pick<CatalogFeature, "type">,
): readonly string[] {
  const learnt = comparisons.flatMap(({ model, version, trained, withheld, ...now }) => {
    if (withheld) return ["", `${model}@${version} learnt from several tenants: their values are the owner's to see.`];
    if (trained === null) return ["", `${model}@${version} kept no profile of its training: train it again for one.`];
    return ["", ...barLines([[`training of ${model}@${version}`, trained], ...nowOf(now)], type)];
  });
  if (learnt.length > 0) return learnt;
  const now = nowOf({ keys, served });
  return now.length === 0 ? [] : ["", ...barLines(now, type)];
}

type Titled = readonly [title: string, distribution: Distribution];

/** What predictions were made with; keys are another crowd, and stand in where nothing was predicted. */
function nowOf({ keys, served }: Pick<ColumnDistributions, "keys" | "served">): readonly Titled[] {
  if (served !== null) return [["predictions of late", served]];
  return keys === null ? [] : [["keys now", keys]];
}

/** The bins of the first are those of all. */
function barLines(all: readonly Titled[], type: CatalogFeature["type"]): readonly string[] {
  const rows = all.map(([, distribution]) => barsOf(distribution, type));
  const labels = rows[0]?.map(([label]) => label) ?? [];
  // What lies outside the bins is told where there is something.
  const shown = labels
    .map((_, i) => i)
    .filter((i) => rows[0]?.[i]?.[2] !== true || rows.some((bars) => (bars[i]?.[1] ?? 0) > 0));
  const width = Math.max(...labels.map((label) => label.length));
  return [
    all.map(([title, { rows: count }]) => `${title}: ${count} values`).join(" | "),
    ...shown.map((i) => {
      const bars = rows.map((bars, j) => {
        const { rows: count } = all[j]![1];
        const share = count === 0 ? 0 : (bars[i]?.[1] ?? 0) / count;
        return `${"█".repeat(Math.round(share * barCharacters)).padEnd(barCharacters)} ${percent(share).padStart(6)}`;
      });
      return `  ${(labels[i] ?? "").padEnd(width)}  ${bars.join("  | ")}`;
    }),
  ];
}

/** Label, count, and whether the bar is of what lies outside the bins. */
type Bar = readonly [label: string, count: number, isOutside?: boolean];

function barsOf(distribution: Distribution, type: CatalogFeature["type"]): readonly Bar[] {
  if (distribution.kind === "category")
    return [
      ...distribution.top.map(({ value, count }): Bar => [value, count]),
      ["others", distribution.others, true],
      ["null", distribution.nulls, true],
    ];
  const { from, bounds, counts, under, over, nulls } = distribution;
  return [
    [`< ${numberText(from ?? 0, type)}`, under, true],
    ...counts.map((count, i) => [`≤ ${numberText(bounds[i] ?? 0, type)}`, count] satisfies Bar),
    ["greater", over, true],
    ["null", nulls, true],
  ];
}

function numberText(value: number, type: CatalogFeature["type"]): string {
  if (type === "time") return new Date(value).toISOString().slice(0, 16);
  if (type === "flag") return value === 1 ? "true" : "false";
  return String(Number(value.toPrecision(4)));
}
