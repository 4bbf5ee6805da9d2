import { canonicalJson } from "../../base/hash.ts";
import type { TreeModel } from "../../engine/train/tree-model.ts";
import { changedInputs, inputMeanings } from "../../plan/input-meaning.ts";
import type { CompiledApp, ModelPlan, Plan } from "../../plan/plan.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import type { FeatureSetReader } from "./feature-set-reader.ts";
import { InputRow } from "./input-row.ts";
import type { RuntimeModels } from "./runtimes.ts";

/** A model version that is loaded to serve. */
export interface ServedVersion {
  readonly version: number;
  readonly digest: string;
  readonly trees: TreeModel;
  /** What each input meant when it was trained. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The build that it was trained by. */
  readonly build?: string;
}

export interface PredictorParts {
  readonly app: CompiledApp;
  readonly build: string;
  readonly online: OnlineReader;
  readonly nowMs: () => number;
  readonly readers: ReadonlyMap<string, FeatureSetReader>;
  readonly runtimes: RuntimeModels;
}

/** Where a version's inputs come from: the definitions of a build, and readers of its features. */
export interface Inputs {
  readonly build: string;
  readonly online: OnlineReader;
  readonly row: InputRow | undefined;
  readonly readers: readonly FeatureSetReader[];
}

export function inputsOf(model: ModelPlan, { app, build, online, readers }: PredictorParts): Inputs {
  const row = model.source === "trained" ? new InputRow(model, app.plan, app.functions) : undefined;
  return { build, online, row, readers: (row?.reads ?? []).map(({ set }) => readers.get(set)!) };
}

const isSameSpine = (a: ModelPlan, b: ModelPlan): boolean => canonicalJson(a.spine) === canonicalJson(b.spine);

/** The inputs of a version's own build, where that takes the rows that the present model does. */
export function ownInputs({ inputs }: ServedVersion, present: ModelPlan, own: PredictorParts): Inputs | undefined {
  const model = own.app.plan.models.find(({ name }) => name === present.name);
  if (model?.source !== "trained" || inputs === undefined || !isSameSpine(model, present)) return undefined;
  return changedInputs(inputs, inputMeanings(own.app.plan, model)).length > 0 ? undefined : inputsOf(model, own);
}

/** Why a version cannot be asked by a build: it computes an input otherwise than the one that the version learnt. */
export function staleReason(
  { inputs }: Pick<ServedVersion, "inputs">,
  model: ModelPlan,
  plan: Plan,
): string | undefined {
  if (inputs === undefined || model.source !== "trained") return undefined;
  const changed = changedInputs(inputs, inputMeanings(plan, model));
  if (changed.length === 0) return undefined;
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : "";
  return `the live version was trained on other inputs, train again: ${changed.slice(0, 3).join(", ")}${more}`;
}
