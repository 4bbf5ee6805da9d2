import { limit } from "../../base/limit.ts";
import type { ImportedColumn } from "./imported-model.ts";
import type { JsonPart } from "./json-part.ts";
import { shown } from "./model-file-error.ts";

export interface CatboostColumn {
  readonly imported: ImportedColumn;
  /** Where a missing value goes: below every border, or above. */
  readonly isMissingLeft: boolean;
}

/** The columns that a model reads, in the order of their `feature_index`. */
export function catboostColumns(file: JsonPart): readonly CatboostColumn[] {
  const { refuse } = file;
  const info = file.at("features_info");
  for (const kind of ["categorical_features", "text_features", "embedding_features"])
    if (!info.at(kind).isAbsent && info.at(kind).list(limit.modelColumnsMax).length > 0)
      refuse(
        `it has ${kind}, whose statistics are CatBoost's own; train on numbers, or serve the model with Python as a process`,
      );
  const parts = info.at("float_features").list(limit.modelColumnsMax);
  if (parts.length === 0) refuse("it reads no column");
  for (const [i, part] of parts.entries())
    if (part.at("feature_index").number() !== i) refuse(`${part.path}.feature_index is not ${i}`);
  const names = parts.map((part) => (part.at("feature_id").isAbsent ? "" : part.at("feature_id").text()));
  const isNamed = names.some((name, i) => name !== "" && name !== String(i));
  return parts.map((part, i) => ({
    imported: { name: isNamed ? names[i]! : undefined, kind: "number", categories: undefined },
    isMissingLeft: isMissingLeft(part.at("nan_value_treatment")),
  }));
}

function isMissingLeft(treatment: JsonPart): boolean {
  if (treatment.value === "AsTrue") return false;
  // A missing value is greater than no border, and so goes left as it is.
  if (treatment.isAbsent || treatment.value === "AsIs" || treatment.value === "AsFalse") return true;
  return treatment.refuse(`${treatment.path} is ${shown(treatment.value)}`);
}
