import type { CategoryDistribution } from "./distribution.ts";

/**
 * The distribution of texts over the most frequent ones, or over a reference's. Ties go by the text.
 * @example
 * categoryDistribution(["DE", "FR", "DE", null], { topMax: 1 }); // top: DE 2, others: 1, nulls: 1
 */
export function categoryDistribution(
  values: readonly (string | null)[],
  o: { readonly topMax: number; readonly categories?: readonly string[] | undefined },
): CategoryDistribution {
  const counts = new Map<string, number>();
  let nulls = 0;
  for (const value of values) {
    if (value === null) nulls++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const byCount = ([a, m]: readonly [string, number], [b, n]: readonly [string, number]): number =>
    n - m || (a < b ? -1 : 1);
  const listed =
    o.categories?.map((value): [string, number] => [value, counts.get(value) ?? 0]) ??
    [...counts].sort(byCount).slice(0, o.topMax);
  const top = listed.map(([value, count]) => ({ value, count }));
  return {
    kind: "category",
    rows: values.length,
    nulls,
    top,
    others: values.length - nulls - top.reduce((sum, { count }) => sum + count, 0),
  };
}
