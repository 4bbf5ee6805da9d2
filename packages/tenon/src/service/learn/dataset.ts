import type { CompiledApp, LabelPlan, TrainedModelPlan } from "../../plan/plan.ts";
import type { EventLogReader } from "../../ports/event-log.ts";
import type { Catalogue } from "../materialize/event-decoder.ts";
import { InputRow, type SetValues } from "../predict/input-row.ts";
import { DatasetColumns } from "./dataset-columns.ts";
import { type PastSet, pastFeature, pastNumbers, readPastSets } from "./past-sets.ts";
import { queriesFor } from "./spine-queries.ts";
import type { SpineRow } from "./spine-rows.ts";
import { sweepLane } from "./sweep.ts";
import { readTrainingHistory, type TrainingHistory } from "./training-history.ts";

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
  const history = readTrainingHistory(plan, label, sets, log, catalogue, options);
  const { spine } = history;
  const read = readPastSets(plan, sets, model, history, options);
  const rows = assemble(app, model, spine, read);
  return {
    model: modelName,
    rowCount: spine.length,
    ...describeRows(spine),
    ...readLabels(label, history, options),
    columns: rows,
  };
}

function readLabels(
  label: LabelPlan,
  { spine, lanes }: TrainingHistory,
  options: DatasetOptions,
): Pick<Dataset, "status" | "label"> {
  const history = lanes.get(label.lane)!;
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

const noOnDemand: ReturnType<InputRow["onDemand"]> = [];

/** Runs on-demand functions and puts every input in its column, through the code that serves. */
function assemble(
  app: CompiledApp,
  model: TrainedModelPlan,
  spine: readonly SpineRow[],
  read: readonly PastSet[],
): DatasetColumns {
  const input = new InputRow(model, app.plan, app.functions);
  const columns = new DatasetColumns(spine.length, input);
  const taken = new Set<string>();
  for (const { name, set, place } of input.numberFeatures) {
    columns.putAll(name, pastNumbers(read[set], place));
    taken.add(name);
  }
  let place = 0;
  const sets = read.map((set): SetValues => ({ value: (column) => pastFeature(set, column, place) }));
  for (; place < spine.length; place++) {
    const row = spine[place];
    const onDemand = input.hasOnDemand
      ? input.onDemand(input.presentRow(row.values, row.id, row.atMs), sets)
      : noOnDemand;
    input.each(row.values, sets, onDemand, (name, value, kind) => columns.put(place, name, value, kind), taken);
  }
  return columns;
}
