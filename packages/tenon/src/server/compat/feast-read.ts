import { limit } from "../../base/limit.ts";
import type { FeatureSetReader } from "../../service/predict/feature-set-reader.ts";
import type { FeatureValue } from "../../service/predict/feature-value.ts";
import type { Tenon } from "../../service/tenon.ts";
import { FeastError } from "./feast-error.ts";

/** The columns of one feature set that a read asks for, and where they stand in the answer. */
interface ViewRead {
  readonly set: string;
  readonly entity: string;
  readonly isInteger: boolean;
  readonly reader: FeatureSetReader;
  readonly columns: { readonly place: number; readonly isTime: boolean; readonly out: FeastColumn }[];
}

/** `results[i]` of an answer: one feature for all rows. */
export interface FeastColumn {
  readonly values: unknown[];
  readonly statuses: string[];
  readonly event_timestamps: string[];
}

export interface FeastAnswer {
  readonly results: readonly FeastColumn[];
  readonly metadata: { readonly feature_names: readonly string[] };
}

export interface FeastRequest {
  readonly features: readonly string[];
  readonly entities: Readonly<Record<string, readonly unknown[]>>;
  readonly fullNames: boolean;
}

const noTime = "1970-01-01T00:00:00Z";
const statusNames = {
  present: "PRESENT",
  // Feast has no word for it: what is known of the window is served.
  incomplete: "PRESENT",
  null: "NULL_VALUE",
  "not-found": "NOT_FOUND",
  expired: "OUTSIDE_MAX_AGE",
} as const;

/** Reads features of many keys, column by column as Feast's server answers: join keys first. */
export function readForFeast(tenon: Tenon, tenant: number, request: FeastRequest): FeastAnswer {
  const names: string[] = [];
  const results: FeastColumn[] = [];
  const views = viewsOf(tenon, request, (name) => {
    const column: FeastColumn = { values: [], statuses: [], event_timestamps: [] };
    names.push(name);
    results.push(column);
    return column;
  });
  const rowCount = rowsOf(request, views);
  const keys = keyColumns(request, views);
  const seqMax = tenon.serving.online.begin();
  const at = tenon.clock.nowMs();
  const point = { at, seqMax, receivedAtMax: at, excludedSeq: -1 };
  const timeOf = timeTexts();
  for (const view of views) {
    const given = request.entities[view.entity] ?? [];
    for (let row = 0; row < rowCount; row++) {
      view.reader.read(tenant, keyOf(view, given[row]), point);
      for (const { place, isTime, out } of view.columns) {
        const status = view.reader.status(place);
        const age = view.reader.ageMs(place);
        const isThere = status === "present" || status === "incomplete";
        out.values.push(isThere ? shown(view.reader.value(place), isTime) : null);
        out.statuses.push(statusNames[status]);
        out.event_timestamps.push(age === null || status === "not-found" ? noTime : timeOf(at - age));
      }
    }
  }
  return {
    results: [...keys.map(({ column }) => column), ...results],
    metadata: { feature_names: [...keys.map(({ name }) => name), ...names] },
  };
}

/** Texts of times: the columns of a key mostly have one, and a text costs more than all else that is done for a value. */
function timeTexts(): (ms: number) => string {
  let lastMs = Number.NaN;
  let last = "";
  return (ms) => {
    if (ms !== lastMs) {
      lastMs = ms;
      last = new Date(ms).toISOString();
    }
    return last;
  };
}

/** `view:feature`, of which `view@v2:feature` names a version. */
function viewsOf(tenon: Tenon, { features, fullNames }: FeastRequest, add: (name: string) => FeastColumn): ViewRead[] {
  if (features.length > limit.feastFeaturesMax)
    throw new FeastError(422, `${features.length} features were asked; one read takes ${limit.feastFeaturesMax}`);
  const views = new Map<string, ViewRead>();
  for (const reference of features) {
    const colon = reference.indexOf(":");
    const version = reference.lastIndexOf("@", colon);
    const name = reference.slice(0, version > 0 ? version : colon);
    const feature = reference.slice(colon + 1);
    const view = views.get(name) ?? viewOf(tenon, name);
    views.set(name, view);
    const place = view.reader.placeOf(feature);
    if (place < 0) throw new FeastError(500, `'Feature ${feature} not found in projection ${name}'`);
    const out = add(fullNames ? `${name}__${feature}` : feature);
    view.columns.push({ place, isTime: view.reader.set.columns[place].type === "time", out });
  }
  return [...views.values()];
}

function viewOf(tenon: Tenon, name: string): ViewRead {
  const { plan } = tenon.build.app;
  if (!plan.featureSets.some((set) => set.name === name))
    throw new FeastError(
      404,
      `Feature view ${name} does not exist in project ${plan.app.name}`,
      "FeatureViewNotFoundException",
    );
  const reader = tenon.serving.reader(name);
  const { entity, keyType } = reader.set;
  return { set: name, entity, isInteger: keyType === "integer", reader, columns: [] };
}

/** Columns of one length, one for each entity that the views are of. */
function rowsOf({ entities }: FeastRequest, views: readonly ViewRead[]): number {
  const given = Object.keys(entities);
  const missing = views.map(({ entity }) => entity).filter((entity) => !Object.hasOwn(entities, entity));
  if (missing.length > 0)
    throw new FeastError(
      500,
      `Missing join key values for keys: ${list(missing)}. Provided join_key_values: ${list(given)}`,
    );
  const counts = new Set(Object.values(entities).map((values) => values.length));
  if (counts.size > 1) throw new FeastError(500, "All entity rows must have the same columns.");
  const [count = 0] = counts;
  if (count > limit.featureKeysMax)
    throw new FeastError(422, `${count} rows were asked; one read takes ${limit.featureKeysMax}`);
  return count;
}

const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(", ")}]`;

function keyColumns(
  { entities }: FeastRequest,
  views: readonly ViewRead[],
): readonly { readonly name: string; readonly column: FeastColumn }[] {
  const used = new Set(views.map(({ entity }) => entity));
  return Object.entries(entities)
    .filter(([name]) => used.has(name))
    .map(([name, values]) => ({
      name,
      column: {
        values: [...values],
        statuses: values.map(() => "PRESENT"),
        event_timestamps: values.map(() => noTime),
      },
    }));
}

function keyOf({ entity, isInteger }: ViewRead, value: unknown): string {
  if (isInteger ? Number.isSafeInteger(value) : typeof value === "string" && value.length > 0) return String(value);
  throw new FeastError(
    422,
    `"${entity}" is ${isInteger ? "a whole number" : "a text"}; found ${JSON.stringify(value)}`,
  );
}

/** Feast's times are seconds. */
function shown(value: FeatureValue, isTime: boolean): unknown {
  if (!isTime) return value;
  if (value instanceof Date) return Math.floor(value.getTime() / 1_000);
  return Array.isArray(value) ? value.map((one) => shown(one, true)) : value;
}
