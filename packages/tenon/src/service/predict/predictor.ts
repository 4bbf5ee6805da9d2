import { messageOf, TenonError } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import { limit } from "../../base/limit.ts";
import { createTreeScorer } from "../../engine/train/tree-scorer.ts";
import type { ReadPoint } from "../../engine/window/window-sweep.ts";
import type { ModelPlan, PredictionPlan } from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";
import { invalidInput } from "../ingest/ingest.ts";
import type { InputRow } from "./input-row.ts";
import { ageMaxOf, type PredictionRecord } from "./prediction-record.ts";
import { Rule } from "./rule.ts";
import type { RuntimeModel } from "./runtime-model.ts";
import {
  type Inputs,
  inputsOf,
  ownInputs,
  type PredictorParts,
  type ServedVersion,
  staleReason,
} from "./version-inputs.ts";

/** A prediction, made. */
export interface Predicted {
  readonly id: string;
  readonly atMs: number;
  readonly record: PredictionRecord;
  readonly featureAgeMsMax: number | null;
  /** The output and what `decide` added. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** A spine row that was checked: what is predicted for. */
export interface CheckedRow {
  readonly tenant: number;
  readonly values: readonly StoredValue[];
  /** Of the example; undefined where nothing is recorded. */
  readonly id: string | undefined;
  readonly atMs: number;
  /** It is to be recorded, and too late for that. */
  readonly isLate: boolean;
}

type Output = Readonly<Record<string, unknown>>;

interface Serving {
  readonly version: ServedVersion;
  /** Of the predictor's build, or of the version's own where that computes its inputs otherwise. */
  readonly inputs: Inputs;
  /** Why it cannot be asked, if it cannot. */
  readonly stale: string | undefined;
  readonly encode: ReturnType<InputRow["encoder"]>;
  readonly features: Float64Array;
  readonly score: (features: Float64Array) => number;
}

/** One prediction's request path, compiled for its plan and version: no definition is looked up per request. */
export class Predictor {
  readonly plan: PredictionPlan;
  readonly model: ModelPlan;
  readonly #parts: PredictorParts;
  readonly #validator: RowValidator;
  /** Of the predictor's own build. */
  readonly #inputs: Inputs;
  readonly #rule: Rule | undefined;
  readonly #runtime: RuntimeModel | undefined;
  readonly #decide: ((output: object) => Readonly<Record<string, unknown>>) | undefined;
  readonly #point: ReadPoint = { at: 0, seqMax: 0, receivedAtMax: 0, excludedSeq: -1 };
  /** How late the spine's event may be. */
  readonly #lateMs: number;
  #serving: Serving | undefined;

  constructor(plan: PredictionPlan, model: ModelPlan, parts: PredictorParts) {
    this.plan = plan;
    this.model = model;
    this.#parts = parts;
    this.#lateMs =
      parts.app.plan.events.find(({ name }) => name === model.spine.name)?.lateMs ?? Number.POSITIVE_INFINITY;
    this.#validator = new RowValidator(model.spine.columns, model.spine.kind !== "none");
    this.#inputs = inputsOf(model, parts);
    const code = parts.app.functions.code[model.name];
    this.#rule = model.source === "pretrained" && model.runtime === undefined ? new Rule(model, code) : undefined;
    this.#runtime = parts.runtimes.get(model.name);
    this.#decide = parts.app.functions.decide[plan.name];
  }

  /** The version that answers, or undefined where the fallback does. */
  get version(): ServedVersion | undefined {
    return this.#serving?.version;
  }

