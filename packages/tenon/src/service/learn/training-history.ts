import type { EventPlan, FeatureSetPlan, LabelPlan, LanePlan, Plan } from "../../plan/plan.ts";
import type { EventLogReader } from "../../ports/event-log.ts";
import { type Catalogue, EventDecoder, eventTopics } from "../materialize/event-decoder.ts";
import { LaneHistory } from "../materialize/lane-history.ts";
import { TableHistory } from "../materialize/table-history.ts";
import type { DatasetOptions } from "./dataset.ts";
import { rowsWhile } from "./spine-queries.ts";
import { byTime, entityRows, type SpineRow } from "./spine-rows.ts";

const readLimit = 10_000;

/** What a training set is made of: the rows of every lane that is needed, by the lane's place, and the spine. */
export interface TrainingHistory {
  readonly lanes: ReadonlyMap<number, LaneHistory>;
  /** Lanes of tables, of which only the latest row counts. */
  readonly tables: ReadonlyMap<number, TableHistory>;
  readonly spine: readonly SpineRow[];
}

/** What becomes of an event's entries. */
interface Route {
  readonly decoder: EventDecoder;
  readonly lanes: readonly LaneHistory[];
  readonly tables: readonly TableHistory[];
  readonly isSpine: boolean;
}

/** Reads it in one pass over the log. */
export function readTrainingHistory(
  plan: Plan,
  label: LabelPlan,
  sets: readonly FeatureSetPlan[],
  log: EventLogReader,
  catalogue: Catalogue,
  options: DatasetOptions,
): TrainingHistory {
  const bound = plan.featureSets.find(({ name }) => name === label.spine.while);
  const tables = tablesOf(plan, sets, catalogue);
  const read = bound === undefined ? sets : [...sets, bound];
  const lanes = new Map<number, LaneHistory>();
  for (const index of new Set([label.lane, ...read.flatMap(lanesOf)])) {
    const lane = plan.lanes[index];
    const isRead = index === label.lane || bound?.columns[0].lane === index || !tables.has(index);
    if (isRead) lanes.set(index, new LaneHistory(lane, eventOf(plan, lane)));
  }
  const spine = readLog(log, routesOf(plan, label, { lanes, tables }, catalogue), options);
  if (label.spine.kind === "entity") {
    const all = [...lanes.values(), ...[...tables.values()].map(({ places }) => places)];
    const seen = all.filter(({ lane: { by } }) => by.kind === "entity" && by.name === label.spine.name);
    const rows = entityRows(label.spine, firstSeen(seen), options.nowMs);
    spine.push(...(bound === undefined ? rows : rowsWhile(rows, bound, lanes)));
  }
  spine.sort(byTime);
  return { lanes, tables, spine: spine.length > options.rowsMax ? spine.slice(-options.rowsMax) : spine };
}

/** By topic. */
function routesOf(
  plan: Plan,
  label: LabelPlan,
  { lanes, tables }: Pick<TrainingHistory, "lanes" | "tables">,
  catalogue: Catalogue,
): ReadonlyMap<number, Route> {
  const routes = new Map<number, Route>();
  for (const event of plan.events) {
    const own = [...lanes.values()].filter(({ lane }) => lane.event === event.name);
    const ownTables = [...tables.values()].filter(({ places }) => places.lane.event === event.name);
    const isSpine = label.spine.kind === "event" && label.spine.name === event.name;
    if (own.length + ownTables.length === 0 && !isSpine) continue;
    const route = { decoder: new EventDecoder(event, catalogue), lanes: own, tables: ownTables, isSpine };
    for (const topic of eventTopics(event, catalogue)) routes.set(topic, route);
  }
  return routes;
}

/** Fills the lanes and tables of the routes; answers the rows of the spine's event that were not taken back. */
function readLog(
  log: EventLogReader,
  routes: ReadonlyMap<number, Route>,
  { seqMax, onProgress }: DatasetOptions,
): SpineRow[] {
  const rows: SpineRow[] = [];
  const retracted = new Set<number>();
  for (let seq = 0; seq < seqMax; ) {
    const entries = log.after(seq, readLimit);
    if (entries.length === 0) break;
    for (const entry of entries) {
      seq = entry.seq;
      const route = seq <= seqMax ? routes.get(entry.topic) : undefined;
      if (route === undefined) continue;
      for (const table of route.tables) table.add(entry);
      if (route.lanes.length === 0 && !route.isSpine) continue;
      const told = route.decoder.entry(entry.payload);
      for (const history of route.lanes) history.add(entry, told);
      if (!route.isSpine) continue;
      const { tenant, id, atMs } = entry;
      if (told.retracts !== undefined) retracted.add(told.retracts);
      else rows.push({ tenant, id, atMs, seq, values: told.values });
    }
    onProgress("reading events", seq / seqMax);
  }
  return retracted.size === 0 ? rows : rows.filter((row) => !retracted.has(row.seq));
}

const eventOf = (plan: Plan, lane: LanePlan): EventPlan => plan.events.find(({ name }) => name === lane.event)!;

function tablesOf(plan: Plan, sets: readonly FeatureSetPlan[], catalogue: Catalogue): Map<number, TableHistory> {
  return new Map(
    sets.flatMap((set) => {
      if (set.table === undefined) return [];
      const lane = plan.lanes[set.columns[0].lane];
      return [[set.columns[0].lane, new TableHistory(set, lane, eventOf(plan, lane), catalogue)] as const];
    }),
  );
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
