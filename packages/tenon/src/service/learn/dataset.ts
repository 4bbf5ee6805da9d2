import type { CompiledApp, FeatureSetPlan, LabelPlan, Plan, TrainedModelPlan } from "../../plan/plan.ts";
import type { EventLogReader } from "../../ports/event-log.ts";
import { type Catalogue, EventDecoder, eventTopics } from "../materialize/event-decoder.ts";
import { LaneHistory } from "../materialize/lane-history.ts";
import { type ColumnTexts, type FeatureValue, presentFeature, textsOf } from "../predict/feature-value.ts";
import { InputRow, type SetValues } from "../predict/input-row.ts";
import { DatasetColumns } from "./dataset-columns.ts";
import { runPoints } from "./run-points.ts";
import { queriesFor, rowsWhile } from "./spine-queries.ts";
import { byTime, entityRows, type SpineRow } from "./spine-rows.ts";
import { sweepLane } from "./sweep.ts";

/** Why an example is in the set and whether it can be learnt from. */
export const exampleStatus = { labelled: 0, immature: 1, unlabelled: 2 } as const;
export const exampleStatusNames = ["labelled", "immature", "unlabelled"] as const;

/** A training set: exactly one row per spine row, in time order, each with a status. */
export interface Dataset {
  readonly model: string;
  readonly rowCount: number;
  readonly ids: readonly string[];
  readonly tenants: Int32Array;
  readonly atMs: Float64Array;
  /** Values of `exampleStatus`. */
  readonly status: Uint8Array;
  /** NaN where not labelled. */
  readonly label: Float64Array;
  readonly columns: DatasetColumns;
}

export interface DatasetOptions {
  /** The log is read up to here. */
  readonly seqMax: number;
  /** Labels are mature as of this app time. */
  readonly nowMs: number;
  /** The newest rows alone. */
  readonly rowsMax: number;
  readonly asOf: "served" | "corrected";
  readonly onProgress: (step: string, done: number) => void;
}

const readLimit = 10_000;

/** Builds a model's training set from the log, point in time. */
export function buildDataset(
  app: CompiledApp,
  modelName: string,
  log: EventLogReader,
  catalogue: Catalogue,
  options: DatasetOptions,
): Dataset {
  const { plan } = app;
  const model = plan.models.find(
    (candidate): candidate is TrainedModelPlan => candidate.name === modelName && candidate.source === "trained",
  );
  const label = plan.labels.find((candidate) => candidate.name === model?.label);
  if (model === undefined || label === undefined) throw new RangeError(`"${modelName}" is no model that is trained`);
  const sets = model.reads.map(({ set }) => plan.featureSets.find((candidate) => candidate.name === set)!);
  const { histories, spine } = readLog(plan, label, sets, log, catalogue, options);
  const read = readFeatures(plan, sets, model, spine, histories, options);
  const rows = assemble(app, model, spine, read);
  return {
    model: modelName,
    rowCount: spine.length,
    ...describeRows(spine),
    ...readLabels(label, spine, histories, options),
    columns: rows,
  };
}

