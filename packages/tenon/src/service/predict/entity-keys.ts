import { TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import type { Tenon } from "../tenon.ts";
import { readFeatures } from "./read-features.ts";

export interface KeyQuery {
  readonly entity: string;
  /** The last key of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
  /** A table: keys that it has a row of now. */
  readonly while: string | undefined;
}

export interface KeyPage {
  readonly keys: readonly (string | number)[];
  /** What the next page comes after; undefined where this is the last. */
  readonly next: string | undefined;
}

/**
 * Keys of an entity that the app has heard of, in the order of their bytes: a page may hold less than its limit where
 * `while` leaves keys out.
 * @throws entity.unknown, table.unknown
 */
export function entityKeys(tenon: Tenon, tenant: number, { entity: name, ...query }: KeyQuery): KeyPage {
  const { plan } = tenon.build.app;
  const entity = plan.entities.find((candidate) => candidate.name === name);
  if (entity === undefined) {
    const names = plan.entities.map((candidate) => candidate.name);
    throw new TenonError("entity.unknown", `the app has no entity "${name.slice(0, 100)}".${suggestion(name, names)}`);
  }
  const { census } = tenon.builds;
  const lanes = plan.lanes.filter(({ by }) => by.kind === "entity" && by.name === name);
  census.begin();
  // The first keys of all lanes are among the first keys of each.
  const seen = new Set(lanes.flatMap(({ id }) => census.keysAfter(tenant, id, query.after, query.limit)));
  const page = [...seen].sort(byBytes).slice(0, query.limit);
  const keys = page.map((key) => (entity.keyType === "integer" ? Number(key) : key));
  const next = page.length < query.limit ? undefined : page.at(-1);
  return {
    keys: query.while === undefined ? keys : keysWhile(tenon, tenant, query.while, { entity: name, keys }),
    next,
  };
}

/** As the store has its keys. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function keysWhile(
  tenon: Tenon,
  tenant: number,
  table: string,
  { entity, keys }: { readonly entity: string; readonly keys: readonly (string | number)[] },
): readonly (string | number)[] {
  const set = tenon.build.app.plan.featureSets.find(({ name }) => name === table);
  if (set?.table === undefined || set.entity !== entity)
    throw new TenonError("table.unknown", `"${table.slice(0, 100)}" is no table of "${entity}"`);
  const [first] = set.columns;
  const { rows } = readFeatures(tenon.serving, tenant, {
    set: table,
    keys: keys.map((key) => ({ [entity]: key })),
    atMs: tenon.clock.nowMs(),
    seqMax: undefined,
    asOf: "served",
    columns: [first.name],
    brief: false,
  });
  const isThere = (place: number): boolean => {
    const status = rows[place]?.statuses?.[first.name];
    return status !== "not-found" && status !== "expired";
  };
  return keys.filter((_, place) => isThere(place));
}
