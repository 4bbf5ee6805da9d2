import { limit } from "../../base/limit.ts";
import { categoryDistribution } from "../../engine/profile/category-distribution.ts";
import type { Distribution } from "../../engine/profile/distribution.ts";
import { numberDistribution } from "../../engine/profile/number-distribution.ts";
import { modelNumber } from "../predict/input-row.ts";

/** The values of one column of a sample; lists and maps are not among them. */
export type ColumnValues = readonly (string | number | boolean | Date | null)[];

/**
 * How values are spread: on bins and categories of their own, or on those of a reference of their kind. Texts of personal data are
 * not listed.
 */
export function distributionOf(
  values: ColumnValues,
  o: { readonly personal: boolean; readonly reference?: Distribution | undefined },
): Distribution {
  const { reference } = o;
  const isText =
    reference === undefined ? values.some((value) => typeof value === "string") : reference.kind === "category";
  if (isText) {
    const texts = values.map((value) => (value === null ? null : String(value)));
    const categories = reference?.kind === "category" ? reference.top.map(({ value }) => value) : undefined;
    return categoryDistribution(texts, { topMax: o.personal ? 0 : limit.profileBinsMax, categories });
  }
  const numbers = Float64Array.from(values, modelNumber).map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const bins = reference?.kind === "number" ? reference : undefined;
  return numberDistribution(numbers, { binsMax: limit.profileBinsMax, bins });
}
