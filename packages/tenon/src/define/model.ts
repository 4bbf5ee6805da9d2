import { type About, aboutOf, type Described } from "./about.ts";
import type { Columns, RowOf } from "./column.ts";
import type { FeaturesDefinition } from "./features.ts";
import { frozenList, writtenOptions } from "./frozen.ts";
import type { Gate } from "./gate.ts";
import type { LabelDefinition, OutputOf, Task } from "./label.ts";
import type { FeaturesFit, OnDemandDefinition, PickedColumns } from "./on-demand.ts";
import type { RuntimeDefinition } from "./runtime.ts";
import type { RowOfSpine, Spine, TypeMessage } from "./spine.ts";
import type { Trainer } from "./trainer.ts";

export type ModelInput = FeaturesDefinition | OnDemandDefinition | PickedColumns;

/** A model that Tenon trains, as data. */
export interface TrainedModelDefinition extends Described {
  readonly kind: "model";
  readonly source: "trained";
  readonly name: string;
  readonly label: LabelDefinition;
  readonly features: readonly ModelInput[];
  readonly trainer: Trainer;
  readonly gates: readonly Gate[];
  readonly written?: readonly string[];
}

/** A model that needs no training, as data. */
export interface PretrainedModelDefinition extends Described {
  readonly kind: "model";
  readonly source: "pretrained";
  readonly name: string;
  readonly input: Columns;
  readonly output: Columns;
  /** A rule in TypeScript, pure like on-demand features. */
  readonly code: ((input: never) => Readonly<Record<string, unknown>>) | undefined;
  /** What runs it, where it is no rule. */
  readonly runtime: RuntimeDefinition | undefined;
  readonly written?: readonly string[];
}

export type ModelDefinition = TrainedModelDefinition | PretrainedModelDefinition;

/** A model that takes `I` and answers `O`. */
export interface Model<in I, out O> {
  readonly definition: ModelDefinition;
  /** Present in types only. */
  readonly input?: (input: I) => void;
  readonly output?: O;
}

/** A model's input, or a sentence where the input is of something that the model's examples are not. */
type InputFits<F, S extends Spine> = F extends FeaturesDefinition
  ? FeaturesFit<F, S>
  : F extends { readonly name: infer N extends string; readonly of?: infer O }
    ? [O] extends [{ readonly kind: S["kind"]; readonly name: S["name"] } | undefined]
      ? F
      : TypeMessage<`"${N}" is of another row than the model's examples, which are of "${S["name"]}"`>
    : never;

type FitsTask<T, V> = T extends { readonly forTask?: (task: infer A) => void }
  ? [Task<V>] extends [A]
    ? T
    : TypeMessage<`the label's task is ${Task<V>}, and this is for ${A & string}`>
  : never;

/**
 * Defines a model that Tenon trains. Its inputs are only what `features` lists.
 * @example
 * const churn = model("churn", { label: churned, features: [spend], trainer: gradientBoosting({ seed: 1 }) });
 */
export function model<
  const N extends string,
  S extends Spine,
  V,
  const F extends readonly ModelInput[],
  T extends Trainer,
  const G extends readonly Gate[] = readonly [],
>(
  name: N,
  o: {
    readonly label: LabelDefinition<string, S, V>;
    readonly features: F & { readonly [I in keyof F]: InputFits<F[I], S> };
    readonly trainer: T & FitsTask<T, V>;
    readonly gates?: G & { readonly [I in keyof G]: FitsTask<G[I], V> };
  } & About,
): Model<RowOfSpine<S>, OutputOf<V>> {
  const features: readonly ModelInput[] = o.features;
  const gates: readonly Gate[] = o.gates ?? [];
  const definition: TrainedModelDefinition = Object.freeze({
    kind: "model",
    source: "trained",
    name,
    label: o.label,
    features: frozenList(features),
    trainer: o.trainer,
    gates: frozenList(gates),
    ...aboutOf(o),
    written: writtenOptions(o),
  });
  return Object.freeze({ definition });
}

/**
 * Defines a model that needs no training here and no events.
 * @example
 * const limit = pretrained("limit", { input: { cents: c.integer() }, output: { ok: c.flag() },
 *   code: ({ cents }) => ({ ok: cents < 50_000 }) });
 */
export function pretrained<const I extends Columns, const O extends Columns>(
  name: string,
  o: {
    readonly input: I;
    readonly output: O;
  } & (
    | {
        /** A rule in TypeScript: a model that needs no events. It is pure, like on-demand features. */
        readonly code: (input: RowOf<I>) => RowOf<O>;
        readonly runtime?: never;
      }
    | {
        /** What runs a model that was made elsewhere: `trees`, `process` or `remote`. */
        readonly runtime: RuntimeDefinition;
        readonly code?: never;
      }
  ) &
    About,
): Model<RowOf<I>, RowOf<O>> {
  const definition: PretrainedModelDefinition = Object.freeze({
    kind: "model",
    source: "pretrained",
    name,
    input: o.input,
    output: o.output,
    code: o.code,
    runtime: o.runtime,
    ...aboutOf(o),
    written: writtenOptions(o),
  });
  return Object.freeze({ definition });
}
