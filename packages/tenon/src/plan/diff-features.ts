import type { ChangeKind, PlanChange } from "./diff-columns.ts";
import { meaningOf } from "./input-meaning.ts";
import type { FeatureColumnPlan, FeatureSetPlan, Plan } from "./plan.ts";

/** The changes of one feature set, column by column. A changed window has another name: a removed and a new column. */
export function diffFeatureSet(
  before: Plan,
  was: FeatureSetPlan,
  after: Plan,
  is: FeatureSetPlan,
): readonly PlanChange[] {
  const definition = `features ${is.name}`;
  if (was.entity !== is.entity || was.keyType !== is.keyType) {
    const what = `was of entity "${was.entity}" (${was.keyType}) and is of "${is.entity}" (${is.keyType})`;
    return [
      { kind: "breaking", definition, what, why: "readers ask with the old keys; define a set under a new name" },
    ];
  }
  const changes: PlanChange[] = [];
  const add = (kind: ChangeKind, what: string, why: string): void => void changes.push({ kind, definition, what, why });
  for (const { name } of was.columns) {
    if (is.columns.some((column) => column.name === name)) continue;
    add(
      "breaking",
      `column "${name}" is removed`,
      "readers of the set lose it; models that took it are told by the plan",
    );
  }
  for (const column of is.columns) {
    const old = was.columns.find((candidate) => candidate.name === column.name);
    if (old === undefined) {
      add(
        "backfill",
        `column "${column.name}" is added`,
        "it is filled from the archived events before it is complete",
      );
    } else if (typeOf(old) !== typeOf(column)) {
      add(
        "breaking",
        `column "${column.name}" was ${typeOf(old)} and is ${typeOf(column)}`,
        "readers expect the old type; use a new name",
      );
    } else if (meaningOf(before, old) !== meaningOf(after, column)) {
      add(
        "backfill",
        `column "${column.name}" is computed otherwise`,
        "its values are filled anew from the archived events; models that take it are trained again",
      );
    }
  }
  if (was.version !== is.version) {
    add(
      "backfill",
      `version ${was.version} is version ${is.version} now`,
      "the whole set is filled anew, as a new version asks",
    );
  }
  return changes;
}

const typeOf = ({ type, many }: FeatureColumnPlan): string => (many === undefined ? type : `${many} of ${type}`);
