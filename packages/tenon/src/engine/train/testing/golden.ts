import { readFileSync } from "node:fs";
import type { TreeModel } from "../tree-model.ts";
import { readLightgbmText } from "./lightgbm-text.ts";

/** A model of LightGBM 4.7.0 with rows and what it answers for them. */
export interface GoldenModel {
  readonly model: TreeModel;
  readonly rows: readonly Float64Array[];
  readonly rawScores: readonly number[];
  readonly predictions: readonly number[];
}

const folder = new URL("../../../../test/golden/", import.meta.url);

/** A file of `test/golden` as JSON. */
export const readGolden = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

export function readGoldenModel(file: string, task: TreeModel["task"]): GoldenModel {
  const golden = readGolden(file);
  return {
    model: readLightgbmText(golden.model_text, task),
    rows: golden.rows.map((row: (number | null)[]) => Float64Array.from(row, (value) => value ?? Number.NaN)),
    rawScores: golden.raw_score,
    predictions: golden.prediction,
  };
}
