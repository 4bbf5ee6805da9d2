import { limit } from "../../base/limit.ts";
import { aucOf } from "../../engine/evaluate/auc.ts";
import { calibrationBins } from "../../engine/evaluate/calibration.ts";
import { WindowReader } from "../../engine/window/window-reader.ts";
import type { LabelPlan, Plan } from "../../plan/plan.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import { labelOf } from "../learn/dataset.ts";
import { laneLayout } from "../materialize/lane-rows.ts";
import type { PredictionRecord } from "../predict/prediction-record.ts";

/** Predictions that wait for their label, by model; beyond this the oldest are let go. */
const waitingMax = 500_000;
/** Labels read in one tick, so that a replay never holds up requests. */
const readsPerTick = 5_000;
/** Labels between two points of the history, and points kept. */
const historyStep = 500;
const historyMax = 200;

interface Waiting {
  readonly tenant: number;
  readonly atMs: number;
  readonly key: string;
  readonly score: number;
  readonly version: number;
}

/** Scores and labels of a version's newest predictions, oldest first. */
interface Labelled {
  readonly scores: number[];
  readonly labels: number[];
  readonly history: { readonly atMs: number; readonly value: number; readonly labelled: number }[];
  predictions: number;
  total: number;
}

export interface VersionQuality {
  readonly prediction: string;
  readonly model: string;
  readonly version: number;
  readonly predictions: number;
  readonly labelled: number;
  readonly waiting: number;
  readonly auc: number | null;
  readonly logLoss: number | null;
  readonly brier: number | null;
  readonly rmse: number | null;
  readonly positiveRate: number | null;
  readonly meanScore: number | null;
  readonly calibration: readonly {
    readonly meanPredicted: number;
    readonly observedRate: number;
    readonly count: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly history: readonly { readonly atMs: number; readonly value: number; readonly labelled: number }[];
}

/**
 * Joins a prediction's answers with their labels once these are final, and keeps each version's quality. A label is read
 * from its lane in the online store: the same window, looking back from its end.
 */
export class LiveQuality {
  readonly prediction: string;
  readonly model: string;
  readonly label: LabelPlan;
  readonly #laneId: string;
  readonly #reader: WindowReader;
  readonly #keyPlace: number;
  #waiting: Waiting[] = [];
  readonly #versions = new Map<number, Labelled>();
  #summaries: { readonly atMs: number; readonly list: readonly VersionQuality[] } = {
    atMs: Number.NEGATIVE_INFINITY,
    list: [],
  };

  constructor(prediction: string, model: string, label: LabelPlan, plan: Plan) {
    this.prediction = prediction;
    this.model = model;
    this.label = label;
    const lane = plan.lanes[label.lane];
    this.#laneId = lane.id;
    this.#reader = new WindowReader(laneLayout(lane), [{ cell: label.cell, windowMs: label.withinMs }]);
    const { matchedBy } = label;
    this.#keyPlace =
      matchedBy.kind === "entity" ? label.spine.columns.findIndex((column) => column.name === matchedBy.column) : -1;
  }

