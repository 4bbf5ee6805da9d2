import type { AppDefinition, Definition } from "../define/app.ts";
import type { EntityDefinition, EntitySpine } from "../define/entity.ts";
import type { EventDefinition } from "../define/event.ts";
import type { FeaturesDefinition } from "../define/features.ts";
import type { LabelDefinition } from "../define/label.ts";
import type { ModelDefinition, ModelInput } from "../define/model.ts";
import type { OnDemandDefinition } from "../define/on-demand.ts";
import type { PredictionDefinition } from "../define/prediction.ts";
import type { Spine } from "../define/spine.ts";
import { isPlainObject } from "./check-name.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import { type DefinitionKind, hasShape } from "./shape.ts";

/** Everything that an app's `use` reaches, by kind and name, in the order of first mention. */
export interface Reached {
  readonly entities: Map<string, EntityDefinition>;
  readonly events: Map<string, EventDefinition>;
  readonly featureSets: Map<string, FeaturesDefinition>;
  readonly onDemand: Map<string, OnDemandDefinition>;
  readonly labels: Map<string, LabelDefinition>;
  readonly models: Map<string, ModelDefinition>;
  readonly predictions: Map<string, PredictionDefinition>;
}

const isEventSpine = (spine: Spine): spine is EventDefinition & Spine => spine?.kind === "event";
export const isEntitySpine = (spine: Spine): spine is EntitySpine => spine?.kind === "entitySpine";

/** Walks an app's definitions. Malformed ones are a mistake and are left out; so are two of one kind under one name. */
export function reach(app: AppDefinition, mistakes: Mistakes): Reached {
  const reached: Reached = {
    entities: new Map(),
    events: new Map(),
    featureSets: new Map(),
    onDemand: new Map(),
    labels: new Map(),
    models: new Map(),
    predictions: new Map(),
  };
  const walker = new Walker(reached, mistakes);
  for (const [index, definition] of app.use.entries()) walker.definition(definition, `use[${index}]`);
  refuseSharedName("entity", reached.entities, "event", reached.events, mistakes);
  refuseSharedName("features", reached.featureSets, "onDemand", reached.onDemand, mistakes);
  return reached;
}

/** References and inputs are by name: these kinds share one space of names. */
function refuseSharedName(
  kind: string,
  definitions: ReadonlyMap<string, unknown>,
  otherKind: string,
  others: ReadonlyMap<string, unknown>,
  mistakes: Mistakes,
): void {
  for (const name of definitions.keys()) {
    if (!others.has(name)) continue;
    mistakes.add(
      "define.duplicate",
      `${kind} ${name}`,
      `${kind} and ${otherKind} are both named "${name}"; rename one`,
    );
  }
}

class Walker {
  readonly #reached: Reached;
  readonly #mistakes: Mistakes;
  /** Definitions on the path from the root: meeting one again is a circle. */
  readonly #path: { readonly label: string; readonly definition: unknown }[] = [];

  constructor(reached: Reached, mistakes: Mistakes) {
    this.#reached = reached;
    this.#mistakes = mistakes;
  }

