import { isPersonal, mayReadPersonal } from "../../plan/feature-definition.ts";
import type { Plan, PlanFunctions, SpinePlan, TrainedModelPlan } from "../../plan/plan.ts";
import { modelValue, presentValue, type StoredValue } from "../../plan/row-codec.ts";
import type { FeatureValue } from "./feature-value.ts";

/** A feature set's values of one read: online a `FeatureSetReader`, in training sets a row of columns. */
export interface SetValues {
  value(place: number): FeatureValue;
}

/** A named input of a model: where its value lies in the assembled row. */
export interface InputColumn {
  readonly name: string;
  readonly kind: "number" | "category" | "unknown";
}

/** A feature by its place: of the sets that are read, and of the set's columns. */
export interface ReadFeature {
  readonly set: number;
  readonly place: number;
}

type Source = (
  values: readonly StoredValue[],
  sets: readonly SetValues[],
  onDemand: readonly Readonly<Record<string, unknown>>[],
) => unknown;

interface FixedInput {
  readonly name: string;
  readonly source: Source;
  readonly kind: "number" | "category";
  readonly personal: boolean;
  /** Of a feature: where its value is read. */
  readonly feature?: ReadFeature;
}

/**
 * Assembles a model's inputs from the spine row, its features and the on-demand functions: the same code in training and
 * in serving, so that both see one number.
 */
