import { outputOf } from "./check-prediction.ts";
import { breaking, type PlanChange, same } from "./diff-columns.ts";
import type { ModelPlan, Plan, PredictionPlan } from "./plan.ts";

/** What its callers would notice. */
export function diffPrediction(
  before: Plan,
  was: PredictionPlan,
  after: Plan,
  is: PredictionPlan,
  definition: string,
): readonly PlanChange[] {
  const modelOf = (plan: Plan, { model }: PredictionPlan): ModelPlan | undefined =>
    plan.models.find(({ name }) => name === model);
  const [old, now] = [modelOf(before, was), modelOf(after, is)];
  const changes: PlanChange[] = [];
  if (old !== undefined && now !== undefined && !same(outputOf(old), outputOf(now))) {
    changes.push(
      breaking(
        definition,
        "its answer has other columns",
        "callers expect the old ones; define a prediction under a new name",
      ),
    );
  }
  if (old?.spine.name !== now?.spine.name || old?.spine.kind !== now?.spine.kind) {
    changes.push(
      breaking(
        definition,
        "it is made for another row",
        "callers send the old one; define a prediction under a new name",
      ),
    );
  }
  if (was.decides && !is.decides) {
    changes.push(breaking(definition, "it no longer decides", "callers lose what decide answered"));
  }
  const rest = ({ name: _, owner: __, description: ___, ...prediction }: PredictionPlan): unknown => prediction;
  if (changes.length === 0 && !same(rest(was), rest(is))) {
    changes.push({
      kind: "safe",
      definition,
      what: "its model, fallback or options changed",
      why: "it takes effect with this build",
    });
  }
  return changes;
}
