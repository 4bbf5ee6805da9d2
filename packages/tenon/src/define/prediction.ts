import type { Duration } from "../base/duration.ts";
import { type About, aboutOf, type Described } from "./about.ts";
import type { Flat } from "./column.ts";
import { writtenOptions } from "./frozen.ts";
import type { Model, ModelDefinition } from "./model.ts";

/** What keeps a prediction's calls from those of the others. */
export interface BulkheadOptions {
  /** Calls that are under way at once. Default: 100. */
  readonly concurrency?: number;
  /** Calls that wait; more are refused with `prediction.busy`. Default: 200. */
  readonly queue?: number;
  /** Of the thread while others are asked too, against their shares. Default: 1. */
  readonly share?: number;
}

/** Another model that answers a part of the calls. */
export interface VariantDefinition {
  readonly model: ModelDefinition;
  /** Of the calls, above 0 and below 1. */
  readonly share: number;
}

export type Priority = "high" | "normal" | "low";

/** A named endpoint over a model, as data. */
export interface PredictionDefinition<out N extends string = string> extends Described {
  readonly kind: "prediction";
  readonly name: N;
  readonly model: ModelDefinition;
  readonly fallback: Readonly<Record<string, unknown>>;
  /** Stores the input as the spine event, deduplicated by its id. */
  readonly record: boolean;
  readonly budget: Duration | undefined;
  readonly bulkhead: BulkheadOptions | undefined;
  readonly priority: Priority | undefined;
  readonly variants: Readonly<Record<string, VariantDefinition>> | undefined;
  readonly by: string | undefined;
  readonly challengers: readonly ModelDefinition[] | undefined;
  readonly rule: ((input: never) => Readonly<Record<string, unknown>>) | undefined;
  readonly decide: ((output: never) => Readonly<Record<string, unknown>>) | undefined;
  readonly written?: readonly string[];
}

export interface Prediction<N extends string, in I, out O> extends PredictionDefinition<N> {
  /** Present in types only. */
  readonly input?: (input: I) => void;
  readonly result?: O;
}

/**
 * Defines `POST /predict/<name>`. `fallback` is answered, and said to be, when the model cannot.
 * @example
 * const delay = prediction("delay", { model: late, fallback: { score: 0.2 },
 *   decide: ({ score }) => ({ advice: score > 0.5 ? "rebook" : "wait" }) as const });
 */
export function prediction<const N extends string, I, O extends object, R extends object = Record<never, never>>(
  name: N,
  o: {
    readonly model: Model<I, O>;
    /** Answered where nothing else can be. */
    readonly fallback: NoInfer<O>;
    /** Asked for an answer where the model has none, before the fallback: what was done before there was a model. */
    readonly rule?: (input: NoInfer<I>) => NoInfer<O>;
    readonly record?: boolean;
    /** How long its model may take; then the fallback answers. Default: `10s`. */
    readonly budget?: Duration;
    readonly bulkhead?: BulkheadOptions;
    /** How it is treated under load: `high` has four times the share of `normal`, `low` a quarter, and is refused first. */
    readonly priority?: Priority;
    /** Other models that answer a share of the calls; `model` has the rest. Who is called for keeps its variant. */
    readonly variants?: Readonly<
      Record<string, { readonly model: Model<NoInfer<I>, NoInfer<O>>; readonly share: number }>
    >;
    /** The column of the row whose value keeps its variant. Default: its first reference to an entity, else its id. */
    readonly by?: string;
    /** Models that are asked for the same rows after the answer was sent: theirs are logged beside it. */
    readonly challengers?: readonly Model<NoInfer<I>, NoInfer<O>>[];
    readonly decide?: (output: NoInfer<O>) => R;
  } & About,
): Prediction<N, I, Flat<O & R>> {
  const definition: PredictionDefinition<N> = {
    kind: "prediction",
    name,
    model: o.model?.definition,
    fallback: Object.freeze({ ...o.fallback }),
    record: o.record ?? false,
    rule: o.rule as PredictionDefinition["rule"],
    budget: o.budget,
    bulkhead: o.bulkhead === undefined ? undefined : Object.freeze({ ...o.bulkhead }),
    priority: o.priority,
    variants: variantsOf(o.variants),
    by: o.by,
    challengers: o.challengers === undefined ? undefined : Object.freeze(o.challengers.map((one) => one?.definition)),
    decide: o.decide as PredictionDefinition["decide"],
    ...aboutOf(o),
    written: writtenOptions(o),
  };
  return Object.freeze(definition);
}

const variantsOf = (
  variants:
    | Readonly<Record<string, { readonly model: { readonly definition: ModelDefinition }; readonly share: number }>>
    | undefined,
): PredictionDefinition["variants"] =>
  variants === undefined
    ? undefined
    : Object.freeze(
        Object.fromEntries(
          Object.entries(variants).map(([name, one]) => [name, { model: one?.model?.definition, share: one?.share }]),
        ),
      );
