import type { FeatureSetPlan, Plan, TrainedModelPlan } from "../../plan/plan.ts";
import type { TableHistory } from "../materialize/table-history.ts";
import { type ColumnTexts, type FeatureValue, presentFeature, textsOf } from "../predict/feature-value.ts";
import type { DatasetOptions } from "./dataset.ts";
import { runPoints } from "./run-points.ts";
import { queriesFor } from "./spine-queries.ts";
import type { SpineRow } from "./spine-rows.ts";
import { type SweepQueries, sweepLane } from "./sweep.ts";
import type { TrainingHistory } from "./training-history.ts";

/** By set: a column of numbers for each feature, and how to show them. */
export interface PastSet {
  readonly set: FeatureSetPlan;
  readonly columns: readonly Float64Array[];
  /** By column that has many values, the numbers of each row. */
  readonly lists: readonly (readonly number[] | undefined)[][];
  readonly texts: readonly ColumnTexts[];
}

/** The feature sets of a model as they were for every row of the spine. */
export function readPastSets(
  plan: Plan,
  sets: readonly FeatureSetPlan[],
  model: TrainedModelPlan,
  history: TrainingHistory,
  options: DatasetOptions,
): PastSet[] {
  const steps = sets.reduce((count, { columns }) => count + lanesOf(columns).length, 0);
  let step = 0;
  return sets.map((set, index) => {
    const { keyColumn } = model.reads[index];
    const past = emptySet(plan, set, history);
    for (const lane of lanesOf(set.columns)) {
      readLane(past, lane, history, { keyPlace: placeOf(model, keyColumn), asOf: options.asOf });
      options.onProgress("computing features", ++step / steps);
    }
    return past;
  });
}

const lanesOf = (columns: FeatureSetPlan["columns"]): readonly number[] => [
  ...new Set(columns.map(({ lane }) => lane)),
];

const placeOf = ({ spine }: TrainedModelPlan, column: string): number =>
  spine.columns.findIndex(({ name }) => name === column);

function emptySet(plan: Plan, set: FeatureSetPlan, { spine, lanes, tables }: TrainingHistory): PastSet {
  return {
    set,
    columns: set.columns.map(() => new Float64Array(spine.length)),
    lists: set.columns.map(() => []),
    texts: set.columns.map((column) =>
      textsOf(plan, column, (code) => (tables.get(column.lane) ?? lanes.get(column.lane))?.text(code) ?? null),
    ),
  };
}

/** Reads the columns of one lane. */
function readLane(
  { set, columns, lists }: PastSet,
  lane: number,
  { spine, lanes, tables }: TrainingHistory,
  { keyPlace, asOf }: { readonly keyPlace: number; readonly asOf: DatasetOptions["asOf"] },
): void {
  const places = set.columns.flatMap((column, place) => (column.lane === lane ? [place] : []));
  const table = tables.get(lane);
  const history = table?.places ?? lanes.get(lane)!;
  const keyOf = (row: SpineRow): string => String(row.values[keyPlace]);
  const queries = queriesFor(
    spine,
    history,
    keyOf,
    (row) => row.atMs,
    asOf,
    () => -1,
  );
  if (set.batch !== undefined) runPoints(set.batch, spine, lanes, asOf).moveTo(queries);
  if (table !== undefined) {
    readTable(table, set, queries, columns);
    return;
  }
  const swept = places.map((place) => set.columns[place]);
  sweepLane(history, swept, queries, (query, read) => {
    for (let i = 0; i < places.length; i++) {
      const place = places[i];
      columns[place][query] = read.values[i];
      if (set.columns[place].many !== undefined) lists[place][query] = read.lists[i];
    }
  });
}

function readTable(
  table: TableHistory,
  set: FeatureSetPlan,
  queries: SweepQueries,
  columns: readonly Float64Array[],
): void {
  const latest = [{ cell: 0, windowMs: Number.POSITIVE_INFINITY }];
  const laneColumns = set.columns.map(({ cell }) => table.columnOf(cell));
  sweepLane(table.places, latest, queries, (query, read) => {
    const values = Number.isNaN(read.values[0]) ? undefined : table.values(read.values[0]);
    for (let i = 0; i < columns.length; i++)
      columns[i][query] = values === undefined ? Number.NaN : values[laneColumns[i]];
  });
}

/** The numbers of a column for all rows, as a model takes them; NaN for null. */
export function pastNumbers({ set, columns }: PastSet, place: number): Float64Array {
  const { scale } = set.columns[place];
  return scale === 0 ? columns[place] : columns[place].map((value) => value / 10 ** scale);
}

/** A value as users meet it. */
export function pastFeature(read: PastSet, place: number, row: number): FeatureValue {
  return presentFeature(read.set.columns[place], read.columns[place][row], read.lists[place][row], read.texts[place]);
}
