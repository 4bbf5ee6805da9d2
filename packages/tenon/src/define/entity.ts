import type { Duration } from "../base/duration.ts";
import { type About, aboutOf, type Described } from "./about.ts";
import type { Column, ColumnSpec } from "./column.ts";
import { writtenOptions } from "./frozen.ts";
import type { Spine } from "./spine.ts";

/** What events are about: an account, an airport. `K` is the type of its key. */
export interface EntityDefinition<out N extends string = string, out K = unknown> extends Described {
  readonly kind: "entity";
  readonly name: N;
  readonly keyType: "text" | "integer";
  /** The key as it was written, if it was. */
  readonly keySpec?: ColumnSpec | undefined;
  readonly written?: readonly string[];
  /** Present in types only. */
  readonly key?: K;
}

export interface Entity<N extends string, K> extends EntityDefinition<N, K> {
  /**
   * A spine with one example of every known key at each step: at multiples of the step since 1970, UTC, from when a key
   * was first heard of up to now. `while`: only as long as the table has a row of the key.
   */
  every(step: Duration, o?: { readonly while?: TableOf<N> }): EntitySpine<N, K>;
}

/** A table of the entity, as far as a spine needs it. */
export interface TableOf<out N extends string = string> {
  readonly kind: "features";
  readonly name: string;
  readonly table?: object;
  readonly entity?: N;
}

/** An entity at a step, as the row that a prediction is made for. */
export interface EntitySpine<N extends string = string, K = unknown>
  extends Spine<N, { readonly [P in N]: K } & { readonly at?: Date }, N> {
  readonly kind: "entitySpine";
  readonly of: EntityDefinition<N, K>;
  readonly every: Duration;
  readonly while?: TableOf;
  readonly written?: readonly string[];
}

/**
 * Defines an entity by its durable name. Keys are text unless `key` is an integer column.
 * @example
 * const account = entity("account", { owner: "growth" });
 */
export function entity<const N extends string, K extends string | number = string>(
  name: N,
  o: { readonly key?: Column<K> } & About = {},
): Entity<N, K> {
  const definition: EntityDefinition<N, K> = {
    kind: "entity",
    name,
    keyType: o.key?.spec?.type === "integer" ? "integer" : "text",
    ...aboutOf(o),
    keySpec: o.key?.spec,
    written: writtenOptions(o),
  };
  return Object.freeze({
    ...definition,
    every: (every: Duration, options: { readonly while?: TableOf<N> } = {}): EntitySpine<N, K> =>
      Object.freeze({
        kind: "entitySpine" as const,
        name,
        of: definition,
        every,
        ...(options.while === undefined ? {} : { while: options.while }),
        written: writtenOptions(options),
      }),
  });
}
