import { batchRuns } from "../../plan/batch-plan.ts";
import type { FeatureSetPlan, Plan } from "../../plan/plan.ts";
import type { BatchEngine, Relation, RelationRows } from "../../ports/batch-engine.ts";
import type { EventLogReader } from "../../ports/event-log.ts";
import { type Catalogue, EventDecoder, eventTopics } from "../materialize/event-decoder.ts";
import { LaneHistory } from "../materialize/lane-history.ts";

const readLimit = 10_000;

/** What a run's SQL names, filled from the log; feature sets with what their values are computed from. */
export interface LoadedRelations {
  readonly sets: readonly { readonly set: FeatureSetPlan; readonly rows: RelationRows }[];
  readonly histories: ReadonlyMap<number, LaneHistory>;
  /** Tenants that have a row of what the SQL names. */
  readonly tenants: ReadonlySet<number>;
}

interface Route {
  readonly decoder: EventDecoder;
  readonly rows: RelationRows | undefined;
  readonly histories: readonly LaneHistory[];
}

/** One pass over the log up to a position. */
export async function loadRelations(
  engine: BatchEngine,
  plan: Plan,
  reads: readonly string[],
  log: EventLogReader,
  catalogue: Catalogue,
  o: { readonly seqMax: number; readonly onProgress: (done: number) => void },
): Promise<LoadedRelations> {
  const filled = new Map<string, RelationRows>();
  for (const relation of relationsOf(plan, reads)) filled.set(relation.name, await engine.relation(relation));
  const sets = computedSets(plan, reads).map((set) => ({ set, rows: filled.get(set.name)! }));
  const histories = new Map(
    sets.flatMap(({ set }) =>
      set.columns.map(({ lane: index }) => {
        const lane = plan.lanes[index];
        return [index, new LaneHistory(lane, plan.events.find(({ name }) => name === lane.event)!)] as const;
      }),
    ),
  );
  const routes = new Map<number, Route>();
  for (const event of plan.events) {
    const own = [...histories.values()].filter(({ lane }) => lane.event === event.name);
    const isComputed = sets.some(({ set }) => set.name === event.name);
    const rows = isComputed ? undefined : filled.get(event.name);
    if (rows === undefined && own.length === 0) continue;
    const route = { decoder: new EventDecoder(event, catalogue), rows, histories: own };
    for (const topic of eventTopics(event, catalogue)) routes.set(topic, route);
  }
  const tenants = new Set<number>();
  for (let seq = 0; seq < o.seqMax; ) {
    const entries = log.after(seq, readLimit);
    if (entries.length === 0) break;
    for (const entry of entries) {
      seq = entry.seq;
      const route = seq <= o.seqMax ? routes.get(entry.topic) : undefined;
      if (route === undefined) continue;
      tenants.add(entry.tenant);
      const told = route.decoder.entry(entry.payload);
      for (const history of route.histories) history.add(entry, told);
      if (told.retracts !== undefined) await route.rows?.retract(told.retracts, entry.receivedAtMs);
      else await route.rows?.add({ ...entry, values: told.values });
    }
    o.onProgress(Math.min(1, seq / o.seqMax));
  }
  return { sets, histories, tenants };
}

/** The relations that a SQL names: events, tables, batches, and sets that are computed. */
export function relationsOf(plan: Plan, reads: readonly string[]): readonly Relation[] {
  const relations = reads.flatMap((name): Relation[] => {
    const set = plan.featureSets.find((candidate) => candidate.name === name);
    const event = plan.events.find((candidate) => candidate.name === name);
    if (event !== undefined && set?.batch !== undefined) {
      const { runsKey, ttlMs = Number.POSITIVE_INFINITY } = set.batch;
      return [{ kind: "batch", name, columns: event.columns, runsKey, ttlMs }];
    }
    if (event?.table !== undefined) {
      const { key } = event.table;
      return [
        { kind: "table", name, columns: event.columns, key, ttlMs: set?.table?.ttlMs ?? Number.POSITIVE_INFINITY },
      ];
    }
    if (event !== undefined) return [{ kind: "event", name, columns: event.columns }];
    return set === undefined ? [] : [{ kind: "features", name, columns: columnsOf(set) }];
  });
  const hasBatch = relations.some(({ kind }) => kind === "batch");
  return hasBatch ? [...relations, { kind: "runs", name: batchRuns.name, columns: batchRuns.columns }] : relations;
}

const computedSets = (plan: Plan, reads: readonly string[]): readonly FeatureSetPlan[] =>
  plan.featureSets.filter(
    ({ name, table, batch }) => reads.includes(name) && table === undefined && batch === undefined,
  );

/** A set as SQL sees it: its key and its columns with one value; lists and maps are left out. */
export const sqlColumns = ({ columns }: FeatureSetPlan) => columns.filter(({ many }) => many === undefined);

const columnsOf = (set: FeatureSetPlan): Relation["columns"] => {
  const plain = { nullable: true, personal: false, values: [], to: undefined } as const;
  return [
    { ...plain, name: set.entity, type: set.keyType, scale: 0 },
    ...sqlColumns(set).map(({ name, type }) => ({
      ...plain,
      name,
      type: type === "number" ? ("real" as const) : type,
      scale: 0,
    })),
  ];
};
