import { fingerprint } from "../base/hash.ts";
import { aboutOf } from "../define/about.ts";
import type { ModelDefinition, PretrainedModelDefinition, TrainedModelDefinition } from "../define/model.ts";
import { checkGates } from "./check-gate.ts";
import { checkTrainer } from "./check-trainer.ts";
import { compileColumns } from "./compile-columns.ts";
import { refuseLookups } from "./compile-lookups.ts";
import { compileRuntime } from "./compile-runtime.ts";
import type { Compiling } from "./compiling.ts";
import { checkInputNames, inputsOf } from "./model-input.ts";
import type { FeatureSetPlan, LabelPlan, ModelPlan, SpinePlan, TrainedModelPlan } from "./plan.ts";

/** A model's inputs in order, and what serving has to read for them. */
export function compileModel(
  model: ModelDefinition,
  featureSets: readonly FeatureSetPlan[],
  labels: readonly LabelPlan[],
  compiling: Compiling,
): ModelPlan | undefined {
  return model.source === "pretrained"
    ? compilePretrained(model, compiling)
    : compileTrained(model, featureSets, labels, compiling);
}

function compilePretrained(model: PretrainedModelDefinition, compiling: Compiling): ModelPlan | undefined {
  refuseLookups(model.input, `model ${model.name}.input`, compiling.mistakes);
  const columns = compileColumns(model.input);
  const output = compileColumns(model.output);
  if (output.length === 0) {
    compiling.mistakes.add("define.reference", `model ${model.name}.output`, "a model answers at least one column");
  }
  const spine: SpinePlan = { kind: "none", name: model.name, columns, keys: {}, everyMs: undefined };
  const { name, code } = model;
  if (model.runtime === undefined) {
    const written = code === undefined ? undefined : compiling.sourceOf(code, name);
    const made = fingerprint({ columns, output, code: written });
    return { name, ...aboutOf(model), source: "pretrained", fingerprint: made, spine, output };
  }
  const path = `model ${name}.runtime`;
  const runtime = compileRuntime(
    name,
    model.runtime,
    { input: columns, output },
    { path, mistakes: compiling.mistakes },
  );
  if (runtime === undefined) return undefined;
  const made = fingerprint({ columns, output, runtime });
  return { name, ...aboutOf(model), source: "pretrained", fingerprint: made, spine, output, runtime };
}

function compileTrained(
  model: TrainedModelDefinition,
  featureSets: readonly FeatureSetPlan[],
  labels: readonly LabelPlan[],
  compiling: Compiling,
): ModelPlan | undefined {
  const path = `model ${model.name}`;
  checkTrainer(model.trainer, `${path}.trainer`, compiling.mistakes);
  const label = labels.find((candidate) => candidate.name === model.label?.name);
  if (label === undefined) return undefined;
  checkGates(model.gates, label.task, `${path}.gates`, compiling.mistakes);
  const known = model.features.filter((input) => input !== null && typeof input === "object");
  const inputs = known.flatMap((input) => inputsOf(input, label.spine, featureSets, path, compiling));
  checkInputNames(inputs, path, compiling);
  if (model.features.length === 0) {
    compiling.mistakes.add("define.reference", `${path}.features`, "a model needs at least one input");
  }
  const onDemand = known.filter((input) => input.kind === "onDemand");
  const setNames = new Set([
    ...inputs.flatMap((input) => (input.from === "features" ? [input.set] : [])),
    ...onDemand.flatMap((input) => input.uses.map((used) => used.name)),
  ]);
  const sets = featureSets.filter((set) => setNames.has(set.name));
  const reads = sets.map((set) => ({ set: set.name, keyColumn: keyColumnOf(set, label.spine, path, compiling) }));
  const plan: Omit<TrainedModelPlan, "fingerprint"> = {
    name: model.name,
    ...aboutOf(model),
    source: "trained",
    spine: label.spine,
    label: label.name,
    task: label.task,
    inputs,
    reads,
    onDemand: onDemand.map((input) => input.name),
    trainer: { kind: "gradientBoosting", options: model.trainer?.options ?? {} },
    gates: model.gates.map((gate) => ({ metric: gate?.metric, direction: gate?.direction, bound: gate?.bound })),
  };
  return {
    ...plan,
    fingerprint: fingerprint({
      ...plan,
      ...aboutOf(undefined),
      gates: undefined,
      // By name: which set was defined first is not part of the model.
      reads: Object.fromEntries(
        sets.map((set, index) => [set.name, [reads[index]!.keyColumn, set.fingerprint]] as const),
      ),
      spine: spineParts(label.spine, inputs, reads, onDemand.length > 0),
      label: { ...label, ...aboutOf(undefined), spine: undefined, lane: compiling.lanes.lanes[label.lane]?.id },
      functions: onDemand.map((input) => compiling.sourceOf(input.compute, input.name)),
    }),
  };
}

/** What a model takes from its spine: a column that no input reads may come and go. A function may read any. */
function spineParts(
  spine: SpinePlan,
  inputs: TrainedModelPlan["inputs"],
  reads: TrainedModelPlan["reads"],
  all: boolean,
): SpinePlan {
  const isRead = (name: string): boolean =>
    reads.some((read) => read.keyColumn === name) ||
    inputs.some((input) => input.from === "spine" && input.column === name);
  return { ...spine, keys: {}, columns: spine.columns.filter(({ name }) => all || isRead(name)) };
}

function keyColumnOf(set: FeatureSetPlan, spine: SpinePlan, path: string, compiling: Compiling): string {
  const columns = spine.columns.filter((column) => column.to?.kind === "entity" && column.to.name === set.entity);
  if (columns.length === 1) return columns[0]!.name;
  const names = columns.map((column) => column.name).join(", ");
  const found = columns.length === 0 ? "no column" : `${columns.length} columns (${names})`;
  compiling.mistakes.add(
    "define.entity",
    `${path}.features`,
    `features "${set.name}" are of entity "${set.entity}", to which the spine "${spine.name}" has ${found} that refer; it needs exactly one`,
  );
  return "";
}
