import { type About, aboutOf, type Described } from "./about.ts";
import type { Outcome, OutcomeSpec } from "./aggregate.ts";
import { writtenOptions } from "./frozen.ts";
import type { KeysOfSpine, Spine, TypeMessage } from "./spine.ts";

/** What a model learns to foresee: an outcome of its spine. */
export interface LabelDefinition<out N extends string = string, out S extends Spine = Spine, out V = unknown>
  extends Described {
  readonly kind: "label";
  readonly name: N;
  readonly of: S;
  readonly outcome: OutcomeSpec;
  readonly written?: readonly string[];
  /** Present in types only. */
  readonly value?: V;
}

type Matched<R, S extends Spine> = [Extract<R, S["name"] | KeysOfSpine<S>>] extends [never]
  ? TypeMessage<"the outcome refers neither to the example event nor to any of its entities">
  : unknown;

/**
 * Defines a label.
 * @example
 * const late = label("late", { of: departure, is: landing.mean("delayMinutes").next("12h").above(15) });
 */
export function label<const N extends string, S extends Spine, V, R extends string>(
  name: N,
  o: { readonly of: S; readonly is: Outcome<V, R> & Matched<R, S> } & About,
): LabelDefinition<N, S, V> {
  return Object.freeze({
    kind: "label",
    name,
    of: o.of,
    outcome: o.is?.outcome,
    ...aboutOf(o),
    written: writtenOptions(o),
  });
}

export type Task<V> = [V] extends [boolean]
  ? "binary"
  : [V] extends [number]
    ? "regression"
    : [V] extends [readonly unknown[]]
      ? "ranking"
      : "multiclass";

/** What a model of that label answers. */
export type OutputOf<V> = [V] extends [boolean]
  ? { readonly score: number }
  : [V] extends [number]
    ? { readonly value: number }
    : never;