/** One pass over the log: the rows of every lane that is needed, and the spine. */
function readLog(
  plan: Plan,
  label: LabelPlan,
  sets: readonly FeatureSetPlan[],
  log: EventLogReader,
  catalogue: Catalogue,
  options: DatasetOptions,
): { readonly histories: Map<number, LaneHistory>; readonly spine: SpineRow[] } {
  const bound = plan.featureSets.find(({ name }) => name === label.spine.while);
  const read = bound === undefined ? sets : [...sets, bound];
  const laneIndexes = new Set([label.lane, ...read.flatMap(lanesOf)]);
  const histories = new Map<number, LaneHistory>();
  for (const index of laneIndexes) {
    const lane = plan.lanes[index];
    histories.set(index, new LaneHistory(lane, plan.events.find((event) => event.name === lane.event)!));
  }
  const routes = new Map<
    number,
    { readonly decoder: EventDecoder; readonly lanes: readonly LaneHistory[]; readonly isSpine: boolean }
  >();
  for (const event of plan.events) {
    const lanes = [...histories.values()].filter((history) => history.lane.event === event.name);
    const isSpine = label.spine.kind === "event" && label.spine.name === event.name;
    if (lanes.length === 0 && !isSpine) continue;
    const route = { decoder: new EventDecoder(event, catalogue), lanes, isSpine };
    for (const topic of eventTopics(event, catalogue)) routes.set(topic, route);
  }
  const rows: SpineRow[] = [];
  const retracted = new Set<number>();
  for (let seq = 0; seq < options.seqMax; ) {
    const entries = log.after(seq, readLimit);
    if (entries.length === 0) break;
    for (const entry of entries) {
      seq = entry.seq;
      const route = entry.seq <= options.seqMax ? routes.get(entry.topic) : undefined;
      if (route === undefined) continue;
      const told = route.decoder.entry(entry.payload);
      for (const history of route.lanes) history.add(entry, told);
      if (!route.isSpine) continue;
      const { tenant, id, atMs } = entry;
      if (told.retracts !== undefined) retracted.add(told.retracts);
      else rows.push({ tenant, id, atMs, seq: entry.seq, values: told.values });
    }
    options.onProgress("reading events", seq / options.seqMax);
  }
  const spine = retracted.size === 0 ? rows : rows.filter((row) => !retracted.has(row.seq));
  if (label.spine.kind === "entity") {
    const seen = [...histories.values()].filter(
      (history) => history.lane.by.kind === "entity" && history.lane.by.name === label.spine.name,
    );
    const all = entityRows(label.spine, firstSeen(seen), options.nowMs);
    spine.push(...(bound === undefined ? all : rowsWhile(all, bound, histories)));
  }
  spine.sort(byTime);
  return { histories, spine: spine.length > options.rowsMax ? spine.slice(-options.rowsMax) : spine };
}

const lanesOf = ({ columns, batch }: FeatureSetPlan): readonly number[] => [
  ...columns.map(({ lane }) => lane),
  ...(batch === undefined ? [] : [batch.runsLane]),
];

function firstSeen(histories: readonly LaneHistory[]): { tenant: number; key: string; atMs: number }[] {
  const first = new Map<string, { tenant: number; key: string; atMs: number }>();
  for (const seen of histories.flatMap((history) => history.firstSeen())) {
    const text = `${seen.tenant}/${seen.key}`;
    const known = first.get(text);
    if (known === undefined || seen.atMs < known.atMs) first.set(text, seen);
  }
  return [...first.values()];
}

/** By set: a column of numbers for each feature, and how to show them. */
interface ReadSet {
  readonly set: FeatureSetPlan;
  readonly columns: readonly Float64Array[];
  /** By column that has many values, the numbers of each row. */
  readonly lists: readonly (readonly number[] | undefined)[][];
  readonly texts: readonly ColumnTexts[];
}

function readFeatures(
  plan: Plan,
  sets: readonly FeatureSetPlan[],
  model: TrainedModelPlan,
  spine: readonly SpineRow[],
  histories: Map<number, LaneHistory>,
  options: DatasetOptions,
): ReadSet[] {
  const steps = sets.reduce((count, set) => count + new Set(set.columns.map((column) => column.lane)).size, 0);
  let step = 0;
  return sets.map((set, index) => {
    const columns = set.columns.map(() => new Float64Array(spine.length));
    const lists: (readonly number[] | undefined)[][] = set.columns.map(() => []);
    const keyPlace = model.spine.columns.findIndex((column) => column.name === model.reads[index].keyColumn);
    const run = set.batch === undefined ? undefined : runPoints(set.batch, spine, histories, options.asOf);
    for (const lane of new Set(set.columns.map((column) => column.lane))) {
      const history = histories.get(lane)!;
      const places = set.columns.flatMap((column, place) => (column.lane === lane ? [place] : []));
      const queries = queriesFor(
        spine,
        history,
        (row) => String(row.values[keyPlace]),
        (row) => row.atMs,
        options.asOf,
        () => -1,
      );
      run?.moveTo(queries);
      sweepLane(
        history,
        places.map((place) => set.columns[place]),
        queries,
        (query, read) => {
          for (let i = 0; i < places.length; i++) {
            const place = places[i];
            columns[place][query] = read.values[i];
            if (set.columns[place].many !== undefined) lists[place][query] = read.lists[i];
          }
        },
      );
      options.onProgress("computing features", ++step / steps);
    }
    const texts = set.columns.map((column) =>
      textsOf(plan, column, (code) => histories.get(column.lane)?.text(code) ?? null),
    );
    return { set, columns, lists, texts };
  });
}

