import type { EventDefinition } from "./event.ts";
import type { FeaturesDefinition } from "./features.ts";
import type { PredictionDefinition } from "./prediction.ts";

/** Where an environment keeps its data, as data. */
export interface Stores {
  readonly stores: "embedded";
}

/**
 * Everything in one process, in one directory (default: `.tenon`, `TENON_DATA` or `--data`).
 * @example
 * const stores = { dev: () => embedded() };
 */
export const embedded = (): Stores => Object.freeze({ stores: "embedded" });

/** What an app's `use` may list: its public surface. What they refer to is reached. */
export type Definition = EventDefinition | FeaturesDefinition | PredictionDefinition;

export interface AppDefinition {
  readonly kind: "app";
  readonly name: string;
  readonly tenancy: "none" | "required";
  readonly stores: Readonly<Record<string, () => Stores>>;
  readonly use: readonly Definition[];
}

/** An app; `D` carries every definition's type to the client. */
export interface App<out D extends readonly Definition[] = readonly Definition[]> extends AppDefinition {
  readonly use: D;
}

/**
 * Defines the app that `tenon.config.ts` exports.
 * @example
 * export const app = defineApp({ name: "acme", tenancy: "required", stores: { dev: () => embedded() }, use: [payment] });
 */
export const defineApp = <const D extends readonly Definition[]>(o: {
  readonly name: string;
  readonly tenancy: "none" | "required";
  readonly stores: Readonly<Record<string, () => Stores>>;
  readonly use: D;
}): App<D> => Object.freeze({ kind: "app", ...o });
