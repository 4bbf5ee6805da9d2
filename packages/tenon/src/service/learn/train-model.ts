import { TenonError } from "../../base/error.ts";
import type { SliceColumn } from "../../engine/evaluate/slices.ts";
import { thresholdOfBestF1 } from "../../engine/evaluate/threshold.ts";
import { trainTrees } from "../../engine/train/train-trees.ts";
import { sliceTable, type TrainingTable } from "../../engine/train/training-table.ts";
import { encodeTreeModel } from "../../engine/train/tree-file.ts";
import { gainByColumn, type TreeModel } from "../../engine/train/tree-model.ts";
import { createTreeScorer } from "../../engine/train/tree-scorer.ts";
import type { TrainedModelPlan } from "../../plan/plan.ts";
import { type Dataset, exampleStatus } from "./dataset.ts";
import type { DatasetColumn } from "./dataset-columns.ts";
import { decideGates, evaluate } from "./evaluation.ts";
import type { EvaluationReport, GateResult } from "./evaluation-report.ts";
import { profileTraining } from "./profile-training.ts";
import type { TrainingProfile } from "./training-profile.ts";

/** Of the labelled rows in time order, the last share is for the evaluation, and of the rest the last is for early stopping. */
const testShare = 0.2;
const validationShare = 0.2;
/** Labelled rows that a training needs at least. */
const rowsMin = 50;
/** Columns with more categories than this are not sliced by. */
const sliceCategoriesMax = 50;

export interface TrainedModel {
  readonly artifact: Uint8Array;
  readonly trainedRows: number;
  readonly rounds: number;
  readonly columns: readonly { readonly name: string; readonly importance: number }[];
  /** What each input meant to the build that it was trained with. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly profile: TrainingProfile;
  readonly evaluation: EvaluationReport;
  readonly gates: readonly GateResult[];
}

/**
 * Trains on the older labelled rows and evaluates on the newer: what is measured is the future.
 * @throws dataset.empty, dataset.one-class
 */
export function trainModel(
  model: TrainedModelPlan,
  dataset: Dataset,
  about: Readonly<Record<string, unknown>>,
  onProgress: (step: string, done: number, detail: string) => void,
): Omit<TrainedModel, "inputs"> {
  const rows = labelledRows(dataset);
  const columns = dataset.columns.finish().map((column) => takeRows(column, rows));
  const target = Float64Array.from(rows, (row) => dataset.label[row]);
  const table: TrainingTable = { rowCount: rows.length, columns: columns.map(trainingColumn), target };
  const trainedRows = Math.floor(rows.length * (1 - testShare));
  checkTarget(model, table, trainedRows);
  const { options } = model.trainer;
  const trained = trainTrees(sliceTable(table, 0, trainedRows), {
    task: model.task,
    rounds: options.rounds ?? 300,
    leaves: options.leaves ?? 31,
    learningRate: options.learningRate ?? 0.1,
    minRowsPerLeaf: options.minRowsPerLeaf ?? 20,
    earlyStoppingRounds: options.earlyStoppingRounds ?? 30,
    validationRows: Math.floor(trainedRows * validationShare),
    seed: options.seed ?? 1,
    onRound: ({ round, rounds, validationLoss }) =>
      onProgress("training", round / rounds, `round ${round}, validation loss ${validationLoss?.toFixed(5) ?? "–"}`),
  });
  onProgress("evaluating", 0, "");
  const evaluation = evaluateModel(model, trained.model, columns, table, trainedRows);
  const gains = gainByColumn(trained.model);
  const total = gains.reduce((sum, gain) => sum + gain, 0) || 1;
  return {
    artifact: encodeTreeModel({ ...trained.model, about: { ...trained.model.about, ...about } }),
    trainedRows,
    rounds: trained.rounds,
    columns: columns
      .map(({ name }, i) => ({ name, importance: gains[i] / total }))
      .sort((a, b) => b.importance - a.importance),
    profile: profileTraining(
      columns,
      Int32Array.from(rows, (row) => dataset.tenants[row]),
      trainedRows,
    ),
    evaluation,
    gates: decideGates(model.gates, evaluation),
  };
}

function evaluateModel(
  model: TrainedModelPlan,
  trees: TreeModel,
  columns: readonly DatasetColumn[],
  table: TrainingTable,
  trainedRows: number,
): EvaluationReport {
  const predicted = createTreeScorer(trees).predictColumns(
    table.columns.map((column) => column.values),
    table.rowCount,
  );
  const validationBegin = trainedRows - Math.floor(trainedRows * validationShare);
  const threshold =
    model.task === "binary"
      ? thresholdOfBestF1(
          table.target.subarray(validationBegin, trainedRows),
          predicted.subarray(validationBegin, trainedRows),
        )
      : 0.5;
  const slices = columns
    .filter(
      (column) => column.kind === "category" && !column.personal && column.categories.length <= sliceCategoriesMax,
    )
    .map(
      (column): SliceColumn => ({
        name: column.name,
        categories: column.categories,
        values: column.values.subarray(trainedRows),
      }),
    );
  return evaluate({
    task: model.task,
    labels: table.target.subarray(trainedRows),
    predicted: predicted.subarray(trainedRows),
    threshold,
    slices,
  });
}

function labelledRows(dataset: Dataset): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < dataset.rowCount; row++) if (dataset.status[row] === exampleStatus.labelled) rows.push(row);
  if (rows.length < rowsMin) {
    throw new TenonError(
      "dataset.empty",
      `${rows.length} of ${dataset.rowCount} examples have a mature label; training needs ${rowsMin}`,
    );
  }
  return Int32Array.from(rows);
}

function checkTarget(model: TrainedModelPlan, table: TrainingTable, trainedRows: number): void {
  if (model.task !== "binary") return;
  const positives = table.target.subarray(0, trainedRows).reduce((sum, value) => sum + value, 0);
  if (positives > 0 && positives < trainedRows) return;
  throw new TenonError(
    "dataset.one-class",
    `all ${trainedRows} examples of the training part have the label ${positives > 0}`,
  );
}

const trainingColumn = ({ name, kind, values, categories }: DatasetColumn): TrainingTable["columns"][number] =>
  kind === "category" ? { name, kind, values, categories } : { name, kind, values };

const takeRows = (column: DatasetColumn, rows: Int32Array): DatasetColumn => ({
  ...column,
  values: Float64Array.from(rows, (row) => column.values[row]),
});
