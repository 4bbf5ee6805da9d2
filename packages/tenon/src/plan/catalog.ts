import { TenonError } from "../base/error.ts";
import { suggestion } from "../base/nearest.ts";
import { scheduleText } from "./batch-plan.ts";
import { definitionText, exactnessOf, featureDefinition, isPersonal, mayReadPersonal } from "./feature-definition.ts";
import { lineageOf } from "./lineage.ts";
import { type FeatureUsers, isUnused, usersIn } from "./lineage-walk.ts";
import type { FeatureColumnPlan, FeatureSetPlan, Plan } from "./plan.ts";

/** A feature as the catalogue lists it: what the definitions alone tell. */
export interface CatalogEntry {
  /** `spend.paid_30d`; of an on-demand function its own name, since its columns are known once it has run. */
  readonly name: string;
  readonly set: string;
  readonly column: string | null;
  readonly kind: "feature" | "table" | "batch" | "onDemand";
  /** The entity that the set is of; of an on-demand function the row that it computes over. */
  readonly of: string;
  readonly owner: string | null;
  /** Of the set or the function. */
  readonly description: string | null;
  /** What it computes, on one line. */
  readonly definition: string;
  /** Null for an on-demand function and for what SQL computes. */
  readonly event: string | null;
  readonly aggregate: string | null;
  readonly window: string | null;
  readonly exactness: string | null;
  readonly type: FeatureColumnPlan["type"] | null;
  readonly many: "list" | "counts" | "groups" | null;
  /** Made of a column that is marked as personal data. */
  readonly personal: boolean;
  readonly users: FeatureUsers;
  /** No model takes it, and nothing that a model takes reads it. */
  readonly unused: boolean;
}

/** Every feature column and on-demand function of an app, in the order of their sets. */
export function catalogOf(plan: Plan): readonly CatalogEntry[] {
  const usersOf = usersIn(lineageOf(plan));
  const withUsers = (id: string): Pick<CatalogEntry, "users" | "unused"> => {
    const users = usersOf(id);
    return { users, unused: isUnused(users) };
  };
  return [
    ...plan.featureSets.flatMap((set) =>
      set.columns.map((column) => ({
        ...featureEntry(plan, set, column),
        ...withUsers(`feature:${set.name}.${column.name}`),
      })),
    ),
    ...plan.onDemand.map(({ name, spine, uses, owner, description }) => ({
      name,
      set: name,
      column: null,
      kind: "onDemand" as const,
      of: spine,
      owner: owner ?? null,
      description: description ?? null,
      definition: `computed at the request from ${[spine, ...uses].join(", ")}`,
      event: null,
      aggregate: null,
      window: null,
      exactness: null,
      type: null,
      many: null,
      personal: mayReadPersonal(plan, { spine, uses }),
      ...withUsers(`onDemand:${name}`),
    })),
  ];
}

function featureEntry(
  plan: Plan,
  set: FeatureSetPlan,
  column: FeatureColumnPlan,
): Omit<CatalogEntry, "users" | "unused"> {
  const definition = featureDefinition(plan, column);
  const { batch, table } = set;
  const computed = batch === undefined ? definition : { event: null, aggregate: null, window: null };
  return {
    name: `${set.name}.${column.name}`,
    set: set.name,
    column: column.name,
    kind: batch !== undefined ? "batch" : table !== undefined ? "table" : "feature",
    of: set.entity,
    owner: set.owner ?? null,
    description: set.description ?? null,
    definition:
      batch === undefined
        ? definitionText(definition)
        : `by SQL over ${batch.reads.join(", ")}, ${scheduleText(batch.schedule)}`,
    event: computed.event,
    aggregate: computed.aggregate,
    window: computed.window,
    exactness: batch === undefined ? exactnessOf(plan, column) : "as the SQL computed it in the latest run",
    type: column.type,
    many: definition.many,
    personal: isPersonal(plan, column),
  };
}

/** The entries that hold every word of the search somewhere in what they say. */
export function searchCatalog(entries: readonly CatalogEntry[], search: string): readonly CatalogEntry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter(({ name, of, owner, description, definition, type, users }) => {
    const people = [...users.batches, ...users.onDemand, ...users.models, ...users.predictions];
    const text = [name, of, owner, description, definition, type, ...people].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * The entries of a set or an on-demand function, or the one of `set.column`.
 * @throws features.unknown with the nearest name
 */
export function entriesNamed(entries: readonly CatalogEntry[], name: string): readonly CatalogEntry[] {
  const found = entries.filter((entry) => entry.set === name || entry.name === name);
  if (found.length > 0) return found;
  const near = suggestion(name, new Set(entries.flatMap((entry) => [entry.set, entry.name])));
  throw new TenonError("features.unknown", `the app has no features "${name.slice(0, 100)}".${near}`);
}
