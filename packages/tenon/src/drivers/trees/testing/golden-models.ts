import { readFileSync } from "node:fs";
import type { ModelCase } from "./model-case.ts";

const folder = new URL("../../../../test/golden/", import.meta.url);
const readGolden = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

/** A model's file with a case of it. */
export interface GoldenCase extends ModelCase {
  readonly bytes: Uint8Array;
}

/** Models that `make-models.py` made, some of each format. */
export const importedModels = (): readonly GoldenCase[] =>
  readGolden("imported_models.json").cases.map((each: ModelCase & { readonly bytes: string }) => ({
    ...each,
    bytes: Buffer.from(each.bytes, "base64"),
  }));

/** A published model of LightGBM or XGBoost, whose columns have no names. */
export function publishedModel(file: string, tolerance: number): GoldenCase {
  const golden = readGolden(file);
  const rows: readonly (readonly (number | null)[])[] = golden.rows;
  const predictions: readonly (readonly number[])[] = golden.prediction.map((value: number | number[]) =>
    [value].flat(),
  );
  const columns = (prefix: string, of: readonly (readonly (number | null)[])[]): ModelCase["input"] =>
    of[0]!.map((_, i) => ({ name: `${prefix}${i}`, type: "real", rows: of.map((row) => row[i] ?? null) }));
  return {
    ...{ name: file, file, tolerance, format: golden.model_text === undefined ? "XGBoost JSON" : "LightGBM text" },
    bytes: Buffer.from(golden.model_text ?? JSON.stringify(golden.model_json)),
    input: columns("c", rows),
    output: columns("out", predictions),
  };
}
