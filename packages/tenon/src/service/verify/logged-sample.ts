import { limit } from "../../base/limit.ts";
import { type Random, randomBelow } from "../../base/random.ts";
import type { EventPlan, Plan } from "../../plan/plan.ts";
import { presentValue } from "../../plan/row-codec.ts";
import type { EventLogReader, LogEntry } from "../../ports/event-log.ts";
import type { ConsistencyRequest } from "../../ports/workers.ts";
import { type Catalogue, EventDecoder, retractionTopic } from "../materialize/event-decoder.ts";
import { decodePrediction, type PredictionRecord, predictionTopic } from "../predict/prediction-record.ts";
import type { KnownRow, PlainValue } from "./known-rows.ts";

const readLimit = 10_000;

/** A logged prediction that is recomputed. */
export interface LoggedOne {
  readonly entry: LogEntry;
  readonly record: PredictionRecord;
}

/** The entries between two positions. */
function* entriesOf(log: EventLogReader, afterSeq: number, seqMax: number): Generator<LogEntry> {
  for (let seq = afterSeq; seq < seqMax; ) {
    const entries = log.after(seq, readLimit);
    if (entries.length === 0) return;
    for (const entry of entries) {
      seq = entry.seq;
      if (seq <= seqMax) yield entry;
    }
  }
}

/**
 * Some of the predictions that a build logged between two positions, each as likely as another.
 * @source reservoir sampling, algorithm R: Vitter, TOMS 1985
 */
export function sampleLogged(
  log: EventLogReader,
  plan: Plan,
  catalogue: Catalogue,
  o: Omit<ConsistencyRequest, "catalogue" | "testsMax"> & { readonly random: Random },
): LoggedOne[] {
  const topics = new Set(plan.predictions.map(({ name }) => catalogue.topics[predictionTopic(name)]));
  const sample: LoggedOne[] = [];
  let seen = 0;
  for (const entry of entriesOf(log, o.afterSeq, o.seqMax)) {
    if (!topics.has(entry.topic) || entry.receivedAtMs < o.madeAfterMs) continue;
    const place = seen < limit.consistencySampleMax ? seen : randomBelow(o.random, seen + 1);
    seen++;
    if (place >= limit.consistencySampleMax) continue;
    const record = decodePrediction(entry.payload);
    sample[place] = { entry, record };
  }
  // What another build computed, or what failed, says nothing of this one.
  return sample.filter(({ record }) => record.build === o.buildId && record.features.length > 0);
}

/** The key of each set that a logged prediction read. */
export function keysOf(plan: Plan, { record }: LoggedOne): ReadonlyMap<string, string> {
  const model = plan.models.find(({ name }) => name === record.model);
  if (model?.source !== "trained") return new Map();
  const placeOf = (name: string): number => model.spine.columns.findIndex((column) => column.name === name);
  return new Map(model.reads.map(({ set, keyColumn }) => [set, String(record.input[placeOf(keyColumn)])]));
}

/** How a topic's entries become rows: those of keys that are asked for. */
interface Route {
  readonly event: EventPlan;
  readonly decoder: EventDecoder;
  /** Columns that lanes go by, with their place. */
  readonly keyColumns: readonly { readonly name: string; readonly place: number }[];
}

/**
 * All rows of the sample's keys as the log has them, by tenant; undefined where they are more than a round may hold.
 * Rows and retractions come from their entries alone: no lane, no tile.
 */
export function rowsOfSample(
  log: EventLogReader,
  plan: Plan,
  catalogue: Catalogue,
  sample: readonly LoggedOne[],
): ReadonlyMap<number, readonly KnownRow[]> | undefined {
  const wanted = wantedKeys(plan, sample);
  const routes = routesOf(plan, catalogue);
  const rows = new Map<number, KnownRow[]>();
  const places = new Map<number, { readonly list: KnownRow[]; readonly at: number }>();
  const seqMax = Math.max(0, ...sample.map(({ record }) => record.position));
  let count = 0;
  for (const entry of entriesOf(log, 0, seqMax)) {
    const route = routes.get(entry.topic);
    if (route === undefined) continue;
    const { values, retracts } = route.decoder.entry(entry.payload);
    const taken = retracts === undefined ? undefined : places.get(retracts);
    if (taken !== undefined)
      taken.list[taken.at] = {
        ...taken.list[taken.at],
        retracted: { at: entry.receivedAtMs, loggedBy: entry.seq },
      };
    const isWanted = route.keyColumns.some(({ name, place }) =>
      wanted.has(wantedKey(entry.tenant, route.event.name, name, String(values[place]))),
    );
    if (retracts !== undefined || !isWanted) continue;
    if (++count > limit.consistencyRowsMax) return undefined;
    const list = rows.get(entry.tenant) ?? [];
    rows.set(entry.tenant, list);
    places.set(entry.seq, { list, at: list.push(rowOf(entry, route.event, values)) - 1 });
  }
  return rows;
}

const wantedKey = (tenant: number, event: string, column: string, key: string): string =>
  JSON.stringify([tenant, event, column, key]);

function wantedKeys(plan: Plan, sample: readonly LoggedOne[]): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const one of sample)
    for (const [set, key] of keysOf(plan, one))
      for (const [lane, laneKey] of lanesRead(plan, set, key)) {
        const { event, by } = plan.lanes[lane];
        wanted.add(wantedKey(one.entry.tenant, event, by.column, laneKey));
      }
  return wanted;
}

/** The lanes that a read of a set takes, with the key in each: of a batch also what was published. */
function lanesRead(plan: Plan, name: string, key: string): readonly (readonly [lane: number, key: string])[] {
  const set = plan.featureSets.find((candidate) => candidate.name === name);
  const own = (set?.columns ?? []).map(({ lane }) => [lane, key] as const);
  return set?.batch === undefined ? own : [...own, [set.batch.runsLane, set.batch.runsKey]];
}

function routesOf(plan: Plan, catalogue: Catalogue): ReadonlyMap<number, Route> {
  return new Map(
    plan.events.flatMap((event) => {
      const names = plan.lanes.filter((lane) => lane.event === event.name).map(({ by }) => by.column);
      const keyColumns = [...new Set(names)].map((name) => ({
        name,
        place: event.columns.findIndex((column) => column.name === name),
      }));
      const route: Route = { event, decoder: new EventDecoder(event, catalogue), keyColumns };
      const { topics } = catalogue;
      return [topics[event.name], topics[retractionTopic(event.name)]].map((topic): [number, Route] => [topic, route]);
    }),
  );
}

function rowOf(entry: LogEntry, event: EventPlan, stored: Parameters<typeof presentValue>[1][]): KnownRow {
  const values = event.columns.map((column, place): [string, PlainValue] => {
    const value = presentValue(column, stored[place]);
    return [column.name, value instanceof Date ? value.getTime() : value];
  });
  return {
    event: event.name,
    tenant: String(entry.tenant),
    id: entry.id,
    at: entry.atMs,
    receivedAt: entry.receivedAtMs,
    loggedAt: entry.loggedAtMs,
    loggedBy: entry.seq,
    order: entry.seq,
    values: Object.fromEntries(values),
  };
}
