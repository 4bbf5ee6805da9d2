import { setImmediate } from "node:timers/promises";
import { limit } from "../../base/limit.ts";
import type { TrainedModelPlan } from "../../plan/plan.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import { InputRow, type SetValues } from "../predict/input-row.ts";
import { decodePrediction, type PredictionRecord, predictionTopic } from "../predict/prediction-record.ts";
import type { Tenon } from "../tenon.ts";
import type { ColumnValues } from "./column-values.ts";

/** Predictions that are looked at before requests have a turn. */
const predictionsPerTurn = 50;

/** What predictions of late were made with: by model, and by the names of its inputs. */
export interface ServedSample {
  readonly atMs: number;
  readonly models: ReadonlyMap<string, ReadonlyMap<string, ColumnValues>>;
}

/** Reads the newest logged predictions of a tenant whose models take the set or the on-demand function. */
export async function sampleServed(tenon: Tenon, tenant: number, name: string, atMs: number): Promise<ServedSample> {
  const { app, id } = tenon.build;
  const models = app.plan.models.filter(
    (model): model is TrainedModelPlan =>
      model.source === "trained" && (model.reads.some(({ set }) => set === name) || model.onDemand.includes(name)),
  );
  const asked = app.plan.predictions.filter(({ model }) => models.some((one) => one.name === model));
  const sampled = new Map(models.map((model) => [model.name, new Map<string, ColumnValues[number][]>()]));
  for (const { name: prediction, model } of asked) {
    const plan = models.find((one) => one.name === model)!;
    const visit = visitorOf(tenon, plan, name);
    const columns = sampled.get(model)!;
    const entries = await tenon.log.newest(
      tenant,
      tenon.catalogue.topics[predictionTopic(prediction)],
      Math.ceil(limit.catalogPredictionsMax / asked.length),
    );
    for (const [i, entry] of entries.entries()) {
      if (i % predictionsPerTurn === 0) await setImmediate();
      const record = decodePrediction(entry.payload);
      // Another build's columns may stand in other places.
      if (record.build !== id) continue;
      visit(entry, record, (column, value) => {
        const values = columns.get(column);
        if (values === undefined) columns.set(column, [value]);
        else values.push(value);
      });
    }
  }
  return { atMs, models: sampled };
}

type Take = (column: string, value: ColumnValues[number]) => void;
type Visitor = (entry: LogEntry, record: PredictionRecord, take: Take) => void;

function visitorOf(tenon: Tenon, model: TrainedModelPlan, name: string): Visitor {
  const { app } = tenon.build;
  const set = app.plan.featureSets.find((candidate) => candidate.name === name);
  if (set !== undefined) {
    return (_, { features }, take) => {
      const served = features.find((candidate) => candidate.set === name);
      for (const [place, column] of set.columns.entries())
        if (served !== undefined) take(`${name}.${column.name}`, oneValue(served.values[place]));
    };
  }
  const input = new InputRow(model, app.plan, app.functions);
  return (entry, record, take) => {
    const sets = input.reads.map(({ set: read }): SetValues => {
      const served = record.features.find((candidate) => candidate.set === read);
      return { value: (place) => served?.values[place] ?? null };
    });
    const row = input.presentRow(record.input, record.exampleId ?? undefined, entry.atMs);
    const computed = computedBy(() => input.onDemand(row, sets));
    const own = computed?.[model.onDemand.indexOf(name)] ?? {};
    for (const [column, value] of Object.entries(own)) take(`${name}.${column}`, oneValue(value));
  };
}

/** A function that threw made its prediction fall back: it answered no value. */
function computedBy<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

function oneValue(value: unknown): ColumnValues[number] {
  if (value instanceof Date || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  return null;
}