  add(tenant: number, record: PredictionRecord, atMs: number): void {
    if (record.variant !== "live") return;
    const key = this.keyOf(record);
    const score = record.output[this.label.task === "binary" ? "score" : "value"];
    if (key === undefined || typeof score !== "number") return;
    this.#of(record.version).predictions++;
    if (this.#waiting.length >= waitingMax) this.#waiting = this.#waiting.slice(waitingMax / 10);
    this.#waiting.push({ tenant, atMs, key, score, version: record.version });
  }

  /** What the label's lane is keyed by for this prediction, or undefined where the input had no id. */
  keyOf(record: PredictionRecord): string | undefined {
    if (this.#keyPlace < 0) return record.exampleId ?? undefined;
    const key = record.input[this.#keyPlace];
    return key === null ? undefined : String(key);
  }

  /** A label as of now, or null where it is not final or there is none. */
  labelOf(online: OnlineReader, tenant: number, key: string, atMs: number, nowMs: number): number | null {
    online.begin();
    const lane = online.lane(tenant, this.#laneId, key);
    if (lane === undefined) this.#reader.readEmpty();
    else {
      const seqMax = Number.POSITIVE_INFINITY;
      this.#reader.read(lane, {
        at: atMs + this.label.withinMs,
        seqMax,
        receivedAtMax: Number.POSITIVE_INFINITY,
        excludedSeq: -1,
      });
    }
    const found = labelOf(this.label, atMs, this.#reader.values[0], nowMs);
    return found.status === "labelled" ? found.value : null;
  }

  /** Takes the labels that are final by now. */
  tick(online: OnlineReader, nowMs: number): void {
    let reads = 0;
    const waiting: Waiting[] = [];
    for (const item of this.#waiting) {
      if (item.atMs + this.label.maturityMs > nowMs || reads >= readsPerTick) {
        waiting.push(item);
        continue;
      }
      reads++;
      const label = this.labelOf(online, item.tenant, item.key, item.atMs, nowMs);
      if (label !== null) this.#take(this.#of(item.version), item.score, label, item.atMs + this.label.maturityMs);
    }
    this.#waiting = waiting;
  }

  #take(labelled: Labelled, score: number, label: number, finalAtMs: number): void {
    labelled.scores.push(score);
    labelled.labels.push(label);
    labelled.total++;
    if (labelled.scores.length > limit.labelledMax * 1.2) {
      labelled.scores.splice(0, labelled.scores.length - limit.labelledMax);
      labelled.labels.splice(0, labelled.labels.length - limit.labelledMax);
    }
    if (labelled.total % historyStep !== 0) return;
    const value = this.#quality(labelled.scores.slice(-historyStep), labelled.labels.slice(-historyStep));
    if (value === null) return;
    labelled.history.push({ atMs: finalAtMs, value, labelled: labelled.total });
    if (labelled.history.length > historyMax) labelled.history.shift();
  }

  #quality(scores: readonly number[], labels: readonly number[]): number | null {
    if (this.label.task === "regression") return rmse(scores, labels);
    return aucOf(Float64Array.from(labels), Float64Array.from(scores)) ?? null;
  }

  /** The quality of every version that predicted, newest first; computed at most once a second. */
  summaries(machineNowMs: number): readonly VersionQuality[] {
    if (machineNowMs - this.#summaries.atMs >= 1_000) {
      const list = [...this.#versions]
        .sort(([a], [b]) => b - a)
        .map(([version, labelled]) => this.#summary(version, labelled));
      this.#summaries = { atMs: machineNowMs, list };
    }
    return this.#summaries.list;
  }

  #summary(version: number, { scores, labels, history, predictions }: Labelled): VersionQuality {
    const isBinary = this.label.task === "binary";
    const p = Float64Array.from(scores);
    const y = Float64Array.from(labels);
    const mean = (numbers: Float64Array): number | null =>
      numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    const bins = isBinary && y.length > 0 ? calibrationBins(y, p) : [];
    return {
      prediction: this.prediction,
      model: this.model,
      version,
      predictions,
      labelled: labels.length,
      waiting: this.#waiting.reduce((count, item) => count + (item.version === version ? 1 : 0), 0),
      auc: isBinary ? (aucOf(y, p) ?? null) : null,
      logLoss: isBinary ? mean(p.map((score, i) => -Math.log(Math.max(1e-15, y[i] === 1 ? score : 1 - score)))) : null,
      brier: isBinary ? mean(p.map((score, i) => (score - y[i]) ** 2)) : null,
      rmse: isBinary ? null : rmse(scores, labels),
      positiveRate: isBinary ? mean(y) : null,
      meanScore: mean(p),
      calibration: bins.map(({ count, meanPredicted, observed }) => ({
        count,
        meanPredicted,
        observedRate: observed.value,
        low: observed.low,
        high: observed.high,
      })),
      history,
    };
  }

  #of(version: number): Labelled {
    let labelled = this.#versions.get(version);
    if (labelled === undefined) {
      labelled = { scores: [], labels: [], history: [], predictions: 0, total: 0 };
      this.#versions.set(version, labelled);
    }
    return labelled;
  }
}

function rmse(predicted: readonly number[], labels: readonly number[]): number | null {
  if (labels.length === 0) return null;
  return Math.sqrt(predicted.reduce((sum, value, i) => sum + (value - labels[i]) ** 2, 0) / labels.length);
}
