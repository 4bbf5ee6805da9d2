import { limit } from "../../base/limit.ts";
import { EnsembleBuilder } from "../../engine/score/ensemble-builder.ts";
import type { ScoreLink } from "../../engine/score/score-link.ts";
import { catboostColumns } from "./catboost-columns.ts";
import { grownTree, obliviousTree } from "./catboost-tree.ts";
import type { ImportedModel } from "./imported-model.ts";
import type { JsonPart } from "./json-part.ts";
import { shown } from "./model-file-error.ts";

const identity: ScoreLink = { kind: "identity" };
const sigmoid: ScoreLink = { kind: "sigmoid", slope: 1 };
const exp: ScoreLink = { kind: "exp" };

/** What is learnt with a loss: the task, and how scores become predictions (`Probability`, or `Exponent` for counts). */
const losses: Readonly<Record<string, Pick<ImportedModel, "task" | "link">>> = {
  Logloss: { task: "binary", link: sigmoid },
  CrossEntropy: { task: "binary", link: sigmoid },
  MultiClass: { task: "multiclass", link: { kind: "softmax" } },
  MultiClassOneVsAll: { task: "multiclass", link: sigmoid },
  MultiRMSE: { task: "values", link: identity },
  Poisson: { task: "regression", link: exp },
  Tweedie: { task: "regression", link: exp },
  ...Object.fromEntries(
    ["RMSE", "MAE", "Quantile", "LogLinQuantile", "MAPE", "Lq", "Expectile", "Huber", "LogCosh"].map((name) => [
      name,
      { task: "regression" as const, link: name === "LogLinQuantile" ? exp : identity },
    ]),
  ),
};

/** The model of a file that CatBoost's `save_model("…", format="json")` wrote. @throws model.file */
export function catboostModel(file: JsonPart): ImportedModel {
  const { refuse } = file;
  const columns = catboostColumns(file);
  const { objective, task, link } = lossOf(file);
  const sums = file.at("scale_and_bias").list(2);
  if (sums.length !== 2) refuse("scale_and_bias is no scale and a bias");
  const bias = Float64Array.from(typeof sums[1]!.value === "number" ? [sums[1]!.number()] : sums[1]!.numbers());
  const outputs = bias.length;
  if (outputs === 0 || outputs > limit.modelOutputsMax) refuse(`it gives a row ${outputs} scores`);
  if (outputs > 1 !== (task === "multiclass" || task === "values"))
    refuse(`its loss is ${objective} and it gives a row ${outputs} scores`);
  const builder = new EnsembleBuilder(
    {
      ...{ width: columns.length, outputs, leafWidth: outputs, isSingle: false, divisor: 1 },
      ...{ start: new Float64Array(outputs), scale: sums[0]!.number(), bias },
    },
    refuse,
  );
  const isOblivious = !file.at("oblivious_trees").isAbsent;
  const read = isOblivious ? obliviousTree : grownTree;
  for (const tree of file.at(isOblivious ? "oblivious_trees" : "trees").list(limit.modelTreesMax))
    builder.add(read(tree, { columns, outputs }));
  return {
    ...{ format: "CatBoost JSON", rounding: "single", objective, task, link, outputs, notes: [] },
    ...{ columns: columns.map((column) => column.imported), classes: classesOf(file, { task, outputs }) },
    scores: { kind: "trees", ensemble: builder.finish() },
  };
}

function lossOf(file: JsonPart): Pick<ImportedModel, "objective" | "task" | "link"> {
  const objective = file.at("model_info", "params", "loss_function", "type").text();
  const loss = Object.hasOwn(losses, objective) ? losses[objective] : undefined;
  return loss === undefined
    ? file.refuse(`its loss is ${shown(objective)}, which is not known here`)
    : { objective, ...loss };
}

function classesOf(
  file: JsonPart,
  { task, outputs }: { task: ImportedModel["task"]; outputs: number },
): readonly string[] | undefined {
  const names = file.at("model_info", "class_params", "class_names");
  if (names.isAbsent || (task !== "binary" && task !== "multiclass")) return undefined;
  const classes = names.list(limit.modelOutputsMax).map(({ value }) => String(value));
  const count = task === "binary" ? 2 : outputs;
  return classes.length === count ? classes : file.refuse(`${names.path} has ${classes.length} names, not ${count}`);
}
