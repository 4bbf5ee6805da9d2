import { limit } from "../../base/limit.ts";
import { EnsembleBuilder } from "../../engine/score/ensemble-builder.ts";
import type { ScoreLink } from "../../engine/score/score-link.ts";
import type { ImportedColumn, ImportedModel } from "./imported-model.ts";
import { checkedCount, refuserOf, shown } from "./model-file-error.ts";
import { type OnnxGraph, readOnnxGraph } from "./onnx-graph.ts";
import { addOnnxTrees, type OnnxLeafValues } from "./onnx-trees.ts";

const refuse = refuserOf("ONNX");

/** Whether bytes begin as a ModelProto: its first field is the version of its format. */
export const isOnnx = (bytes: Buffer): boolean => bytes[0] === 0x08 && bytes.length > 8 && bytes[1]! < 128;

/** The model of an ONNX file whose graph is one ensemble of trees or one linear model. @throws model.file */
export function readOnnx(bytes: Buffer): ImportedModel {
  const graph = readOnnxGraph(bytes, refuse);
  switch (graph.operator) {
    case "TreeEnsembleClassifier":
      return treeClassifier(graph);
    case "TreeEnsembleRegressor":
      return treeRegressor(graph);
    case "LinearClassifier":
      return linearClassifier(graph);
    default:
      return linearRegressor(graph);
  }
}

type Rest = Pick<ImportedModel, "task" | "link" | "outputs" | "classes" | "scores">;

const modelOf = (graph: OnnxGraph, width: number, rest: Rest): ImportedModel => ({
  ...{ format: "ONNX", objective: graph.operator, rounding: graph.rounding, notes: [], ...rest },
  columns: Array.from({ length: width }, (): ImportedColumn => ({ ...unnamed })),
});

const unnamed: ImportedColumn = { name: undefined, kind: "number", categories: undefined };

function treeClassifier(graph: OnnxGraph): ImportedModel {
  const { attributes } = graph;
  const classes = classesOf(graph, "classlabels_int64s");
  const values = leafValues(graph, "class");
  // Two classes whose leaves have weights for the first alone: in ONNX Runtime that is the score of the second. The other
  // class has its complement where weights are probabilities, and its negative where one is negative.
  const isOneScore = classes.length === 2 && values.outputs.every((output) => output === 0);
  const post = attributes.text("post_transform") ?? "NONE";
  const isPlain = isOneScore && post !== "LOGISTIC";
  const isMirrored = isPlain && values.weights.some((weight) => weight < 0);
  const outputs = isOneScore && !isMirrored ? 1 : classes.length;
  const link: ScoreLink = isPlain ? { kind: "identity" } : linkOf(graph, post);
  const base = attributes.numbers("base_values");
  if (base.length !== 0 && base.length !== (isOneScore ? 1 : classes.length))
    refuse(`base_values has ${base.length} numbers for ${classes.length} classes`);
  if (base.length !== 0 && classes.length === 2 && !isOneScore)
    refuse("it has base_values beside weights for two classes, which ONNX Runtime does not add to both");
  const bias = Float64Array.from(
    { length: outputs },
    (_, i) => (isMirrored && i === 0 ? -1 : 1) * (base[isOneScore ? 0 : i] ?? 0),
  );
  const addWeight = (to: Float64Array, output: number, weight: number): void => {
    if (!isOneScore && !(output >= 0 && output < outputs)) refuse(`a leaf votes for class ${output} of ${outputs}`);
    if (!isOneScore) to[output]! += weight;
    else if (isMirrored) {
      to[0]! -= weight;
      to[1]! += weight;
    } else to[0]! += weight;
  };
  const scores = treesOf(graph, values, { outputs, bias, addWeight });
  const task = classes.length === 2 ? "binary" : "multiclass";
  return modelOf(graph, scores.ensemble.width, { task, link, outputs, classes, scores });
}

function treeRegressor(graph: OnnxGraph): ImportedModel {
  const { attributes } = graph;
  const outputs = checkedCount(attributes.integer("n_targets", 1), {
    ...{ what: "n_targets", min: 1, max: limit.modelOutputsMax, refuse },
  });
  const post = attributes.text("post_transform") ?? "NONE";
  if (post !== "NONE") refuse(`its post_transform is ${shown(post)}; a regressor's is NONE`);
  const how = attributes.text("aggregate_function") ?? "SUM";
  if (how !== "SUM" && how !== "AVERAGE") refuse(`its aggregate_function is ${shown(how)}; SUM and AVERAGE are read`);
  const base = attributes.numbers("base_values");
  if (base.length !== 0 && base.length !== outputs)
    refuse(`base_values has ${base.length} numbers for ${outputs} scores`);
  const scores = treesOf(graph, leafValues(graph, "target"), {
    ...{ outputs, bias: Float64Array.from({ length: outputs }, (_, i) => base[i] ?? 0), isAverage: how === "AVERAGE" },
    addWeight: (to, output, weight) => {
      if (!(output >= 0 && output < outputs)) refuse(`a leaf adds to target ${output} of ${outputs}`);
      to[output]! += weight;
    },
  });
  return modelOf(graph, scores.ensemble.width, {
    ...{
      task: outputs === 1 ? "regression" : "values",
      link: { kind: "identity" },
      outputs,
      classes: undefined,
      scores,
    },
  });
}