function readLabels(
  label: LabelPlan,
  spine: readonly SpineRow[],
  histories: Map<number, LaneHistory>,
  options: DatasetOptions,
): Pick<Dataset, "status" | "label"> {
  const history = histories.get(label.lane)!;
  const keyPlace =
    label.matchedBy.kind === "entity"
      ? label.spine.columns.findIndex(
          (column) => label.matchedBy.kind === "entity" && column.name === label.matchedBy.column,
        )
      : -1;
  const keyOf = (row: SpineRow): string => (keyPlace < 0 ? row.id : String(row.values[keyPlace]));
  const queries = queriesFor(
    spine,
    history,
    keyOf,
    (row) => row.atMs + label.withinMs,
    "corrected",
    (row) => (label.excludesExample ? row.seq : -1),
  );
  const values = new Float64Array(spine.length);
  const status = new Uint8Array(spine.length);
  sweepLane(history, [{ cell: label.cell, windowMs: label.withinMs }], queries, (query, read) => {
    values[query] = read.values[0];
  });
  for (let i = 0; i < spine.length; i++) {
    const { status: found, value } = labelOf(label, spine[i].atMs, values[i], options.nowMs);
    status[i] = exampleStatus[found];
    values[i] = value;
  }
  return { status, label: values };
}

/** A label as of now: immature until its window and the outcome's lateness have passed, unlabelled where it is null. */
export function labelOf(
  label: LabelPlan,
  atMs: number,
  read: number,
  nowMs: number,
): { readonly status: keyof typeof exampleStatus; readonly value: number } {
  if (atMs + label.maturityMs > nowMs) return { status: "immature", value: Number.NaN };
  if (Number.isNaN(read)) return { status: "unlabelled", value: Number.NaN };
  const value = label.scale === 0 ? read : read / 10 ** label.scale;
  return { status: "labelled", value: label.above === undefined ? value : value > label.above ? 1 : 0 };
}

function describeRows(spine: readonly SpineRow[]): Pick<Dataset, "ids" | "tenants" | "atMs"> {
  return {
    ids: spine.map((row) => row.id),
    tenants: Int32Array.from(spine, (row) => row.tenant),
    atMs: Float64Array.from(spine, (row) => row.atMs),
  };
}

/** Runs on-demand functions and puts every input in its column, through the code that serves. */
function assemble(
  app: CompiledApp,
  model: TrainedModelPlan,
  spine: readonly SpineRow[],
  read: readonly ReadSet[],
): DatasetColumns {
  const input = new InputRow(model, app.plan, app.functions);
  const columns = new DatasetColumns(spine.length, input);
  let place = 0;
  const sets = read.map((set): SetValues => ({ value: (column) => shown(set, column, place) }));
  for (; place < spine.length; place++) {
    const row = spine[place];
    const onDemand = input.onDemand(input.presentRow(row.values, row.id, row.atMs), sets);
    input.each(row.values, sets, onDemand, (name, value, kind) => columns.put(place, name, value, kind));
  }
  return columns;
}

function shown(read: ReadSet, place: number, row: number): FeatureValue {
  return presentFeature(read.set.columns[place], read.columns[place][row], read.lists[place][row], read.texts[place]);
}
