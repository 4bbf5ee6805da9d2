import { binTable } from "./binned-table.ts";
import { type Boosted, boost } from "./boost.ts";
import { objectiveOf } from "./objective.ts";
import { createSplitSearch } from "./split-search.ts";
import { resolveOptions, type TrainOptions, type TrainSettings } from "./train-options.ts";
import { checkTable, type TrainingTable } from "./training-table.ts";
import type { TreeModel } from "./tree-model.ts";

/** A trained model and how it came about. */
export interface TrainedTrees {
  readonly model: TreeModel;
  /** Trees of the model. */
  readonly rounds: number;
  /** The least loss over the validation rows, at that number of trees; undefined without validation. */
  readonly validationLoss: number | undefined;
}

/**
 * Trains boosted trees on the calling thread, which is busy until the end: call it from a worker where requests are
 * served. The model is a function of table, options and seed, to the byte.
 *
 * Where no training row lacks a column's value, a row that lacks it later goes to the side of a split that more training
 * rows took. A category that is missing, rare or was never seen goes to the side of the "other" categories.
 *
 * @throws {TenonError} `input.invalid` for a table or an option that cannot be used, `dataset.empty` for no rows,
 * `dataset.one-class` when a binary target has one value only
 * @source Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS 2017
 * @example
 * const x = Float64Array.from({ length: 200 }, (_, i) => i);
 * const table = { rowCount: 200, columns: [{ name: "x", kind: "number", values: x }], target: x.map((v) => +(v >= 100)) };
 * trainTrees(table, { task: "binary", rounds: 10 }).model.threshold[0]; // 99.50000000000001
 */
export function trainTrees(table: TrainingTable, options: TrainOptions): TrainedTrees {
  checkTable(table);
  const settings = resolveOptions(options, table.rowCount);
  const first = boostOnce(table, settings, options.onRound);
  const refits = settings.refit && settings.validationRows > 0 && first.bestRounds > 0;
  const whole = { ...settings, rounds: first.bestRounds, validationRows: 0, earlyStoppingRounds: 0 };
  const last = refits ? boostOnce(table, whole, options.onRound) : first;
  const { task, ...rest } = settings;
  const model = last.builder.build(last.bestRounds, {
    task,
    columns: table.columns.map(({ name, kind, categories }) => ({
      name,
      kind,
      ...(categories === undefined ? {} : { categories }),
    })),
    outputs: 1,
    baseScore: Float64Array.of(last.baseScore),
    about: {
      settings: rest,
      trainingRows: table.rowCount - (refits ? 0 : settings.validationRows),
      ...(first.validationLoss === undefined ? {} : { validationLoss: first.validationLoss }),
    },
  });
  return { model, rounds: last.bestRounds, validationLoss: first.validationLoss };
}

function boostOnce(table: TrainingTable, settings: TrainSettings, onRound: TrainOptions["onRound"]): Boosted {
  const trainRows = table.rowCount - settings.validationRows;
  const { bins, seed, leaves } = settings;
  const binned = binTable(table, { trainRows, bins, seed, leaves });
  const search = createSplitSearch({ table: binned, limits: settings, leaves });
  const objective = objectiveOf(settings.task);
  return boost({ table, binned, trainRows, settings, objective, search, onRound });
}
