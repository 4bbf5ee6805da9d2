import { limit } from "../../base/limit.ts";
import { EnsembleBuilder } from "../../engine/score/ensemble-builder.ts";
import type { ImportedModel } from "./imported-model.ts";
import { JsonPart } from "./json-part.ts";
import { refuserOf, shown } from "./model-file-error.ts";
import { readUbjson } from "./ubjson.ts";
import { xgboostColumns } from "./xgboost-columns.ts";
import { startOf, xgboostObjective } from "./xgboost-objective.ts";
import { xgboostTree } from "./xgboost-tree.ts";

/** Whether bytes are UBJSON as XGBoost writes it: an object whose first key has a length of 8 bytes. */
export const isUbjson = (bytes: Buffer): boolean => bytes[0] === 0x7b && bytes[1] === 0x4c;

/** The model of a file that XGBoost's `save_model("….ubj")` wrote. @throws model.file */
export function readXgboostUbjson(bytes: Buffer): ImportedModel {
  const refuse = refuserOf("XGBoost UBJSON");
  return { ...xgboostModel(new JsonPart(readUbjson(bytes, refuse), "", refuse)), format: "XGBoost UBJSON" };
}

/** The model of the parsed JSON that XGBoost's `save_model` writes. @source XGBoost 3.2, doc/model.schema, src/gbm/gbtree_model.cc, src/predictor/cpu_predictor.cc */
export function xgboostModel(file: JsonPart): Omit<ImportedModel, "format"> {
  const { refuse } = file;
  const learner = file.at("learner");
  const booster = boosterOf(learner.at("gradient_booster"));
  const columns = xgboostColumns(learner, booster.model.at("cats"));
  const objective = xgboostObjective(learner);
  const { outputs } = objective;
  const trees = booster.model.at("trees").list(limit.modelTreesMax);
  const outputOf = booster.model.at("tree_info").numbers(trees.length);
  const promised = booster.model.at("gbtree_model_param", "num_trees");
  if (!promised.isAbsent && promised.number() !== trees.length)
    refuse(`${promised.path} promises ${promised.number()} trees and it has ${trees.length}`);
  const weights = booster.weights?.numbers(trees.length);
  const builder = new EnsembleBuilder(
    {
      ...{ width: columns.length, outputs, leafWidth: 1, isSingle: true, divisor: 1, scale: 1 },
      ...{ start: startOf(learner, objective), bias: new Float64Array(outputs) },
    },
    refuse,
  );
  for (const [i, tree] of trees.entries())
    builder.add(xgboostTree(tree, { output: outputOf[i]!, columns, weight: weights?.[i] ?? 1 }));
  return {
    ...{ objective: objective.objective, task: objective.task, link: objective.link, outputs },
    ...{ columns, rounding: "single", classes: undefined, notes: notesOf(learner, trees.length / outputs) },
    scores: { kind: "trees", ensemble: builder.finish() },
  };
}

/** The trees, and the weights that dropping trees (DART) gave them. */
function boosterOf(booster: JsonPart): { readonly model: JsonPart; readonly weights?: JsonPart } {
  const name = booster.at("name").text();
  if (name === "gbtree") return { model: booster.at("model") };
  if (name === "dart") return { model: booster.at("gbtree", "model"), weights: booster.at("weight_drop") };
  return booster.refuse(`its booster is ${shown(name)}; gbtree and dart are read`);
}

/** scikit-learn's classes stop at the best iteration by themselves; a booster's own `predict` does not. */
function notesOf(learner: JsonPart, rounds: number): readonly string[] {
  const best = learner.at("attributes", "best_iteration");
  if (best.isAbsent || best.number() + 1 >= rounds) return [];
  return [
    `The file says that iteration ${best.number()} was the best and has ${rounds} rounds; all of them are used, as Booster.predict does. To use the best alone, save booster[: booster.best_iteration + 1].`,
  ];
}
