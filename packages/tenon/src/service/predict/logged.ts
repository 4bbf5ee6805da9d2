import { TenonError } from "../../base/error.ts";
import { formatPosition } from "../../base/position.ts";
import type { Plan } from "../../plan/plan.ts";
import { presentValue } from "../../plan/row-codec.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { Tenon } from "../tenon.ts";
import { challengerId, challengerTopic } from "./challengers.ts";
import type { FeatureStatus } from "./feature-set-reader.ts";
import type { FeatureValue } from "./feature-value.ts";
import { replayFromLog } from "./past-reads.ts";
import {
  ageMaxOf,
  decodePrediction,
  type PredictionRecord,
  predictionTopic,
  versionName,
} from "./prediction-record.ts";
import { isBehindOnlineRows } from "./predictor.ts";

export interface ServedFeatures {
  readonly values: Readonly<Record<string, FeatureValue>>;
  readonly statuses: Readonly<Record<string, FeatureStatus>>;
  readonly ages: Readonly<Record<string, number | null>>;
}

/** A logged prediction as it is shown. */
export interface LoggedPrediction {
  readonly id: string;
  readonly prediction: string;
  readonly model: string;
  readonly at: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly receipt: object;
  readonly features: ServedFeatures;
  readonly label: number | boolean | null;
  /** What its challengers answered for the same row; absent where none was asked. */
  readonly challengers?: readonly {
    readonly model: string;
    readonly output: Readonly<Record<string, unknown>>;
    readonly degraded: readonly string[];
  }[];
  readonly replay?: {
    readonly same: boolean;
    readonly output: Readonly<Record<string, unknown>>;
    readonly differences: readonly string[];
  };
}

/** The newest logged predictions of one name. */
export async function loggedPrediction(
  tenon: Tenon,
  tenant: number,
  o: { readonly prediction: string; readonly limit: number },
): Promise<readonly LoggedPrediction[]> {
  const entries = await tenon.log.newest(tenant, tenon.catalogue.topics[predictionTopic(o.prediction)], o.limit);
  return Promise.all(entries.map((entry) => show(tenon, entry, decodePrediction(entry.payload))));
}

/**
 * A logged prediction; made again from its time and position where that is asked.
 * @throws prediction.unlogged
 */
export async function replayLogged(
  tenon: Tenon,
  tenant: number,
  id: string,
  replay: boolean,
): Promise<LoggedPrediction> {
  const entry = await find(tenon, tenant, id);
  const record = decodePrediction(entry.payload);
  const shown = { ...(await show(tenon, entry, record)), ...(await challengersOf(tenon, entry, record)) };
  return replay ? { ...shown, replay: await makeAgain(tenon, entry, record) } : shown;
}

/** @throws prediction.unlogged */
export const findPrediction = async (tenon: Tenon, tenant: number, id: string): Promise<PredictionRecord> =>
  decodePrediction((await find(tenon, tenant, id)).payload);

/** In the log, or, slower by the length of the archive, among what has left it. */
async function find(tenon: Tenon, tenant: number, id: string): Promise<LogEntry> {
  const topics = tenon.build.app.plan.predictions.map(({ name }) => tenon.catalogue.topics[predictionTopic(name)]);
  for (const topic of topics) {
    const entry = await tenon.log.find(tenant, topic, id);
    if (entry !== undefined) return entry;
  }
  const archived = await tenon.archived.find(tenant, topics, id);
  if (archived !== undefined) return archived;
  throw new TenonError("prediction.unlogged", `no prediction of this tenant has the id "${id.slice(0, 100)}"`);
}

