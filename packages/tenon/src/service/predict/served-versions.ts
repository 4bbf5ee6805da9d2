import { messageOf, TenonError } from "../../base/error.ts";
import type { ReadPoint } from "../../engine/window/window-sweep.ts";
import type { ModelPlan } from "../../plan/plan.ts";
import type { CheckedRow } from "./predictor.ts";
import { type Inputs, inputsOf, type PredictorParts, type ServedVersion } from "./version-inputs.ts";
import { VersionScorer } from "./version-scorer.ts";

/** What was answered, and by what. */
export interface Answer {
  /** Undefined where nothing that was asked has one. */
  readonly output: Readonly<Record<string, unknown>> | undefined;
  /** The version before answered. */
  readonly isPrevious: boolean;
  readonly version: ServedVersion | undefined;
  /** What was read for it. */
  readonly inputs: Inputs;
  /** In millionths of a dollar; absent where nothing was paid. */
  readonly costMicros?: number;
}

/** The row's time lies so far back that a window of it is no longer whole online. */
export const behindOnlineRows = "features reach behind the online rows";

export const reasonCharsMax = 200;
export const modelFailed = (thrown: unknown): string =>
  `the model failed: ${messageOf(thrown)}`.slice(0, reasonCharsMax);

/** The versions of a model that a prediction asks: the live one, and where that has no answer the one before it. */
export class ServedVersions {
  readonly #model: ModelPlan;
  readonly #parts: PredictorParts;
  /** Of the predictor's own build. */
  readonly #own: Inputs;
  readonly #point: ReadPoint = { at: 0, seqMax: 0, receivedAtMax: 0, excludedSeq: -1 };
  #live: VersionScorer | undefined;
  #previous: VersionScorer | undefined;
  #problem = "no live version";

  constructor(model: ModelPlan, parts: PredictorParts) {
    this.#model = model;
    this.#parts = parts;
    this.#own = inputsOf(model, parts);
  }

  get live(): ServedVersion | undefined {
    return this.#live?.version;
  }

  /** Where the live version's inputs come from. */
  get inputs(): Inputs {
    return this.#live?.inputs ?? this.#own;
  }

  /** The live version cannot be asked: no build that is here computes its inputs. */
  get isStale(): boolean {
    return this.#live?.stale !== undefined;
  }

  /**
   * Serves this version from the next request on: requests run whole, so none sees two. `own` is the version's own build,
   * for where this one computes its inputs otherwise.
   */
  serve(version: ServedVersion, own?: PredictorParts): void {
    this.#live = this.#scorerOf(version, own) ?? this.#live;
  }

  serveNone(problem: string): void {
    this.#live = undefined;
    this.#problem = problem;
  }

  standBy(version: ServedVersion | undefined, own?: PredictorParts): void {
    this.#previous = version === undefined ? undefined : this.#scorerOf(version, own);
  }

  /**
   * Answers by the features of now or of a position; without an output, and with the reason in `degraded`, where neither
   * can.
   */
  answer(row: CheckedRow, position: number, degraded: string[]): Answer {
    const live = this.#live;
    let { inputs } = this;
    this.#read(inputs, row, position, degraded);
    if (live === undefined) degraded.push(this.#problem);
    for (const one of [live, this.#previous]) {
      if (one?.stale !== undefined && one === live) degraded.push(one.stale);
      if (one === undefined || one.stale !== undefined) continue;
      if (one.inputs !== inputs) this.#read(one.inputs, row, position, degraded);
      inputs = one.inputs;
      try {
        const output = this.#outputOf(one.score(row));
        return { output, isPrevious: one !== live, version: one.version, inputs };
      } catch (thrown) {
        if (thrown instanceof TenonError) throw thrown;
        degraded.push(modelFailed(thrown));
      }
    }
    return { output: undefined, isPrevious: false, version: this.live, inputs };
  }

  #scorerOf(version: ServedVersion, own: PredictorParts | undefined): VersionScorer | undefined {
    return VersionScorer.of(version, this.#model, { parts: this.#parts, inputs: this.#own, own });
  }

  #outputOf(score: number): Readonly<Record<string, unknown>> {
    return this.#model.source === "trained" && this.#model.task === "regression" ? { value: score } : { score };
  }

  #read({ row, readers }: Inputs, { tenant, values, atMs }: CheckedRow, position: number, degraded: string[]): void {
    if (row === undefined) return;
    const point = this.#point;
    point.at = atMs;
    point.seqMax = position;
    // As served: what had not been received by the row's time is not seen, in serving as in training.
    point.receivedAtMax = atMs;
    for (let i = 0; i < readers.length; i++) readers[i].read(tenant, String(values[row.reads[i].keyPlace]), point);
    if (readers.some((reader) => reader.belowFloor)) degraded.push(behindOnlineRows);
  }
}