  definition(definition: Definition, place: string): void {
    switch (definition?.kind) {
      case "event":
        this.#event(definition, place);
        break;
      case "features":
        this.#featureSet(definition, place);
        break;
      case "prediction":
        this.#prediction(definition, place);
        break;
      default:
        this.#mistakes.add(
          "define.reference",
          place,
          `\`use\` takes events, feature sets and predictions, and reaches the rest; found ${describe(definition)}`,
        );
    }
  }

  #prediction(definition: PredictionDefinition, place: string): void {
    this.#visit("prediction", definition, place, this.#reached.predictions, sameObject, (path) => {
      this.#model(definition.model, `${path}.model`);
      for (const [name, { model }] of Object.entries(definition.variants ?? {}))
        this.#model(model, `${path}.variants.${name}`);
      for (const [index, model] of (definition.challengers ?? []).entries())
        this.#model(model, `${path}.challengers[${index}]`);
    });
  }

  #model(definition: ModelDefinition, place: string): void {
    this.#visit("model", definition, place, this.#reached.models, sameObject, (path) => {
      if (definition.source === "pretrained") {
        for (const side of ["input", "output"] as const) this.#columns(definition[side], `${path}.${side}`);
        return;
      }
      this.#label(definition.label, `${path}.label`);
      for (const [index, input] of definition.features.entries()) this.#input(input, `${path}.features[${index}]`);
    });
  }

  #input(input: ModelInput, place: string): void {
    if (input?.kind === "onDemand") this.#onDemand(input, place);
    else if (input?.kind === "pick") this.#spine(input.spine, place);
    else this.#featureSet(input, place);
  }

  #label(definition: LabelDefinition, place: string): void {
    this.#visit("label", definition, place, this.#reached.labels, sameObject, (path) => {
      this.#spine(definition.of, `${path}.of`);
      this.#event(definition.outcome.aggregate.event, `${path}.is`);
    });
  }

  #onDemand(definition: OnDemandDefinition, place: string): void {
    this.#visit("onDemand", definition, place, this.#reached.onDemand, sameObject, (path) => {
      this.#spine(definition.on, `${path}.on`);
      for (const [index, used] of definition.uses.entries()) this.#featureSet(used, `${path}.uses[${index}]`);
    });
  }

  #featureSet(definition: FeaturesDefinition, place: string): void {
    // A picked set is the same set: its columns object is shared.
    this.#visit("features", definition, place, this.#reached.featureSets, sameColumns, (path) => {
      this.#entity(definition.of, `${path}.of`);
      for (const [name, column] of Object.entries(definition.columns)) {
        this.#event(column.aggregate.event, `${path}.${name}`);
      }
      if (definition.batch?.after !== undefined) this.#event(definition.batch.after, `${path}.after`);
    });
  }

  #event(definition: EventDefinition, place: string): void {
    this.#visit("event", definition, place, this.#reached.events, sameColumns, (path) =>
      this.#columns(definition.columns, path),
    );
  }

  #columns(columns: EventDefinition["columns"], path: string): void {
    for (const [name, { spec }] of Object.entries(columns)) {
      if (spec.lookup !== undefined) this.#featureSet(spec.lookup.table, `${path}.${name}`);
      if (spec.type !== "ref") continue;
      if (spec.to?.kind === "event") this.#event(spec.to, `${path}.${name}`);
      else this.#entity(spec.to, `${path}.${name}`);
    }
  }

  #entity(definition: EntityDefinition, place: string): void {
    const same = (a: EntityDefinition, b: EntityDefinition): boolean =>
      a.keyType === b.keyType && a.owner === b.owner && a.description === b.description;
    this.#visit("entity", definition, place, this.#reached.entities, same, () => {});
  }

  #spine(spine: Spine, place: string): void {
    if (isEventSpine(spine)) this.#event(spine, place);
    else if (isEntitySpine(spine)) {
      this.#entity(spine.of, place);
      if (isFeatures(spine.while)) this.#featureSet(spine.while, `${place}.while`);
    } else {
      this.#mistakes.add("define.reference", place, `needs an event or entity.every("7d"); found ${describe(spine)}`);
    }
  }

  #visit<T extends { readonly name: string }>(
    kind: DefinitionKind,
    definition: T,
    place: string,
    known: Map<string, T>,
    same: (a: T, b: T) => boolean,
    children: (path: string) => void,
  ): void {
    const label = `${kind} ${definition?.name}`;
    const start = this.#path.findIndex((step) => step.label === label && same(step.definition as T, definition));
    if (start >= 0) {
      const circle = [...this.#path.slice(start).map((step) => step.label), label].join(" → ");
      this.#mistakes.add("define.cycle", label, `the definitions form a circle: ${circle}`);
      return;
    }
    const earlier = known.get(definition?.name);
    if (earlier !== undefined && same(earlier, definition)) return;
    if (!hasShape(kind, definition, place, this.#mistakes)) return;
    if (earlier !== undefined) {
      this.#mistakes.add("define.duplicate", label, `two ${kind} definitions are named "${definition.name}"`);
      return;
    }
    known.set(definition.name, definition);
    this.#path.push({ label, definition });
    children(label);
    this.#path.pop();
  }
}

const isFeatures = (value: unknown): value is FeaturesDefinition =>
  isPlainObject(value) && value.kind === "features" && isPlainObject(value.columns);
const sameObject = (a: unknown, b: unknown): boolean => a === b;
const sameColumns = <T extends { readonly columns: object }>(a: T, b: T): boolean => a.columns === b?.columns;
