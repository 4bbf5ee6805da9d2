import { aucEstimate } from "./auc.ts";
import { defaultConfidence, type Estimate, shareEstimate } from "./estimate.ts";

/** A category column that rows are judged apart by: codes 0..n-1 of `categories`, NaN for missing. */
export interface SliceColumn {
  readonly name: string;
  readonly values: Float64Array;
  readonly categories: readonly string[];
}

/** How the model does on the rows of one category. */
export interface Slice {
  readonly column: string;
  /** null: the rows without the value. */
  readonly category: string | null;
  readonly count: number;
  readonly positiveRate: Estimate;
  readonly meanPredicted: number;
  /** null with one class only. */
  readonly auc: Estimate | null;
}

/** Rows that a category needs to be judged; figures of fewer say more about chance than about the model. */
export const sliceRowsMinDefault = 30;

/** The slices of one column with enough rows, the largest first. */
export function slicesOf(
  column: SliceColumn,
  o: { labels: Float64Array; probabilities: Float64Array; rowsMin?: number; confidence?: number },
): Slice[] {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < column.values.length; row++) {
    // Missing has code -1: NaN is no key that is easily told apart.
    const code = column.values[row]! >= 0 ? column.values[row]! : -1;
    const rows = rowsOf.get(code);
    if (rows === undefined) rowsOf.set(code, [row]);
    else rows.push(row);
  }
  const confidence = o.confidence ?? defaultConfidence;
  return [...rowsOf]
    .filter(([, rows]) => rows.length >= (o.rowsMin ?? sliceRowsMinDefault))
    .sort(([a, aRows], [b, bRows]) => bRows.length - aRows.length || a - b)
    .map(([code, rows]) => {
      const labels = Float64Array.from(rows, (row) => o.labels[row]!);
      const probabilities = Float64Array.from(rows, (row) => o.probabilities[row]!);
      const positives = labels.reduce((sum, label) => sum + label, 0);
      return {
        column: column.name,
        category: code < 0 ? null : (column.categories[code] ?? String(code)),
        count: rows.length,
        positiveRate: shareEstimate(positives, rows.length, confidence)!,
        meanPredicted: probabilities.reduce((sum, p) => sum + p, 0) / rows.length,
        auc: aucEstimate(labels, probabilities, confidence) ?? null,
      };
    });
}