export class InputRow {
  readonly spine: SpinePlan;
  /** The sets to read, and the place in the spine row of each one's key. */
  readonly reads: readonly { readonly set: string; readonly keyPlace: number }[];
  readonly #fixed: readonly FixedInput[];
  readonly #onDemand: readonly {
    readonly name: string;
    readonly compute: PlanFunctions["compute"][string];
    readonly features: readonly { readonly name: string; readonly set: number; readonly place: number }[];
    readonly isInput: boolean;
    readonly personal: boolean;
  }[];

  constructor(model: TrainedModelPlan, plan: Plan, functions: PlanFunctions) {
    this.spine = model.spine;
    const placeOf = (name: string): number => model.spine.columns.findIndex((column) => column.name === name);
    this.reads = model.reads.map(({ set, keyColumn }) => ({ set, keyPlace: placeOf(keyColumn) }));
    const setColumns = (set: string) => plan.featureSets.find((candidate) => candidate.name === set)?.columns ?? [];
    this.#fixed = model.inputs.flatMap((input): FixedInput[] => {
      if (input.from === "onDemand") return [];
      if (input.from === "spine") {
        const place = placeOf(input.column);
        const column = model.spine.columns[place];
        return [
          {
            name: input.name,
            kind: input.kind,
            personal: column.personal,
            source: (values: readonly StoredValue[]) => modelValue(column, values[place]),
          },
        ];
      }
      const read = this.reads.findIndex(({ set }) => set === input.set);
      const place = setColumns(input.set).findIndex((column) => column.name === input.column);
      const source: Source = (_, sets) => sets[read].value(place);
      const featured = setColumns(input.set)[place];
      const personal = featured !== undefined && isPersonal(plan, featured);
      return [{ name: input.name, kind: input.kind, personal, source, feature: { set: read, place } }];
    });
    this.#onDemand = model.onDemand.map((name) => ({
      name,
      personal: plan.onDemand.some((one) => one.name === name && mayReadPersonal(plan, one)),
      compute: functions.compute[name],
      isInput: model.inputs.some((input) => input.from === "onDemand" && input.name === name),
      features: (plan.onDemand.find((candidate) => candidate.name === name)?.uses ?? []).flatMap((set) =>
        setColumns(set).map((column, place) => ({
          name: column.name,
          set: this.reads.findIndex((read) => read.set === set),
          place,
        })),
      ),
    }));
  }

  /** The inputs that are known before any row; those of on-demand functions come with the first one. */
  get fixedColumns(): readonly InputColumn[] {
    return this.#fixed;
  }

  /** The inputs that are features and numbers: of many rows their columns may be taken whole. */
  get numberFeatures(): readonly (ReadFeature & { readonly name: string })[] {
    return this.#fixed.flatMap(({ name, kind, feature }) =>
      kind === "number" && feature !== undefined ? [{ name, ...feature }] : [],
    );
  }

  /** Whether an input is made of personal data, or may be. */
  isPersonal(name: string): boolean {
    const fixed = this.#fixed.find((candidate) => candidate.name === name);
    return fixed?.personal ?? this.#onDemand.some((one) => one.personal && name.startsWith(`${one.name}.`));
  }

  get hasOnDemand(): boolean {
    return this.#onDemand.length > 0;
  }

  /** The row as users' functions see it: with the envelope, times as dates, decimals unscaled. */
  presentRow(values: readonly StoredValue[], id: string | undefined, atMs: number): Readonly<Record<string, unknown>> {
    const row: Record<string, unknown> = { id: id ?? "", at: new Date(atMs) };
    for (let i = 0; i < this.spine.columns.length; i++)
      row[this.spine.columns[i].name] = presentValue(this.spine.columns[i], values[i]);
    return row;
  }

  /** Runs the on-demand functions. */
  onDemand(
    row: Readonly<Record<string, unknown>>,
    sets: readonly SetValues[],
  ): readonly Readonly<Record<string, unknown>>[] {
    return this.#onDemand.map(({ compute, features }) => {
      const read: Record<string, FeatureValue> = {};
      for (const { name, set, place } of features) read[name] = sets[set].value(place);
      return compute({ row, features: read });
    });
  }

  /** Visits every input with its name and value, but for those that were `taken`. */
  each(
    values: readonly StoredValue[],
    sets: readonly SetValues[],
    onDemand: readonly Readonly<Record<string, unknown>>[],
    visit: (name: string, value: unknown, kind: InputColumn["kind"]) => void,
    taken?: ReadonlySet<string>,
  ): void {
    for (const { name, source, kind } of this.#fixed)
      if (taken?.has(name) !== true) visit(name, source(values, sets, onDemand), kind);
    for (let i = 0; i < this.#onDemand.length; i++) {
      const { name: set, isInput } = this.#onDemand[i];
      if (!isInput) continue;
      for (const [name, value] of Object.entries(onDemand[i])) visit(`${set}.${name}`, value, "unknown");
    }
  }

  /** A function that fills a row of numbers in the order of a trained model's columns. */
  encoder(
    columns: readonly { readonly name: string; readonly categories?: readonly string[] }[],
  ): (
    values: readonly StoredValue[],
    sets: readonly SetValues[],
    onDemand: readonly Readonly<Record<string, unknown>>[],
    out: Float64Array,
  ) => void {
    const sources: Source[] = columns.map(({ name }) => this.#sourceOf(name));
    const codes = columns.map(({ categories }) =>
      categories === undefined ? undefined : new Map(categories.map((category, code) => [category, code])),
    );
    return (values, sets, onDemand, out) => {
      for (let i = 0; i < sources.length; i++) out[i] = encodeInput(sources[i](values, sets, onDemand), codes[i]);
    };
  }

  #sourceOf(name: string): Source {
    const fixed = this.#fixed.find((candidate) => candidate.name === name);
    if (fixed !== undefined) return fixed.source;
    const index = this.#onDemand.findIndex((candidate) => name.startsWith(`${candidate.name}.`));
    const field = name.slice(name.indexOf(".") + 1);
    return (_, __, onDemand) => onDemand[index]?.[field];
  }
}

/** A model's number for a value: the code of a category, NaN for what is missing or was never seen. */
function encodeInput(value: unknown, codes: ReadonlyMap<string, number> | undefined): number {
  if (codes !== undefined)
    return value === null || value === undefined ? Number.NaN : (codes.get(String(value)) ?? Number.NaN);
  return modelNumber(value);
}

/** A number for a value that is no category: times in milliseconds, flags as 0 and 1, NaN for all else. */
export function modelNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return value instanceof Date ? value.getTime() : Number.NaN;
}
