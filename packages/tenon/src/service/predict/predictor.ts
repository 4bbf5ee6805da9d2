import { messageOf, TenonError } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import { limit } from "../../base/limit.ts";
import { outputOf } from "../../plan/check-prediction.ts";
import type { ModelPlan, PredictionPlan } from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";
import { invalidInput } from "../ingest/ingest.ts";
import { ageMaxOf, type PredictionRecord } from "./prediction-record.ts";
import type { Routing } from "./routing.ts";
import { Rule } from "./rule.ts";
import type { RowAnswer, RuntimeModel } from "./runtime-model.ts";
import { type Answer, behindOnlineRows, modelFailed, reasonCharsMax, ServedVersions } from "./served-versions.ts";
import type { Inputs, PredictorParts, ServedVersion } from "./version-inputs.ts";

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

/** One prediction's request path, compiled for its plan and version: no definition is looked up per request. */
export class Predictor {
  readonly plan: PredictionPlan;
  readonly model: ModelPlan;
  /** To the prediction's other models; undefined where it has none, and of those. */
  routing: Routing | undefined;
  readonly #variant: string;
  readonly #parts: PredictorParts;
  readonly #validator: RowValidator;
  readonly #versions: ServedVersions;
  /** What the model is, where it is a function of the configuration. */
  readonly #code: Rule | undefined;
  /** What is asked where the model has no answer. */
  readonly #rule: Rule | undefined;
  readonly #runtime: RuntimeModel | undefined;
  readonly #decide: ((output: object) => Readonly<Record<string, unknown>>) | undefined;
  /** How late the spine's event may be. */
  readonly #lateMs: number;

  /** `variant` is what its answers are called. */
  constructor(plan: PredictionPlan, model: ModelPlan, parts: PredictorParts, variant = "live") {
    this.plan = plan;
    this.model = model;
    this.#variant = variant;
    this.#parts = parts;
    this.#lateMs =
      parts.app.plan.events.find(({ name }) => name === model.spine.name)?.lateMs ?? Number.POSITIVE_INFINITY;
    this.#validator = new RowValidator(model.spine.columns, model.spine.kind !== "none");
    this.#versions = new ServedVersions(model, parts);
    const { code, rule } = parts.app.functions;
    const isCode = model.source === "pretrained" && model.runtime === undefined;
    this.#code = isCode ? new Rule(model.spine, model.output, code[model.name]) : undefined;
    const own = rule[plan.name];
    this.#rule = own === undefined ? undefined : new Rule(model.spine, outputOf(model), own);
    this.#runtime = parts.runtimes.get(model.name);
    this.#decide = parts.app.functions.decide[plan.name];
  }

  /** The version that answers, or undefined where the fallback does. */
  get version(): ServedVersion | undefined {
    return this.#versions.live;
  }

  /** See `ServedVersions`. */
  serve(version: ServedVersion, own?: PredictorParts): void {
    this.#versions.serve(version, own);
  }

  /** The live version cannot be loaded. */
  serveNone(problem: string): void {
    this.#versions.serveNone(problem);
  }

  /** Answers from the next request on where the live version has none. */
  standBy(version: ServedVersion | undefined, own?: PredictorParts): void {
    this.#versions.standBy(version, own);
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
    const outputs = await this.#inferLater(rows, signal);
    return rows.map((row, i) => {
      const own = [...degraded];
      return this.#told(row, position, this.#paid(outputs[i], own), own);
    });
  }

  /** Answers without the model: by the rule, or the fallback. */
  predictWithout(row: CheckedRow, reason: string): Predicted {
    const degraded = [reason];
    return this.#told(row, this.#begin(degraded), this.#answer(undefined), degraded);
  }