  /**
   * Serves this version from the next request on: requests run whole, so none sees two. `own` is the version's own build,
   * for where this one computes its inputs otherwise.
   */
  serve(version: ServedVersion | undefined, own?: PredictorParts): void {
    if (version === undefined || this.#inputs.row === undefined) {
      this.#serving = undefined;
      return;
    }
    const scorer = createTreeScorer(version.trees);
    const stale = staleReason(version, this.model, this.#parts.app.plan);
    const elder = stale === undefined || own === undefined ? undefined : ownInputs(version, this.model, own);
    const inputs = elder ?? this.#inputs;
    const encode = inputs.row?.encoder(version.trees.columns);
    if (encode === undefined) return;
    this.#serving = {
      version,
      inputs,
      stale: elder === undefined ? stale : undefined,
      encode,
      features: new Float64Array(version.trees.columns.length),
      score: scorer.predictRow,
    };
  }

  /**
   * Checks a spine row.
   * @throws input.invalid and the field codes
   */
  check(tenant: number, input: unknown): CheckedRow {
    const checked = this.#validator.validate(input);
    if ("places" in checked) throw invalidInput(`the input of "${this.plan.name}" does not fit`, checked.places);
    const { values, id } = checked.row;
    const nowMs = this.#parts.nowMs();
    const atMs = checked.row.atMs ?? nowMs;
    if (atMs > nowMs + limit.futureMsMax) {
      const message = `the time is ${atMs - nowMs} ms ahead of the app's clock`;
      throw invalidInput(`the input of "${this.plan.name}" does not fit`, [
        { path: "/at", code: "time.future", message },
      ]);
    }
    // A recorded input needs an id, so that its label finds it.
    const exampleId = id ?? (this.plan.record ? newId() : undefined);
    return { tenant, values, id: exampleId, atMs, isLate: this.plan.record && atMs < nowMs - this.#lateMs };
  }

  /** Why its runtime does not answer; undefined where it does, or where no runtime is asked. */
  get problem(): string | undefined {
    return this.#runtime?.problem;
  }

  /** Its answers have to be waited for: `predictLater`. */
  get answersLater(): boolean {
    return this.#runtime?.answersLater === true;
  }

  /** Predicts for a row. */
  predict(row: CheckedRow): Predicted {
    const degraded: string[] = [];
    const position = this.#begin(degraded);
    return this.#told(row, position, this.#infer(row, position, degraded), degraded);
  }

  /** Predicts for rows of a model whose answers have to be waited for; each call of it has the prediction's budget. */
  async predictLater(rows: readonly CheckedRow[], signal: AbortSignal): Promise<readonly Predicted[]> {
    const degraded: string[] = [];
    const position = this.#begin(degraded);
    const outputs = await this.#inferLater(rows, degraded, signal);
    return rows.map((row, i) => this.#told(row, position, outputs[i], [...degraded]));
  }

  /** Predicts for stored values, at a time and a position of the past. */
  replay(tenant: number, record: PredictionRecord, atMs: number, signal: AbortSignal): Predicted | Promise<Predicted> {
    const row = { tenant, values: record.input, id: record.exampleId ?? undefined, atMs, isLate: false };
    const degraded: string[] = [];
    if (!this.answersLater)
      return this.#told(row, record.position, this.#infer(row, record.position, degraded), degraded);
    return this.#inferLater([row], degraded, signal).then(([output]) =>
      this.#told(row, record.position, output, degraded),
    );
  }

  #told(row: CheckedRow, position: number, output: Output | undefined, degraded: string[]): Predicted {
    const variant = output === undefined ? "fallback" : "live";
    const answer = this.#decided(output ?? this.plan.fallback, degraded);
    if (row.isLate) degraded.push(tooLateToRecord);
    const serving = this.#serving;
    const record: PredictionRecord = {
      prediction: this.plan.name,
      model: this.model.name,
      version: variant === "live" ? (serving?.version.version ?? 0) : 0,
      digest: serving?.version.digest ?? this.#runtime?.digest ?? this.model.fingerprint,
      build: this.#now.build,
      variant,
      position,
      exampleId: row.id ?? null,
      input: row.values,
      output: answer,
      features: this.#served(degraded),
      degraded,
    };
    return { id: newId(), atMs: row.atMs, record, answer, featureAgeMsMax: ageMaxOf(record) };
  }

