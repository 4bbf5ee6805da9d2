import { setImmediate } from "node:timers/promises";
import { limit } from "../../base/limit.ts";
import type { Plan } from "../../plan/plan.ts";
import type { OnlineCensus } from "../../ports/online-store.ts";
import type { FeatureSetReader, FeatureStatus } from "../predict/feature-set-reader.ts";
import type { FeatureFigures } from "./catalog-report.ts";
import type { ColumnValues } from "./column-values.ts";
import { type SampledStore, sampleKeys } from "./key-sample.ts";

/** Keys that are read before requests have a turn. */
const keysPerTurn = 25;

/** What a key takes in the online store. */
export interface KeyBytes {
  readonly mean: number;
  readonly max: number;
}

export interface SetSample {
  readonly atMs: number;
  readonly keys: number;
  readonly keysSeen: number;
  readonly whole: boolean;
  /** In the order of the set's columns. */
  readonly columns: readonly { readonly figures: FeatureFigures; readonly values: ColumnValues }[];
  /** By lane; of fewer keys than were read. */
  readonly bytes: ReadonlyMap<string, KeyBytes>;
}

interface GrowingColumn {
  readonly values: ColumnValues[number][];
  readonly ages: number[];
  readonly statuses: Map<FeatureStatus, number>;
}

/**
 * Reads a set's columns for a sample of a tenant's keys, some keys at a time: requests go on meanwhile. Undefined where the
 * store was closed before the end.
 */
export async function sampleSet(
  store: SampledStore,
  tenant: number,
  setName: string,
  atMs: number,
): Promise<SetSample | undefined> {
  const { serving, census } = store;
  const reader = serving.reader(setName);
  const laneIds = lanesOf(serving.app.plan, reader);
  const sample = await sampleKeys(store, tenant, laneIds);
  if (sample === undefined) return undefined;
  const columns = reader.set.columns.map((): GrowingColumn => ({ values: [], ages: [], statuses: new Map() }));
  for (let i = 0; i < sample.keys.length; i += keysPerTurn) {
    // One view of the store for these keys, and the reader is nobody else's until the turn ends.
    const applied = Math.max(census.begin(), serving.appliedSeq());
    for (const key of sample.keys.slice(i, i + keysPerTurn)) {
      reader.read(tenant, key, { at: atMs, seqMax: applied, receivedAtMax: atMs, excludedSeq: -1 });
      for (const [place, column] of columns.entries()) take(column, reader, place);
    }
    await setImmediate();
    if (!store.isOpen()) return undefined;
  }
  return {
    atMs,
    keys: sample.keys.length,
    keysSeen: sample.seen,
    whole: sample.whole,
    columns: columns.map((column) => ({ figures: figuresOf(column), values: column.values })),
    bytes: new Map(laneIds.flatMap((laneId) => bytesIn(census, tenant, laneId, sample.keys))),
  };
}

const lanesOf = (plan: Plan, { set }: FeatureSetReader): string[] =>
  [...new Set(set.columns.map(({ lane }) => lane))].map((lane) => plan.lanes[lane].id);

function take({ values, ages, statuses }: GrowingColumn, reader: FeatureSetReader, place: number): void {
  const value = reader.value(place);
  // Of lists and maps, whether there is one.
  values.push(value !== null && typeof value === "object" && !(value instanceof Date) ? "" : value);
  const age = reader.ageMs(place);
  if (age !== null) ages.push(age);
  const status = reader.status(place);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

function figuresOf({ values, ages, statuses }: GrowingColumn): FeatureFigures {
  const keys = values.length;
  const sorted = ages.toSorted((a, b) => a - b);
  return {
    nullShare: keys === 0 ? null : values.filter((value) => value === null).length / keys,
    statuses: Object.fromEntries([...statuses].map(([status, count]) => [status, count / keys])),
    newestAgeMs: sorted[0] ?? null,
    medianAgeMs: sorted[Math.floor(sorted.length / 2)] ?? null,
  };
}

function bytesIn(
  census: OnlineCensus,
  tenant: number,
  laneId: string,
  keys: readonly string[],
): [laneId: string, KeyBytes][] {
  census.begin();
  const sizes = keys
    .slice(0, limit.catalogMeasuredKeysMax)
    .map((key) => census.bytesOf(tenant, laneId, key, limit.catalogMeasuredPagesMax))
    .filter((bytes) => bytes > 0);
  if (sizes.length === 0) return [];
  return [[laneId, { mean: sizes.reduce((sum, size) => sum + size, 0) / sizes.length, max: Math.max(...sizes) }]];
}
