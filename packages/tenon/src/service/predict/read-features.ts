import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import { formatPosition } from "../../base/position.ts";
import { fieldOf } from "../../base/record.ts";
import { nameOf } from "../../plan/row-validator.ts";
import type { FeatureSetReader, FeatureStatus } from "./feature-set-reader.ts";
import type { FeatureValue } from "./feature-value.ts";
import type { Serving } from "./serving.ts";

export interface FeatureQuery {
  readonly set: string;
  readonly keys: readonly unknown[];
  readonly atMs: number;
  /** Read exactly there, or as of what is applied. */
  readonly seqMax: number | undefined;
  readonly asOf: "served" | "corrected";
  readonly columns: readonly string[] | undefined;
  readonly brief: boolean;
}

export interface FeatureRow {
  readonly key: Readonly<Record<string, string | number>>;
  readonly values: Readonly<Record<string, FeatureValue>>;
  readonly statuses?: Readonly<Record<string, FeatureStatus>>;
  readonly ages?: Readonly<Record<string, number | null>>;
}

export interface FeaturesRead<R = FeatureRow> {
  readonly rows: readonly R[];
  readonly position: string;
  /** Some window reaches back behind what the online store keeps: its value is not whole. */
  readonly belowFloor: boolean;
}

/** Makes a row of what a reader has read last. */
export type RowOf<R> = (reader: FeatureSetReader, key: string | number, places: readonly number[], brief: boolean) => R;

export const readFeatures = (serving: Serving, tenant: number, query: FeatureQuery): FeaturesRead =>
  readRows(serving, tenant, query, rowOf);

/**
 * Reads a set's columns for many keys in one synchronous block: all of them, and the position, are of one moment.
 * @throws position.unreached, features.unknown, field.unknown for a column, field.missing and field.type for a key, body.too-large
 */
export function readRows<R>(serving: Serving, tenant: number, query: FeatureQuery, makeRow: RowOf<R>): FeaturesRead<R> {
  const reader = serving.reader(query.set);
  if (query.keys.length > limit.featureKeysMax) {
    throw new TenonError(
      "body.too-large",
      `${query.keys.length} keys were asked; one read takes ${limit.featureKeysMax}`,
    );
  }
  const keys = query.keys.map((key) => keyOf(reader, key));
  const places = placesOf(reader, query.columns);
  // Entries that no lane takes move the position without a change of the store. Looked at first: what follows has it.
  const reached = serving.appliedSeq();
  const applied = Math.max(serving.online.begin(), reached);
  const seqMax = query.seqMax ?? applied;
  if (seqMax > applied)
    throw new TenonError("position.unreached", "the online store has not come to this position", {
      retryAfterMs: 1_000,
    });
  const receivedAtMax = query.asOf === "served" ? query.atMs : Number.POSITIVE_INFINITY;
  let belowFloor = false;
  const rows = keys.map((key) => {
    reader.read(tenant, String(key), { at: query.atMs, seqMax, receivedAtMax, excludedSeq: -1 });
    belowFloor ||= reader.belowFloor;
    return makeRow(reader, key, places, query.brief);
  });
  return { rows, position: formatPosition(seqMax), belowFloor };
}

function keyOf(reader: FeatureSetReader, key: unknown): string | number {
  const { entity, keyType } = reader.set;
  const value = fieldOf(key, entity);
  if (value === undefined) throw new TenonError("field.missing", `a key of "${reader.set.name}" is { "${entity}": … }`);
  if (keyType === "integer") {
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  } else if (typeof value === "string" && value.length > 0 && Buffer.byteLength(value) <= limit.keyBytesMax)
    return value;
  throw new TenonError(
    "field.type",
    `"${entity}" is ${keyType === "integer" ? "a whole number" : `a text of at most ${limit.keyBytesMax} bytes`}; found ${nameOf(value)}`,
  );
}

function placesOf(reader: FeatureSetReader, columns: readonly string[] | undefined): readonly number[] {
  if (columns === undefined) return reader.set.columns.map((_, place) => place);
  return columns.map((name) => {
    const place = reader.placeOf(name);
    if (place >= 0) return place;
    const names = reader.set.columns.map((column) => column.name);
    throw new TenonError(
      "field.unknown",
      `"${reader.set.name}" has no column "${String(name).slice(0, 100)}".${suggestion(String(name), names)}`,
    );
  });
}

export function rowOf(
  reader: FeatureSetReader,
  key: string | number,
  places: readonly number[],
  brief: boolean,
): FeatureRow {
  const values: Record<string, FeatureValue> = {};
  const statuses: Record<string, FeatureStatus> = {};
  const ages: Record<string, number | null> = {};
  for (const place of places) {
    const { name } = reader.set.columns[place];
    values[name] = reader.value(place);
    if (brief) continue;
    statuses[name] = reader.status(place);
    ages[name] = reader.ageMs(place);
  }
  const named = { [reader.set.entity]: key };
  return brief ? { key: named, values } : { key: named, values, statuses, ages };
}
