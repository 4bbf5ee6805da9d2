import type { ScoreLink } from "../../engine/score/score-link.ts";
import type { ImportedModel } from "./imported-model.ts";
import { type Refuse, shown } from "./model-file-error.ts";

const identity: ScoreLink = { kind: "identity" };
const exp: ScoreLink = { kind: "exp" };

/** Objectives with one score that are no classification. */
const links: Readonly<Record<string, ScoreLink>> = {
  regression: identity,
  regression_l1: identity,
  huber: identity,
  fair: identity,
  quantile: identity,
  mape: identity,
  lambdarank: identity,
  rank_xendcg: identity,
  poisson: exp,
  gamma: exp,
  tweedie: exp,
  cross_entropy: { kind: "sigmoid", slope: 1 },
  cross_entropy_lambda: { kind: "logOnePlusExp" },
};

/** What the head's line says, such as `binary sigmoid:1` or `multiclass num_class:3`. */
export function lightgbmObjective(
  line: string | undefined,
  o: { perIteration: number; classCount: number; refuse: Refuse },
): Pick<ImportedModel, "objective" | "task" | "link"> {
  const [objective = "custom", ...options] = line?.split(" ") ?? [];
  const isMulticlass = objective === "multiclass" || objective === "multiclassova";
  if (isMulticlass ? o.perIteration !== o.classCount || o.classCount < 2 : o.perIteration > 1 && objective !== "custom")
    o.refuse(`its objective is ${objective}, with ${o.classCount} classes and ${o.perIteration} trees a round`);
  if (objective === "multiclass") return { objective, task: "multiclass", link: { kind: "softmax" } };
  if (isMulticlass || objective === "binary") {
    const slope = Number(options.find((option) => option.startsWith("sigmoid:"))?.slice("sigmoid:".length) ?? 1);
    if (!(slope > 0 && slope < Number.POSITIVE_INFINITY)) o.refuse(`its objective is ${shown(line)}`);
    return { objective, task: isMulticlass ? "multiclass" : "binary", link: { kind: "sigmoid", slope } };
  }
  const task = o.perIteration === 1 ? "regression" : "values";
  if (objective === "custom") return { objective, task, link: identity };
  const link = Object.hasOwn(links, objective) ? links[objective] : undefined;
  if (link === undefined) return o.refuse(`its objective is ${shown(objective)}, which is not known here`);
  if (options.includes("sqrt")) return { objective, task, link: { kind: "signedSquare" } };
  return { objective, task, link };
}
