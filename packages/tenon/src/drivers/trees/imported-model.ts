import type { LinearModel } from "../../engine/score/linear-scorer.ts";
import type { ScoreLink } from "../../engine/score/score-link.ts";
import type { TreeEnsemble } from "../../engine/score/tree-ensemble.ts";

export type ModelFormat = "LightGBM text" | "XGBoost JSON" | "XGBoost UBJSON" | "CatBoost JSON" | "ONNX";

/** A value that stands for a category in a file. */
export type Category = string | number | boolean;

/** A column that the model reads, at its place in the row. */
export interface ImportedColumn {
  /** Undefined where the file names none. */
  readonly name: string | undefined;
  readonly kind: "number" | "category";
  /** The categories in the order of their codes, where the file knows them; otherwise values are codes. */
  readonly categories: readonly Category[] | undefined;
}

export type ModelScores =
  | { readonly kind: "trees"; readonly ensemble: TreeEnsemble }
  | { readonly kind: "linear"; readonly linear: LinearModel };

/** What a model file says. */
export interface ImportedModel {
  readonly format: ModelFormat;
  /** As the library calls it. */
  readonly objective: string;
  /** `values` is a regression with several targets. */
  readonly task: "binary" | "multiclass" | "regression" | "values";
  readonly columns: readonly ImportedColumn[];
  /** How the library takes numbers: a double, rounded to single precision, or for categories without what is behind the point. */
  readonly rounding: "double" | "single";
  readonly scores: ModelScores;
  readonly link: ScoreLink;
  /** Scores that a row has: those of a binary model are one, the second class's, or two. */
  readonly outputs: number;
  /** The names of the classes in their order, where the file knows them. */
  readonly classes: readonly string[] | undefined;
  /** What who imports it should know. */
  readonly notes: readonly string[];
}
