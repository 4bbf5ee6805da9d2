import type { TenonError } from "../base/error.ts";
import type { ColumnPlan } from "../plan/plan.ts";

/** A value as a model takes and answers it: times are epoch milliseconds, a missing value is null. */
export type ModelValue = string | number | boolean | null;

/** Rows column by column, in the order of the model's columns: each has one value a row. */
export type ModelColumns = readonly (readonly ModelValue[])[];

/** What a model takes and answers, as its definition says. */
export interface ModelSignature {
  readonly name: string;
  readonly input: readonly ColumnPlan[];
  readonly output: readonly ColumnPlan[];
}

export interface ModelCall {
  /** Aborted when nobody waits any more: the deadline has passed, or the caller has left. */
  readonly signal: AbortSignal;
  /** Told of rows that fail by themselves: their answers are null, and the others' stand. Absent: the call fails. */
  readonly rowFailed?: (row: number, error: TenonError) => void;
  /** Told what some of the rows took, where that is paid for. */
  readonly spent?: (firstRow: number, rowCount: number, usage: ModelUsage) => void;
}

export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In millionths of a dollar; 0 where no price is known. */
  readonly costMicros: number;
}

/** A model that is ready to answer: it was loaded, and has answered once where it needs warming up. */
export interface LoadedModel {
  /** Of what answers: the same digest means the same answers. */
  readonly digest: string;
  /** Answers on the calling thread, at once; undefined where a call takes longer than a request thread may be held. */
  readonly predictNow: ((input: ModelColumns, rowCount: number) => ModelColumns) | undefined;
  /**
   * Answers for `rowCount` rows: the output's columns, their rows in the order of the input's.
   * @throws model.failed, also where an answer does not fit the signature; model.late when the signal aborts; model.busy
   * where its queue is full
   */
  predict(input: ModelColumns, rowCount: number, call: ModelCall): Promise<ModelColumns>;
  /** Lets go of its processes, threads and memory. */
  close(): Promise<void>;
}

/** Runs models of one kind; one contract suite holds for all. */
export interface ModelRuntime {
  /** @throws model.unloadable where the model cannot be loaded, with what to do. */
  load(signature: ModelSignature): Promise<LoadedModel>;
}
