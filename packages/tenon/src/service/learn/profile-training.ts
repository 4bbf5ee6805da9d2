import { limit } from "../../base/limit.ts";
import { categoryDistribution } from "../../engine/profile/category-distribution.ts";
import type { Distribution } from "../../engine/profile/distribution.ts";
import { numberDistribution } from "../../engine/profile/number-distribution.ts";
import type { DatasetColumn } from "./dataset-columns.ts";
import type { TrainingProfile } from "./training-profile.ts";

/** Profiles the first `trainedRows` rows of a training table. */
export function profileTraining(
  columns: readonly DatasetColumn[],
  tenants: Int32Array,
  trainedRows: number,
): TrainingProfile {
  const step = Math.max(1, Math.ceil(trainedRows / limit.profileRowsMax));
  const rows = Int32Array.from({ length: Math.ceil(trainedRows / step) }, (_, i) => i * step);
  const first = tenants[0] ?? null;
  return {
    rows: rows.length,
    tenant: tenants.subarray(0, trainedRows).every((tenant) => tenant === first) ? first : null,
    columns: Object.fromEntries(
      columns.slice(0, limit.profileColumnsMax).map((column) => [column.name, distributionOf(column, rows)]),
    ),
  };
}

function distributionOf({ kind, values, categories, personal }: DatasetColumn, rows: Int32Array): Distribution {
  if (kind === "number")
    return numberDistribution(
      Float64Array.from(rows, (row) => values[row]),
      { binsMax: limit.profileBinsMax },
    );
  const texts = Array.from(rows, (row) => categories[values[row]] ?? null);
  return categoryDistribution(texts, { topMax: personal ? 0 : limit.profileBinsMax });
}
