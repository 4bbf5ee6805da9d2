import { limit } from "../../base/limit.ts";
import type { Category, ImportedColumn } from "./imported-model.ts";
import type { JsonPart } from "./json-part.ts";

/** The columns that a model reads; from version 3.1 on the file may know the names of their categories. */
export function xgboostColumns(learner: JsonPart, cats: JsonPart): readonly ImportedColumn[] {
  const count = learner.at("learner_model_param", "num_feature").count({ min: 1, max: limit.modelColumnsMax });
  const names = optionalTexts(learner.at("feature_names"), count);
  const types = optionalTexts(learner.at("feature_types"), count);
  const categories = cats.at("enc").isAbsent ? [] : cats.at("enc").list(count).map(categoriesOf);
  const isNamed = names?.some((name, i) => name !== `f${i}`) === true;
  return Array.from({ length: count }, (_, i) => ({
    name: isNamed ? names[i] : undefined,
    kind: types?.[i] === "c" ? "category" : "number",
    categories: types?.[i] === "c" ? categories[i] : undefined,
  }));
}

function optionalTexts(part: JsonPart, count: number): readonly string[] | undefined {
  if (part.isAbsent) return undefined;
  const texts = part.texts();
  if (texts.length === 0) return undefined;
  return texts.length === count ? texts : part.refuse(`${part.path} has ${texts.length} of ${count} features`);
}

/** Texts lie one behind the other in UTF-8, `offsets` tells where each begins; numbers lie as they are. */
function categoriesOf(part: JsonPart): readonly Category[] | undefined {
  const values = part.at("values").numbers();
  if (values.length === 0) return undefined;
  if (part.at("offsets").isAbsent) return Array.from(values);
  const offsets = part.at("offsets").numbers();
  const bytes = Buffer.from(Uint8Array.from(values));
  return Array.from({ length: Math.max(0, offsets.length - 1) }, (_, i) => {
    const [begin, end] = [offsets[i]!, offsets[i + 1]!];
    if (!(begin >= 0 && begin <= end && end <= bytes.length))
      part.refuse(`${part.path}.offsets leads from ${begin} to ${end} of ${bytes.length} bytes`);
    return bytes.toString("utf8", begin, end);
  });
}