  /** Predicts for stored values, at a time and a position of the past. */
  replay(tenant: number, record: PredictionRecord, atMs: number, signal: AbortSignal): Predicted | Promise<Predicted> {
    const row = { tenant, values: record.input, id: record.exampleId ?? undefined, atMs, isLate: false };
    const degraded: string[] = [];
    const told = (answer: Answer): Predicted => this.#told(row, record.position, answer, degraded);
    if (!this.answersLater) return told(this.#infer(row, record.position, degraded));
    return this.#inferLater([row], signal).then(([output]) => told(this.#paid(output, degraded)));
  }

  #told(row: CheckedRow, position: number, answer: Answer, degraded: string[]): Predicted {
    const { output, version, inputs } = answer;
    const ruled = output === undefined ? this.#ruled(row, degraded) : undefined;
    const instead = ruled !== undefined ? "rule" : "fallback";
    const variant = output === undefined ? instead : answer.isPrevious ? "previous" : this.#variant;
    const decided = this.#decided(output ?? ruled ?? this.plan.fallback, degraded);
    if (row.isLate) degraded.push(tooLateToRecord);
    const record: PredictionRecord = {
      prediction: this.plan.name,
      model: this.model.name,
      version: output === undefined ? 0 : (version?.version ?? 0),
      digest: version?.digest ?? this.#runtime?.digest ?? this.model.fingerprint,
      build: inputs.build,
      variant,
      position,
      exampleId: row.id ?? null,
      input: row.values,
      output: decided,
      features: served(inputs, degraded),
      degraded,
      ...(answer.costMicros === undefined || answer.costMicros === 0 ? {} : { costMicros: answer.costMicros }),
    };
    return { id: newId(), atMs: row.atMs, record, answer: decided, featureAgeMsMax: ageMaxOf(record) };
  }

  /** The version cannot be asked: no build that is here computes its inputs. */
  get isStale(): boolean {
    return this.#versions.isStale;
  }

  #paid({ output, costMicros }: RowAnswer, degraded: string[]): Answer {
    if (!(output instanceof TenonError)) return { ...this.#answer(output), costMicros };
    degraded.push(modelFailed(output));
    return { ...this.#answer(undefined), costMicros };
  }

  #answer(output: Output | undefined): Answer {
    return { output, isPrevious: false, version: this.version, inputs: this.#versions.inputs };
  }

  /** The applied position; 0 where the online store cannot tell it. */
  #begin(degraded: string[]): number {
    try {
      return this.#versions.inputs.online.begin();
    } catch (thrown) {
      degraded.push(storeFailed(thrown));
      return 0;
    }
  }

  /** What the model answers; without an output, and with the reason in `degraded`, where it cannot. */
  #infer(row: CheckedRow, position: number, degraded: string[]): Answer {
    try {
      if (this.#runtime !== undefined) return this.#answer(this.#runtime.answerNow(row.values));
      if (this.#code !== undefined) return this.#answer(this.#code.answer(row));
      return this.#versions.answer(row, position, degraded);
    } catch (thrown) {
      if (thrown instanceof TenonError && this.#runtime === undefined) throw thrown;
      degraded.push(modelFailed(thrown));
      return this.#answer(undefined);
    }
  }

  async #inferLater(rows: readonly CheckedRow[], signal: AbortSignal): Promise<readonly RowAnswer[]> {
    const [first] = rows;
    if (this.#runtime === undefined || first === undefined) return [];
    const values = rows.map((row) => row.values);
    return this.#runtime.answerLater(first.tenant, values, signal);
  }

  #ruled(row: CheckedRow, degraded: string[]): Output | undefined {
    try {
      return this.#rule?.answer(row);
    } catch (thrown) {
      degraded.push(`the rule failed: ${messageOf(thrown)}`.slice(0, reasonCharsMax));
      return undefined;
    }
  }

  #decided(output: Output, degraded: string[]): Output {
    if (this.#decide === undefined) return output;
    try {
      return { ...output, ...this.#decide(output) };
    } catch (thrown) {
      degraded.push(`decide failed: ${messageOf(thrown)}`.slice(0, reasonCharsMax));
      return output;
    }
  }
}

const storeFailed = (thrown: unknown): string =>
  `the online store failed: ${messageOf(thrown)}`.slice(0, reasonCharsMax);

function served({ readers }: Inputs, degraded: string[]): PredictionRecord["features"] {
  try {
    return readers.map((reader) => reader.served);
  } catch (thrown) {
    degraded.push(storeFailed(thrown));
    return [];
  }
}

const tooLateToRecord = "the input is too late to be recorded as an event";

export const isBehindOnlineRows = ({ record }: Predicted): boolean => record.degraded.includes(behindOnlineRows);
