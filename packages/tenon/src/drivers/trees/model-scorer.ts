import { createEnsembleScorer } from "../../engine/score/ensemble-scorer.ts";
import { createLinearScorer } from "../../engine/score/linear-scorer.ts";
import { applyLink } from "../../engine/score/score-link.ts";
import type { ImportedModel } from "./imported-model.ts";

/** Answers for rows as the library does: probabilities of classes, or values. It allocates nothing per row. */
export interface ModelScorer {
  /** Columns of a row. */
  readonly width: number;
  /** Numbers of an answer: of a binary model those of both classes. */
  readonly answers: number;
  /** Writes the answer for a row whose missing values are NaN and whose numbers are rounded as the model takes them. */
  predictRow(row: Float64Array, to: Float64Array): void;
}

/** Whether scores are kept in single precision, so that an answer equals the library's to about six digits. */
export const isSinglePrecision = ({ scores }: ImportedModel): boolean =>
  scores.kind === "linear" || scores.ensemble.isSingle;

export function createModelScorer(model: ImportedModel): ModelScorer {
  const { scores, outputs } = model;
  const isSingle = isSinglePrecision(model);
  const scorer = scores.kind === "trees" ? createEnsembleScorer(scores.ensemble) : createLinearScorer(scores.linear);
  const link = applyLink(model.link, { isSingle });
  const isOneOfTwo = model.task === "binary" && outputs === 1;
  const { width } = scorer;
  if (!isOneOfTwo) {
    return {
      ...{ width, answers: outputs },
      predictRow(row, to) {
        scorer.scoreRow(row, to);
        link(to);
      },
    };
  }
  const score = new Float64Array(1);
  return {
    ...{ width, answers: 2 },
    predictRow(row, to) {
      scorer.scoreRow(row, score);
      link(score);
      to[0] = isSingle ? Math.fround(1 - score[0]!) : 1 - score[0]!;
      to[1] = score[0]!;
    },
  };
}
