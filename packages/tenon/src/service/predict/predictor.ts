import { messageOf, TenonError } from "../../base/error.ts";
import { newId } from "../../base/id.ts";
import { limit } from "../../base/limit.ts";
import { formatPosition } from "../../base/position.ts";
import { createTreeScorer } from "../../engine/train/tree-scorer.ts";
import type { ReadPoint } from "../../engine/window/window-sweep.ts";
import type { ColumnPlan, ModelPlan, PredictionPlan } from "../../plan/plan.ts";
import { presentValue, type StoredValue } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";
import { invalidInput } from "../ingest/ingest.ts";
import type { FeatureSetReader } from "./feature-set-reader.ts";
import type { InputRow } from "./input-row.ts";
import type { PredictionRecord } from "./prediction-record.ts";
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
  /** What a rule declares to answer. */
  readonly #output: RowValidator | undefined;
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
    this.#output = model.source === "pretrained" ? new RowValidator(model.output, false) : undefined;
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
   * Predicts for one spine row.
   * @throws input.invalid and the field codes
   */
  predict(tenant: number, input: unknown, replayed?: { readonly seqMax: number }): Predicted {
    const checked = this.#validator.validate(input);
    if ("places" in checked) throw invalidInput(`the input of "${this.plan.name}" does not fit`, checked.places);
    const { values, id } = checked.row;
    const nowMs = this.#parts.nowMs();
    const atMs = checked.row.atMs ?? nowMs;
    if (atMs > nowMs + limit.futureMsMax && replayed === undefined) {
      const message = `the time is ${atMs - nowMs} ms ahead of the app's clock`;
      throw invalidInput(`the input of "${this.plan.name}" does not fit`, [
        { path: "/at", code: "time.future", message },
      ]);
    }
    // A recorded input needs an id, so that its label finds it.
    const exampleId = id ?? (this.plan.record ? newId() : undefined);
    const predicted = this.#predictRow(tenant, values, exampleId, atMs, replayed?.seqMax);
    return this.plan.record && atMs < nowMs - this.#lateMs ? withDegraded(predicted, tooLateToRecord) : predicted;
  }

  /** Predicts for stored values, at a time and a position of the past. */
  replay(tenant: number, record: PredictionRecord, atMs: number): Predicted {
    return this.#predictRow(tenant, record.input, record.exampleId ?? undefined, atMs, record.position);
  }

  #predictRow(
    tenant: number,
    values: readonly StoredValue[],
    id: string | undefined,
    atMs: number,
    seqMax?: number,
  ): Predicted {
    const degraded: string[] = [];
    const position = seqMax ?? this.#begin(degraded);
    const output = this.#infer(tenant, values, id, atMs, position, degraded);
    const variant = output === undefined ? "fallback" : "live";
    const result = output ?? this.plan.fallback;
    const answer = this.#decided(result, degraded);
    const serving = this.#serving;
    const record: PredictionRecord = {
      prediction: this.plan.name,
      model: this.model.name,
      version: variant === "live" ? (serving?.version.version ?? 0) : 0,
      digest: serving?.version.digest ?? this.model.fingerprint,
      build: this.#now.build,
      variant,
      position,
      exampleId: id ?? null,
      input: values,
      output: answer,
      features: this.#served(degraded),
      degraded,
    };
    return { id: newId(), atMs, record, answer, featureAgeMsMax: ageMaxOf(record) };
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
      return this.#now.readers.map(servedFeatures);
    } catch (thrown) {
      degraded.push(`the online store failed: ${messageOf(thrown)}`.slice(0, 200));
      return [];
    }
  }

  /** What a rule answers; what it does not declare is no answer. */
  #rule(values: readonly StoredValue[]): Readonly<Record<string, unknown>> {
    const output: unknown = this.#parts.app.functions.code[this.model.name](
      inputObject(this.model.spine.columns, values),
    );
    // Nobody waits for a promise, and one that is rejected would end the process.
    if (output instanceof Promise) output.catch(() => {});
    const checked = this.#output?.validate(output);
    if (output !== null && typeof output === "object" && checked !== undefined && "row" in checked)
      return { ...output };
    const place = checked !== undefined && "places" in checked ? checked.places[0] : undefined;
    throw new RangeError(
      `the rule answered something else than it declares: ${place?.path ?? ""} ${place?.message ?? ""}`,
    );
  }

  #infer(
    tenant: number,
    values: readonly StoredValue[],
    id: string | undefined,
    atMs: number,
    position: number,
    degraded: string[],
  ): Readonly<Record<string, unknown>> | undefined {
    const { row: input, readers } = this.#now;
    try {
      if (input === undefined) return this.#rule(values);
      const point = this.#point;
      point.at = atMs;
      point.seqMax = position;
      // As served: what had not been received by the row's time is not seen, in serving as in training.
      point.receivedAtMax = atMs;
      for (let i = 0; i < readers.length; i++) {
        readers[i].read(tenant, String(values[input.reads[i].keyPlace]), point);
      }
      if (readers.some((reader) => reader.belowFloor)) degraded.push(behindOnlineRows);
      const serving = this.#serving;
      if (serving === undefined) {
        degraded.push("no live version");
        return undefined;
      }
      if (serving.stale !== undefined) {
        degraded.push(serving.stale);
        return undefined;
      }
      const onDemand = input.hasOnDemand ? input.onDemand(input.presentRow(values, id, atMs), readers) : noOnDemand;
      serving.encode(values, readers, onDemand, serving.features);
      const score = serving.score(serving.features);
      return this.model.source === "trained" && this.model.task === "regression" ? { value: score } : { score };
    } catch (thrown) {
      if (thrown instanceof TenonError) throw thrown;
      degraded.push(`the model failed: ${messageOf(thrown)}`.slice(0, 200));
      return undefined;
    }
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

const withDegraded = (predicted: Predicted, reason: string): Predicted => ({
  ...predicted,
  record: { ...predicted.record, degraded: [...predicted.record.degraded, reason] },
});

export const isBehindOnlineRows = ({ record }: Predicted): boolean => record.degraded.includes(behindOnlineRows);

const noOnDemand: ReturnType<InputRow["onDemand"]> = [];

function inputObject(columns: readonly ColumnPlan[], values: readonly StoredValue[]): object {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) row[columns[i].name] = presentValue(columns[i], values[i]);
  return row;
}

function servedFeatures(reader: FeatureSetReader): PredictionRecord["features"][number] {
  const places = reader.set.columns.map((_, place) => place);
  return {
    set: reader.set.name,
    values: places.map((place) => reader.value(place)),
    statuses: places.map((place) => reader.status(place)),
    ages: places.map((place) => reader.ageMs(place)),
  };
}

function ageMaxOf(record: PredictionRecord): number | null {
  let oldest: number | null = null;
  for (const { ages } of record.features)
    for (const age of ages) if (age !== null && (oldest === null || age > oldest)) oldest = age;
  return oldest;
}

/** The receipt's name of what answered. */
export const versionName = (record: PredictionRecord): string =>
  record.version === 0 ? record.model : `${record.model}@${record.version}`;
export const positionText = (record: PredictionRecord): string => formatPosition(record.position);