  /** The version cannot be asked: no build that is here computes its inputs. */
  get isStale(): boolean {
    return this.#serving?.stale !== undefined;
  }

  get #now(): Inputs {
    return this.#serving?.inputs ?? this.#inputs;
  }

  /** The applied position; 0 where the online store cannot tell it. */
  #begin(degraded: string[]): number {
    try {
      return this.#now.online.begin();
    } catch (thrown) {
      degraded.push(`the online store failed: ${messageOf(thrown)}`.slice(0, 200));
      return 0;
    }
  }

  #served(degraded: string[]): PredictionRecord["features"] {
    try {
      return this.#now.readers.map(({ served }) => served);
    } catch (thrown) {
      degraded.push(`the online store failed: ${messageOf(thrown)}`.slice(0, 200));
      return [];
    }
  }

  /** What the model answers; undefined, with the reason in `degraded`, where it cannot. */
  #infer(row: CheckedRow, position: number, degraded: string[]): Output | undefined {
    try {
      if (this.#runtime !== undefined) return this.#runtime.answerNow(row.values);
      return this.#rule === undefined ? this.#score(row, position, degraded) : this.#rule.answer(row.values);
    } catch (thrown) {
      if (thrown instanceof TenonError && this.#runtime === undefined) throw thrown;
      degraded.push(`the model failed: ${messageOf(thrown)}`.slice(0, 200));
      return undefined;
    }
  }

  async #inferLater(
    rows: readonly CheckedRow[],
    degraded: string[],
    signal: AbortSignal,
  ): Promise<readonly (Output | undefined)[]> {
    try {
      return (
        (await this.#runtime?.answerLater(
          rows.map(({ values }) => values),
          signal,
        )) ?? []
      );
    } catch (thrown) {
      degraded.push(`the model failed: ${messageOf(thrown)}`.slice(0, 200));
      return [];
    }
  }

  /** The live version's answer, by the features of now or of a position. */
  #score({ tenant, values, id, atMs }: CheckedRow, position: number, degraded: string[]): Output | undefined {
    const { row: input, readers } = this.#now;
    if (input === undefined) return undefined;
    const point = this.#point;
    point.at = atMs;
    point.seqMax = position;
    // As served: what had not been received by the row's time is not seen, in serving as in training.
    point.receivedAtMax = atMs;
    for (let i = 0; i < readers.length; i++) readers[i].read(tenant, String(values[input.reads[i].keyPlace]), point);
    if (readers.some((reader) => reader.belowFloor)) degraded.push(behindOnlineRows);
    const serving = this.#serving;
    if (serving?.stale !== undefined || serving === undefined) {
      degraded.push(serving?.stale ?? "no live version");
      return undefined;
    }
    const onDemand = input.hasOnDemand ? input.onDemand(input.presentRow(values, id, atMs), readers) : noOnDemand;
    serving.encode(values, readers, onDemand, serving.features);
    const score = serving.score(serving.features);
    return this.model.source === "trained" && this.model.task === "regression" ? { value: score } : { score };
  }

  #decided(output: Readonly<Record<string, unknown>>, degraded: string[]): Readonly<Record<string, unknown>> {
    if (this.#decide === undefined) return output;
    try {
      return { ...output, ...this.#decide(output) };
    } catch (thrown) {
      degraded.push(`decide failed: ${messageOf(thrown)}`.slice(0, 200));
      return output;
    }
  }
}

/** The row's time lies so far back that a window of it is no longer whole online. */
const behindOnlineRows = "features reach behind the online rows";

const tooLateToRecord = "the input is too late to be recorded as an event";

export const isBehindOnlineRows = ({ record }: Predicted): boolean => record.degraded.includes(behindOnlineRows);

const noOnDemand: ReturnType<InputRow["onDemand"]> = [];