async function makeAgain(
  tenon: Tenon,
  entry: LogEntry,
  record: PredictionRecord,
): Promise<NonNullable<LoggedPrediction["replay"]>> {
  const predictor = tenon.serving.replayPredictor(record.prediction, record);
  if (record.version > 0) {
    const version = await tenon.registry.load(record.model, record.version);
    predictor.serve(version, tenon.builds.elder(version.build));
  }
  const signal = AbortSignal.timeout(predictor.plan.budgetMs);
  const online = predictor.isStale ? undefined : await predictor.replay(entry.tenant, record, entry.atMs, signal);
  const again =
    online === undefined || isBehindOnlineRows(online)
      ? await replayFromLog(tenon, entry.tenant, record, entry.atMs)
      : online;
  const before = describeLogged(record, await tenon.builds.planOf(record.build)).features.values;
  const after = describeLogged(again.record, await tenon.builds.planOf(again.record.build)).features.values;
  const moved = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const same = moved.length === 0 && JSON.stringify(again.answer) === JSON.stringify(record.output);
  return {
    same,
    output: again.answer,
    differences: moved.map(
      (name) => `${name}: ${JSON.stringify(before[name])} then, ${JSON.stringify(after[name])} now`,
    ),
  };
}

async function show(tenon: Tenon, entry: LogEntry, record: PredictionRecord): Promise<LoggedPrediction> {
  const described = describeLogged(record, await tenon.builds.planOf(record.build));
  return {
    id: entry.id,
    prediction: record.prediction,
    model: versionName(record),
    at: new Date(entry.atMs).toISOString(),
    ...described,
    output: record.output,
    receipt: {
      id: entry.id,
      model: versionName(record),
      digest: record.digest,
      variant: record.variant,
      at: new Date(entry.atMs).toISOString(),
      position: formatPosition(record.position),
      featureAgeMsMax: ageMaxOf(record),
      degraded: record.degraded,
      costMicros: record.costMicros ?? 0,
    },
    label: labelOf(tenon, entry, record),
  };
}

async function challengersOf(
  tenon: Tenon,
  { tenant, id }: LogEntry,
  { prediction }: PredictionRecord,
): Promise<Pick<LoggedPrediction, "challengers">> {
  const { challengers = [] } = tenon.build.app.plan.predictions.find(({ name }) => name === prediction) ?? {};
  const topic = tenon.catalogue.topics[challengerTopic(prediction)];
  const entries = await Promise.all(challengers.map((model) => tenon.log.find(tenant, topic, challengerId(id, model))));
  const told = entries.flatMap((entry) => {
    if (entry === undefined) return [];
    const record = decodePrediction(entry.payload);
    return [{ model: versionName(record), output: record.output, degraded: record.degraded }];
  });
  return told.length === 0 ? {} : { challengers: told };
}

function labelOf(tenon: Tenon, entry: LogEntry, record: PredictionRecord): number | boolean | null {
  const quality = tenon.quality.find((candidate) => candidate.prediction === record.prediction);
  const key = quality?.keyOf(record);
  if (quality === undefined || key === undefined) return null;
  const label = quality.labelOf(tenon.serving.online, entry.tenant, key, entry.atMs, tenon.clock.nowMs());
  return label !== null && quality.label.task === "binary" ? label === 1 : label;
}

/** Input and features by their names; a set's columns carry its name where two sets share one. */
export function describeLogged(
  record: PredictionRecord,
  plan: Plan,
): { readonly input: Readonly<Record<string, unknown>>; readonly features: ServedFeatures } {
  const spine = plan.models.find((candidate) => candidate.name === record.model)?.spine;
  const input = Object.fromEntries(
    (spine?.columns ?? []).map((column, i) => [column.name, presentValue(column, record.input[i] ?? null)]),
  );
  if (record.exampleId !== null) input.id = record.exampleId;
  const values: Record<string, FeatureValue> = {};
  const statuses: Record<string, FeatureStatus> = {};
  const ages: Record<string, number | null> = {};
  for (const served of record.features) {
    const columns = plan.featureSets.find((candidate) => candidate.name === served.set)?.columns ?? [];
    for (const [place, { name }] of columns.entries()) {
      const key = `${served.set}.${name}`;
      values[key] = served.values[place] ?? null;
      statuses[key] = served.statuses[place] ?? "not-found";
      ages[key] = served.ages[place] ?? null;
    }
  }
  return { input, features: { values, statuses, ages } };
}