function leafValues({ attributes }: OnnxGraph, prefix: "class" | "target"): OnnxLeafValues {
  const treeIds = attributes.integers(`${prefix}_treeids`);
  const count = treeIds.length;
  return {
    ...{ treeIds, nodeIds: attributes.integers(`${prefix}_nodeids`, count) },
    ...{
      outputs: attributes.integers(`${prefix}_ids`, count),
      weights: attributes.numbers(`${prefix}_weights`, count),
    },
  };
}

function treesOf(
  { attributes, width }: OnnxGraph,
  values: OnnxLeafValues,
  o: {
    outputs: number;
    bias: Float64Array;
    isAverage?: boolean;
    addWeight: (to: Float64Array, output: number, weight: number) => void;
  },
) {
  const { outputs } = o;
  const trees = new Set(attributes.integers("nodes_treeids")).size;
  if (trees === 0 || trees > limit.modelTreesMax) refuse(`it has ${trees} trees; 1 to ${limit.modelTreesMax} are read`);
  const read = attributes.integers("nodes_featureids").reduce((most, column) => Math.max(most, column + 1), 1);
  const columns = width ?? read;
  if (columns > limit.modelColumnsMax) refuse(`it reads ${columns} columns`);
  const builder = new EnsembleBuilder(
    {
      ...{ width: columns, outputs, leafWidth: outputs, isSingle: true, scale: 1 },
      ...{ divisor: o.isAverage === true ? trees : 1, start: new Float64Array(outputs), bias: o.bias },
    },
    refuse,
  );
  addOnnxTrees(attributes, values, { builder, outputs, addWeight: o.addWeight, refuse });
  return { kind: "trees" as const, ensemble: builder.finish() };
}

function linearClassifier(graph: OnnxGraph): ImportedModel {
  const classes = classesOf(graph, "classlabels_ints");
  const linear = linearOf(graph, graph.attributes.numbers("intercepts").length);
  if (linear.outputs !== classes.length)
    refuse(`it has ${linear.outputs} scores for ${classes.length} classes; export one a class`);
  const link = linkOf(graph, graph.attributes.text("post_transform") ?? "NONE");
  const task = classes.length === 2 ? "binary" : "multiclass";
  return modelOf(graph, linear.width, {
    task,
    link,
    outputs: linear.outputs,
    classes,
    scores: { kind: "linear", linear },
  });
}

function linearRegressor(graph: OnnxGraph): ImportedModel {
  const linear = linearOf(graph, graph.attributes.integer("targets", 1));
  const post = graph.attributes.text("post_transform") ?? "NONE";
  if (post !== "NONE") refuse(`its post_transform is ${shown(post)}; a regressor's is NONE`);
  return modelOf(graph, linear.width, {
    ...{ task: linear.outputs === 1 ? "regression" : "values", link: { kind: "identity" }, classes: undefined },
    ...{ outputs: linear.outputs, scores: { kind: "linear", linear } },
  });
}

function linearOf({ attributes, width }: OnnxGraph, outputs: number) {
  const coefficients = attributes.numbers("coefficients");
  const columns = coefficients.length / outputs;
  if (!(outputs >= 1 && outputs <= limit.modelOutputsMax) || !Number.isInteger(columns) || columns === 0)
    refuse(`it has ${coefficients.length} coefficients for ${outputs} scores`);
  if (columns > limit.modelColumnsMax || (width !== undefined && width !== columns))
    refuse(`it has ${columns} coefficients a score for ${width ?? limit.modelColumnsMax} columns`);
  const given = attributes.numbers("intercepts");
  const intercepts = given.length === 0 ? new Float64Array(outputs) : given;
  if (intercepts.length !== outputs) refuse(`it has ${intercepts.length} intercepts for ${outputs} scores`);
  if (![...coefficients, ...intercepts].every(Number.isFinite)) refuse("a coefficient is no finite number");
  return { width: columns, outputs, coefficients, intercepts };
}

function classesOf({ attributes }: OnnxGraph, integers: string): readonly string[] {
  const texts = attributes.texts("classlabels_strings");
  const classes = texts.length > 0 ? texts : attributes.integers(integers).map(String);
  if (classes.length < 2 || classes.length > limit.modelOutputsMax || new Set(classes).size < classes.length)
    refuse(`it has ${classes.length} classes, or one of them twice; 2 to ${limit.modelOutputsMax} are read`);
  return classes;
}

function linkOf({ isNormalized }: OnnxGraph, post: string): ScoreLink {
  switch (post) {
    case "NONE":
      return { kind: isNormalized ? "sumToOne" : "identity" };
    case "LOGISTIC":
      return isNormalized ? { kind: "sigmoid", slope: 1, sumsToOne: true } : { kind: "sigmoid", slope: 1 };
    case "SOFTMAX":
      return { kind: "softmax" };
    case "SOFTMAX_ZERO":
      return { kind: "softmaxZero" };
    default:
      return refuse(`its post_transform is ${shown(post)}, which is not read`);
  }
}
