import { type About, aboutOf, type Described } from "./about.ts";
import type { FeaturesDefinition, Merge } from "./features.ts";
import { frozenList, writtenOptions } from "./frozen.ts";
import type { KeysOfSpine, RowOfSpine, Spine, TypeMessage } from "./spine.ts";

/** What an on-demand function may answer for each column. */
export type OnDemandValue = string | number | boolean | null;

/** Columns that come with the spine row itself. */
export interface PickedColumns<out N extends string = string, out S = unknown, out R = unknown> {
  readonly kind: "pick";
  readonly name: N;
  readonly spine: Spine;
  readonly columns: readonly string[];
  /** Present in types only. */
  readonly of?: S;
  readonly row?: R;
}

/** Columns computed at the request by a pure function over the spine row and features of its entities. */
export interface OnDemandDefinition<out N extends string = string, out S = unknown, out R = unknown> extends Described {
  readonly kind: "onDemand";
  readonly name: N;
  readonly on: Spine;
  readonly uses: readonly FeaturesDefinition[];
  readonly compute: (x: { readonly row: never; readonly features: never }) => Readonly<Record<string, OnDemandValue>>;
  readonly written?: readonly string[];
  /** Present in types only. */
  readonly of?: S;
  readonly row?: R;
}

/** The features, or a sentence where the spine has no column that refers to their entity. */
export type FeaturesFit<F, S extends Spine> =
  F extends FeaturesDefinition<infer N, infer E>
    ? E extends KeysOfSpine<S>
      ? F
      : TypeMessage<`features "${N}" are of entity "${E}", to which "${S["name"]}" has no reference`>
    : never;

type RowsOf<U extends readonly unknown[]> = Merge<
  U[number] extends infer F ? (F extends FeaturesDefinition<string, string, infer R> ? R : never) : never
>;
type FeatureRows<U extends readonly unknown[]> = U extends readonly [] ? Readonly<Record<never, never>> : RowsOf<U>;

/**
 * Defines on-demand features. The function is pure: the same row gives the same answer, in training and in serving.
 * @example
 * const clock = onDemand("clock", { on: departure, uses: [], compute: ({ row }) => ({ hour: row.at.getUTCHours() }) });
 */
export function onDemand<
  const N extends string,
  S extends Spine,
  const U extends readonly FeaturesDefinition[],
  R extends Readonly<Record<string, OnDemandValue>>,
>(
  name: N,
  o: {
    readonly on: S;
    readonly uses: U & { readonly [I in keyof U]: FeaturesFit<U[I], S> };
    readonly compute: (x: { readonly row: RowOfSpine<S>; readonly features: FeatureRows<U> }) => R;
  } & About,
): OnDemandDefinition<N, S, R> {
  return Object.freeze({
    kind: "onDemand",
    name,
    on: o.on,
    uses: frozenList<FeaturesDefinition>(o.uses),
    compute: o.compute,
    ...aboutOf(o),
    written: writtenOptions(o),
  });
}
