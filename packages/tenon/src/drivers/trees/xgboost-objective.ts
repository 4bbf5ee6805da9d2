import { limit } from "../../base/limit.ts";
import type { ScoreLink } from "../../engine/score/score-link.ts";
import type { ImportedModel } from "./imported-model.ts";
import type { JsonPart } from "./json-part.ts";
import { shown } from "./model-file-error.ts";

interface Objective extends Pick<ImportedModel, "objective" | "task" | "link" | "outputs"> {
  /** A base score as a raw score. */
  readonly marginOf: (base: number) => number;
}

type Known = Pick<Objective, "link" | "marginOf"> & { readonly task?: "binary" | "multiclass" };

const identity: Known = { link: { kind: "identity" }, marginOf: (base) => base };
const exp: Known = { link: { kind: "exp" }, marginOf: Math.log };
const logit = (base: number): number => -Math.log(1 / base - 1);
const sigmoid: ScoreLink = { kind: "sigmoid", slope: 1 };
const softmax: Known = { ...identity, link: { kind: "softmax" }, task: "multiclass" };

const objectives: Readonly<Record<string, Known>> = {
  "reg:squarederror": identity,
  "reg:linear": identity,
  "reg:squaredlogerror": identity,
  "reg:pseudohubererror": identity,
  "reg:absoluteerror": identity,
  "reg:quantileerror": identity,
  "reg:expectileerror": identity,
  "reg:logistic": { link: sigmoid, marginOf: logit },
  "binary:logistic": { link: sigmoid, marginOf: logit, task: "binary" },
  "binary:logitraw": identity,
  "binary:hinge": { link: { kind: "step" }, marginOf: (base) => base, task: "binary" },
  "multi:softprob": softmax,
  "multi:softmax": softmax,
  "count:poisson": exp,
  "reg:gamma": exp,
  "reg:tweedie": exp,
  "survival:cox": exp,
  "survival:aft": exp,
  "rank:pairwise": identity,
  "rank:ndcg": identity,
  "rank:map": identity,
};

export function xgboostObjective(learner: JsonPart): Objective {
  const objective = learner.at("objective", "name").text();
  const known = Object.hasOwn(objectives, objective) ? objectives[objective] : undefined;
  if (known === undefined) return learner.refuse(`its objective is ${shown(objective)}, which is not known here`);
  const parameters = learner.at("learner_model_param");
  const counted = (name: string): number =>
    parameters.at(name).isAbsent ? 0 : parameters.at(name).count({ min: 0, max: limit.modelOutputsMax });
  const classes = counted("num_class");
  const targets = Math.max(1, counted("num_target"));
  if (known.task === "multiclass" ? classes < 2 || targets > 1 : classes > 1)
    learner.refuse(`its objective is ${objective}, with ${classes} classes and ${targets} targets`);
  if (known.task === "binary" && targets > 1)
    learner.refuse(`its objective ${objective} has ${targets} targets; export a model for each`);
  return {
    ...{ objective, link: known.link, marginOf: known.marginOf, outputs: Math.max(classes, targets, 1) },
    task: known.task ?? (targets > 1 ? "values" : "regression"),
  };
}

/** What rows begin with: one base score, or from version 3.1 on one a score, in brackets. */
export function startOf(learner: JsonPart, { outputs, marginOf }: Objective): Float64Array {
  const part = learner.at("learner_model_param", "base_score");
  const texts = part
    .text()
    .replace(/^\[(.*)\]$/, "$1")
    .split(",");
  const bases = texts.map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  if (bases.length !== 1 && bases.length !== outputs)
    part.refuse(`${part.path} has ${bases.length} numbers for ${outputs} scores`);
  return Float64Array.from({ length: outputs }, (_, i) => {
    const margin = Math.fround(marginOf(Math.fround(bases[bases.length === 1 ? 0 : i]!)));
    return Number.isFinite(margin) ? margin : part.refuse(`${part.path} is ${shown(part.value)}`);
  });
}
