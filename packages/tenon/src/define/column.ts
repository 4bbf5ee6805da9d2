import type { EntityDefinition } from "./entity.ts";
import type { EventDefinition } from "./event.ts";
import type { FeaturesDefinition } from "./features.ts";

export type ColumnType = ColumnSpec["type"];

/** What a column holds, as data: types, validators, storage and form fields derive from it. */
export type ColumnSpec = {
  readonly nullable: boolean;
  readonly personal: boolean;
  /** Where its value comes from, if it is not sent. */
  readonly lookup?: { readonly table: FeaturesDefinition; readonly column: string };
} & (
  | { readonly type: "text" | "integer" | "real" | "flag" | "time" }
  | { readonly type: "decimal"; readonly scale: number }
  | { readonly type: "oneOf"; readonly values: readonly string[] }
  | { readonly type: "ref"; readonly to: EntityDefinition | EventDefinition }
);

/** A column of values `T`; `R` names the entity or event that a reference points to. */
export interface Column<out T, out R extends string = never> {
  readonly spec: ColumnSpec;
  /** Present in types only. */
  readonly type?: T;
  readonly refs?: R;
  /** Marks the values as personal data; a mark for policies to come, stored as any other column today. */
  personal(): Column<T, R>;
  /** Lets the value be null or absent. */
  nullable(): Column<T | null, R>;
}

/** A column whose value comes with no event: Tenon looks it up in a table when the event comes. */
export interface LookupColumn<out T> extends Column<T> {
  readonly isLookup: true;
  personal(): LookupColumn<T>;
  nullable(): LookupColumn<T>;
}

/** Columns by name, as they are written in a definition. */
export type Columns = Readonly<Record<string, Column<unknown, string>>>;

export type Flat<T> = { [K in keyof T]: T[K] } & {};

/** The row that columns describe. */
export type RowOf<C> = Flat<{ readonly [K in keyof C]: C[K] extends Column<infer T, string> ? T : never }>;

/** The row as it is sent: without what is looked up. */
export type SentRow<C> = RowOf<{
  readonly [K in keyof C as C[K] extends { readonly isLookup: true } ? never : K]: C[K];
}>;

/** The names of the entities and events that columns refer to. */
export type RefsOf<C> = {
  [K in keyof C]: C[K] extends Column<unknown, infer R> ? R : never;
}[keyof C];

function column<T, R extends string = never>(spec: ColumnSpec): Column<T, R> {
  return Object.freeze({
    spec: Object.freeze(spec),
    personal: () => column<T, R>({ ...spec, personal: true }),
    nullable: () => column<T | null, R>({ ...spec, nullable: true }),
  });
}

/** A table's column as that of an event: null where the table has no row. */
export function lookupColumn<T>(table: FeaturesDefinition, name: string, spec: ColumnSpec): LookupColumn<T> {
  const made = (personal: boolean): LookupColumn<T> =>
    Object.freeze({
      spec: Object.freeze({ ...spec, personal, nullable: true, lookup: Object.freeze({ table, column: name }) }),
      isLookup: true as const,
      personal: () => made(true),
      nullable: () => made(personal),
    });
  return made(spec.personal);
}

const plain = { nullable: false, personal: false } as const;

interface RefBuilder {
  <const N extends string, K>(to: EntityDefinition<N, K>): Column<K, N>;
  <const N extends string>(to: EventDefinition<N>): Column<string, N>;
}

const ref: RefBuilder = (to: EntityDefinition | EventDefinition) => column<never, never>({ ...plain, type: "ref", to });

/**
 * Builds columns. A decimal is a number with at most `scale` digits behind the point and is kept as a scaled integer,
 * so that its sums are exact; an integer is exact to 2^53.
 * @example
 * const payment = event("payment", { account: c.ref(account), cents: c.integer(), country: c.text().nullable() });
 */
export const c = Object.freeze({
  text: () => column<string>({ ...plain, type: "text" }),
  integer: () => column<number>({ ...plain, type: "integer" }),
  decimal: (scale: number) => column<number>({ ...plain, type: "decimal", scale }),
  real: () => column<number>({ ...plain, type: "real" }),
  flag: () => column<boolean>({ ...plain, type: "flag" }),
  time: () => column<Date>({ ...plain, type: "time" }),
  oneOf: <const V extends readonly string[]>(...values: V) =>
    column<V[number]>({ ...plain, type: "oneOf", values: Object.freeze([...values]) }),
  /** The join key: a reference to an entity or to another event. */
  ref,
});
