import type { About } from "./about.ts";
import type { Windowed } from "./aggregate.ts";
import type { BatchSpec } from "./batch.ts";
import type { Flat } from "./column.ts";
import type { EntityDefinition } from "./entity.ts";
import type { TypeMessage } from "./spine.ts";
import type { TableSpec } from "./table-spec.ts";

export type Merge<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? Flat<I> : never;

type WindowCell<C> = {
  [K in keyof C & string]: C[K] extends Windowed<infer V, infer W, string>
    ? { readonly name: `${K}_${W}`; readonly value: V }
    : never;
}[keyof C & string];

/** `paid` over `"1d"` and `"30d"` is a row with `paid_1d` and `paid_30d`. */
export type WindowRow<C> = { readonly [Cell in WindowCell<C> as Cell["name"]]: Cell["value"] };

export interface FeaturesOptions extends About {
  readonly version?: number;
}

/** A feature set as data. `picked` narrows the columns that a model takes. */
export interface FeaturesDefinition<out N extends string = string, out E extends string = string, out R = unknown> {
  readonly kind: "features";
  readonly name: N;
  readonly of: EntityDefinition;
  readonly columns: Readonly<Record<string, Windowed>>;
  readonly options: FeaturesOptions;
  readonly picked: readonly string[] | undefined;
  /** Of a table: its values are put, not computed. */
  readonly table?: TableSpec;
  /** Of a batch: its values are those of its runs. */
  readonly batch?: BatchSpec;
  /** Present in types only. */
  readonly entity?: E;
  readonly row?: R;
}

export interface Features<N extends string, E extends string, R> extends FeaturesDefinition<N, E, R> {
  /** The same set with these columns alone. */
  pick<const K extends readonly [keyof R & string, ...(keyof R & string)[]]>(
    ...columns: K
  ): Features<N, E, Pick<R, K[number]>>;
}

/** A set that can be picked from: what is picked is the same set, with fewer columns. */
export function featureSet<N extends string, E extends string, R>(
  definition: FeaturesDefinition<N, E, R>,
): Features<N, E, R> {
  const { kind, name, of, columns, options, table, batch } = definition;
  return Object.freeze({
    ...definition,
    pick: (...picked: readonly string[]) =>
      featureSet<N, E, never>({
        kind,
        name,
        of,
        columns,
        options,
        picked: Object.freeze([...picked]),
        ...(table === undefined ? {} : { table }),
        ...(batch === undefined ? {} : { batch }),
      }),
  });
}

/**
 * Defines a feature set: aggregates over sliding windows, per entity.
 * @example
 * const spend = features("spend", account, { paid: payment.sum("cents").over("1d", "30d") });
 */
export function features<const N extends string, E extends string, const C extends Readonly<Record<string, Windowed>>>(
  name: N,
  of: EntityDefinition<E>,
  columns: C & {
    [K in keyof C]: C[K] extends Windowed<unknown, string, infer R>
      ? E extends R
        ? C[K]
        : TypeMessage<"this event has no column that refers to the entity">
      : never;
  },
  options: FeaturesOptions = {},
): Features<N, E, WindowRow<C>> {
  return featureSet<N, E, WindowRow<C>>({
    kind: "features",
    name,
    of,
    columns: Object.freeze(columns),
    options: Object.freeze(options),
    picked: undefined,
  });
}
