import { TenonError } from "../../base/error.ts";
import type { TrainTask } from "./train-options.ts";

/** What boosting minimises: its start value, its derivatives by the raw score, its loss. */
export interface Objective {
  /** The constant raw score with the least loss over the first `rows` rows. */
  baseScore(target: Float64Array, weight: Float64Array | undefined, rows: number): number;
  /**
   * Writes first and second derivative of each of the first `rows` rows as a pair. They are kept in single precision:
   * sums of them are taken in double precision, and half the memory is read.
   */
  derive(scores: Float64Array, o: DeriveInput): void;
  /** The weighted mean loss of the rows `begin` to `end`. */
  loss(
    scores: Float64Array,
    o: { target: Float64Array; weight: Float64Array | undefined; begin: number; end: number },
  ): number;
}

export interface DeriveInput {
  readonly target: Float64Array;
  readonly weight: Float64Array | undefined;
  readonly rows: number;
  /** First and second derivative in turns. */
  readonly pairs: Float32Array;
}

function weightedMean(target: Float64Array, weight: Float64Array | undefined, rows: number): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const counts = weight === undefined ? 1 : weight[row]!;
    sum += target[row]! * counts;
    total += counts;
  }
  return sum / total;
}

/** Log loss of the logistic function of the score. */
const logistic: Objective = {
  baseScore(target, weight, rows) {
    for (let row = 0; row < target.length; row++) {
      if (target[row] !== 0 && target[row] !== 1) {
        throw new TenonError(
          "input.invalid",
          `The target of row ${row} is ${target[row]}, a binary task needs 0 or 1.`,
        );
      }
    }
    const rate = weightedMean(target, weight, rows);
    if (rate <= 0 || rate >= 1) {
      throw new TenonError(
        "dataset.one-class",
        `All ${rows} training rows have target ${rate}; both 0 and 1 are needed.`,
      );
    }
    return Math.log(rate / (1 - rate));
  },
  derive(scores, { target, weight, rows, pairs }) {
    for (let row = 0; row < rows; row++) {
      // With sign = 1 or -1: gradient = -sign / (1 + exp(sign * score)), exact for scores far on either side.
      const sign = target[row]! * 2 - 1;
      const gradient = -sign / (1 + Math.exp(sign * scores[row]!));
      const size = Math.abs(gradient);
      const counts = weight === undefined ? 1 : weight[row]!;
      pairs[row * 2] = gradient * counts;
      pairs[row * 2 + 1] = size * (1 - size) * counts;
    }
  },
  loss(scores, { target, weight, begin, end }) {
    let sum = 0;
    let total = 0;
    for (let row = begin; row < end; row++) {
      const margin = (target[row]! * 2 - 1) * scores[row]!;
      const counts = weight === undefined ? 1 : weight[row]!;
      sum += counts * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
      total += counts;
    }
    return sum / total;
  },
};

/** Mean squared error. */
const squaredError: Objective = {
  baseScore: weightedMean,
  derive(scores, { target, weight, rows, pairs }) {
    for (let row = 0; row < rows; row++) {
      const counts = weight === undefined ? 1 : weight[row]!;
      pairs[row * 2] = (scores[row]! - target[row]!) * counts;
      pairs[row * 2 + 1] = counts;
    }
  },
  loss(scores, { target, weight, begin, end }) {
    let sum = 0;
    let total = 0;
    for (let row = begin; row < end; row++) {
      const error = scores[row]! - target[row]!;
      const counts = weight === undefined ? 1 : weight[row]!;
      sum += counts * error * error;
      total += counts;
    }
    return sum / total;
  },
};

export const objectiveOf = (task: TrainTask): Objective => (task === "binary" ? logistic : squaredError);
