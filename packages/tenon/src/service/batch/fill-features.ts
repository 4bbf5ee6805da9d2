import type { FeatureColumnPlan, FeatureSetPlan, Plan } from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";
import type { RelationRows } from "../../ports/batch-engine.ts";
import { sweepLane } from "../learn/sweep.ts";
import type { LaneHistory } from "../materialize/lane-history.ts";
import { presentFeature, textsOf } from "../predict/feature-value.ts";
import { type LoadedRelations, sqlColumns } from "./load-relations.ts";

interface Key {
  readonly tenant: number;
  readonly key: string;
}

/** Gives the sets that a SQL names the values that a read at a time was served, for every key of all tenants. */
export async function fillFeatures({ sets, histories }: LoadedRelations, plan: Plan, asOfMs: number): Promise<void> {
  for (const { set, rows } of sets) await fillSet(set, rows, histories, plan, asOfMs);
}

async function fillSet(
  set: FeatureSetPlan,
  rows: RelationRows,
  histories: ReadonlyMap<number, LaneHistory>,
  plan: Plan,
  asOfMs: number,
): Promise<void> {
  await rows.clear();
  const columns = sqlColumns(set);
  const keys = keysOf(columns, histories);
  const values = columns.map((): StoredValue[] => new Array(keys.length).fill(null));
  for (const index of new Set(columns.map(({ lane }) => lane))) {
    const history = histories.get(index)!;
    const places = columns.flatMap(({ lane }, place) => (lane === index ? [place] : []));
    const own = places.map((place) => columns[place]);
    const texts = own.map((column) => textsOf(plan, column, (code) => history.text(code)));
    const count = keys.length;
    const queries = {
      count,
      key: Int32Array.from(keys, ({ tenant, key }) => history.key(tenant, key) ?? -1),
      at: new Float64Array(count).fill(asOfMs),
      knownAt: new Float64Array(count).fill(asOfMs),
      excludedSeq: new Float64Array(count).fill(-1),
    };
    sweepLane(history, own, queries, (query, read) => {
      for (const [i, column] of own.entries())
        values[places[i]][query] = storedOf(presentFeature(column, read.values[i], undefined, texts[i]));
    });
  }
  const isWhole = set.keyType === "integer";
  for (const [i, { tenant, key }] of keys.entries()) {
    const row = [isWhole ? Number(key) : key, ...values.map((column) => column[i])];
    await rows.add({ tenant, seq: i, id: "", atMs: asOfMs, receivedAtMs: asOfMs, values: row });
  }
}

/** One value as an engine is given it; sets show nothing else to SQL. */
function storedOf(value: ReturnType<typeof presentFeature>): StoredValue {
  if (value instanceof Date) return value.getTime();
  return typeof value === "object" ? null : value;
}

function keysOf(columns: readonly FeatureColumnPlan[], histories: ReadonlyMap<number, LaneHistory>): readonly Key[] {
  const keys = new Map<string, Key>();
  for (const lane of new Set(columns.map((column) => column.lane))) {
    for (const { tenant, key } of histories.get(lane)?.firstSeen() ?? []) keys.set(`${tenant}/${key}`, { tenant, key });
  }
  return [...keys.values()];
}
