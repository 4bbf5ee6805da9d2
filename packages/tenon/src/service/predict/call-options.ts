import type { Predictor } from "./predictor.ts";

export interface CallTime {
  /** How long the caller waits at most. Default: the prediction's budget, which is also the most. */
  readonly budgetMs?: number | undefined;
  /** Of it, how long the call has waited for its turn. */
  readonly queuedMs?: number | undefined;
}

export interface OneOptions extends CallTime {
  /** That is to answer. Default: the row's. */
  readonly variant?: string | undefined;
  /** The prediction's. Default: a new one. */
  readonly id?: string;
}

/** Of many rows, each call of a model that has to be waited for has the whole budget. */
export interface ManyOptions extends CallTime {
  /** As in `OneOptions`. */
  readonly variant?: string | undefined;
  /** What answers. Default: the live version's. */
  readonly predictor?: Predictor;
}

/** How long its model may still take. */
export const leftMs = ({ plan }: Predictor, { budgetMs = plan.budgetMs, queuedMs = 0 }: CallTime): number =>
  Math.ceil(Math.min(plan.budgetMs, budgetMs) - queuedMs);

/** Why a call that waited for all of its budget is answered without its model. */
export const tooLate = (queuedMs: number): string =>
  `the call waited ${Math.round(queuedMs)} ms for its turn, which is longer than its budget`;
