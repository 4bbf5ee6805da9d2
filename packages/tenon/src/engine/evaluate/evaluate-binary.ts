import { seededRandom } from "../../base/random.ts";
import { aucEstimate } from "./auc.ts";
import { brierEstimate } from "./brier.ts";
import { type CalibrationBin, calibrationBins, calibrationErrorEstimate } from "./calibration.ts";
import {
  accuracyEstimate,
  type Confusion,
  confusionAt,
  f1Estimate,
  precisionEstimate,
  recallEstimate,
} from "./confusion.ts";
import { defaultConfidence, type Estimate } from "./estimate.ts";
import { logLossEstimate } from "./log-loss.ts";
import { type Slice, type SliceColumn, slicesOf } from "./slices.ts";

/** What a binary model reaches on rows that it did not learn from. JSON-able. A figure that the rows do not allow is null. */
export interface BinaryReport {
  readonly task: "binary";
  readonly rows: number;
  readonly positives: number;
  readonly confidence: number;
  /** A row is called positive at this probability or above. */
  readonly threshold: number;
  readonly confusion: Confusion;
  readonly metrics: {
    readonly auc: Estimate | null;
    readonly logLoss: Estimate | null;
    readonly brier: Estimate | null;
    readonly calibrationError: Estimate | null;
    readonly accuracy: Estimate | null;
    readonly precision: Estimate | null;
    readonly recall: Estimate | null;
    readonly f1: Estimate | null;
  };
  readonly calibration: readonly CalibrationBin[];
  readonly slices: readonly Slice[];
}

export interface EvaluateBinaryInput {
  /** 0 or 1 a row. */
  readonly labels: Float64Array;
  readonly probabilities: Float64Array;
  /** Default 0.5. `thresholdOfBestF1` chooses one on validation rows. */
  readonly threshold?: number;
  /** Columns to judge the rows apart by. */
  readonly slices?: readonly SliceColumn[];
  /** Rows a slice needs. Default 30. */
  readonly sliceRowsMin?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** Of the bootstrap. Default 0. */
  readonly seed?: number;
}

/** The report over a binary model's predictions. */
export function evaluateBinary(input: EvaluateBinaryInput): BinaryReport {
  const { labels, probabilities, threshold = 0.5, confidence = defaultConfidence } = input;
  const confusion = confusionAt(labels, probabilities, threshold);
  const random = seededRandom(input.seed ?? 0);
  return {
    task: "binary",
    rows: labels.length,
    positives: confusion.truePositives + confusion.falseNegatives,
    confidence,
    threshold,
    confusion,
    metrics: {
      auc: aucEstimate(labels, probabilities, confidence) ?? null,
      logLoss: finite(logLossEstimate(labels, probabilities, confidence)),
      brier: finite(brierEstimate(labels, probabilities, confidence)),
      calibrationError: calibrationErrorEstimate(labels, probabilities, { random, confidence }) ?? null,
      accuracy: accuracyEstimate(confusion, confidence) ?? null,
      precision: precisionEstimate(confusion, confidence) ?? null,
      recall: recallEstimate(confusion, confidence) ?? null,
      f1: f1Estimate(confusion, confidence) ?? null,
    },
    calibration: calibrationBins(labels, probabilities, { confidence }),
    slices: (input.slices ?? []).flatMap((column) =>
      slicesOf(column, {
        labels,
        probabilities,
        confidence,
        ...(input.sliceRowsMin === undefined ? {} : { rowsMin: input.sliceRowsMin }),
      }),
    ),
  };
}

/** One row has no spread to take an interval from, and JSON has no infinity: such a figure is left out. */
const finite = (estimate: Estimate | undefined): Estimate | null =>
  estimate !== undefined && Number.isFinite(estimate.low) ? estimate : null;
