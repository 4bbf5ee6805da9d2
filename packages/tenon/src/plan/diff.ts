import { formatDurationMs } from "../base/duration.ts";
import { canonicalJson } from "../base/hash.ts";
import { nearestName } from "../base/nearest.ts";
import { aboutOf } from "../define/about.ts";
import { breaking, type ChangeKind, diffColumns, type PlanChange, same } from "./diff-columns.ts";
import { diffFeatureSet } from "./diff-features.ts";
import { diffPrediction } from "./diff-prediction.ts";
import { changedInputs, inputMeanings } from "./input-meaning.ts";
import type { EventPlan, LabelPlan, ModelPlan, Plan } from "./plan.ts";

export type { ChangeKind, PlanChange } from "./diff-columns.ts";

interface Named {
  readonly name: string;
}

/** How definitions of one kind are compared. */
interface Comparison<T extends Named> {
  readonly kind: string;
  readonly of: (plan: Plan) => readonly T[];
  readonly added: readonly [ChangeKind, why: string];
  readonly removed: readonly [ChangeKind, why: string];
  readonly changed: (was: T, is: T, definition: string) => readonly PlanChange[];
  /** Equal under another name: a definition that was renamed. */
  readonly shape: (definition: T) => unknown;
}

/** What would change if the second plan took the first's place, the gravest first. */
export function diffPlans(before: Plan, after: Plan): readonly PlanChange[] {
  const all = <T extends Named>(comparison: Comparison<T>): readonly PlanChange[] => compare(before, after, comparison);
  const changes = [
    ...diffApp(before, after),
    ...all({
      kind: "entity",
      of: (plan) => plan.entities,
      added: ["safe", "nothing refers to it yet"],
      removed: ["safe", "nothing refers to it any more"],
      shape: () => undefined,
      changed: (was, is, definition) =>
        was.keyType === is.keyType
          ? []
          : [
              breaking(
                definition,
                `its key was ${was.keyType} and is ${is.keyType}`,
                "stored keys are of the old type; define an entity under a new name",
              ),
            ],
    }),
    ...all({
      kind: "event",
      of: (plan) => plan.events.filter(({ batch }) => batch === undefined),
      added: ["safe", "it is ready for its first event"],
      removed: ["breaking", "its log stays, and it can neither be sent nor read"],
      shape: (event) => event.columns,
      changed: diffEvent,
    }),
    ...all({
      kind: "features",
      of: (plan) => plan.featureSets,
      added: ["backfill", "it is filled from the archived events before it is complete"],
      removed: ["breaking", "readers of the set are refused"],
      shape: (set) => set.fingerprint,
      changed: (was, is) => diffFeatureSet(before, was, after, is),
    }),
    ...all({
      kind: "onDemand",
      of: (plan) => plan.onDemand,
      added: ["safe", "models that list it are trained again"],
      removed: ["safe", "live versions keep their build, and with it the function"],
      shape: () => undefined,
      changed: (was, is, definition) =>
        same({ ...was, ...aboutOf(undefined) }, { ...is, ...aboutOf(undefined) })
          ? []
          : [retrain(definition, "its function, its row or its features changed")],
    }),
    ...all({
      kind: "label",
      of: (plan) => plan.labels,
      added: ["safe", "models that learn it can be trained"],
      removed: ["safe", "live versions keep their build"],
      shape: () => undefined,
      changed: (was, is, definition) =>
        same(labelParts(before, was), labelParts(after, is)) ? [] : [retrain(definition, "the outcome is another")],
    }),
    ...all({
      kind: "model",
      of: (plan) => plan.models,
      added: ["safe", "it answers the fallback until a version is live"],
      removed: ["safe", "its versions stay in the registry"],
      shape: (model) => model.fingerprint,
      changed: (was, is, definition) => diffModel(before, was, after, is, definition),
    }),
    ...all({
      kind: "prediction",
      of: (plan) => plan.predictions,
      added: ["safe", "a new address is answered"],
      removed: ["breaking", "callers of its address are refused"],
      shape: ({ name: _, owner: __, description: ___, ...prediction }) => prediction,
      changed: (was, is, definition) => diffPrediction(before, was, after, is, definition),
    }),
  ];
  const gravity: readonly ChangeKind[] = ["breaking", "backfill", "safe"];
  return changes.toSorted((a, b) => gravity.indexOf(a.kind) - gravity.indexOf(b.kind));
}

function compare<T extends Named>(before: Plan, after: Plan, o: Comparison<T>): readonly PlanChange[] {
  const old = o.of(before);
  const now = o.of(after);
  const removed = old.filter(({ name }) => !now.some((candidate) => candidate.name === name));
  const added = now.filter(({ name }) => !old.some((candidate) => candidate.name === name));
  return [
    ...removed.map((definition): PlanChange => {
      const renamed = renamedTo(definition, added, o.shape);
      const hint =
        renamed === undefined
          ? ""
          : `; if it was renamed to "${renamed}": names are durable, and a new one starts empty`;
      return {
        kind: o.removed[0],
        definition: `${o.kind} ${definition.name}`,
        what: "it is removed",
        why: o.removed[1] + hint,
      };
    }),
    ...added.map(
      ({ name }): PlanChange => ({
        kind: o.added[0],
        definition: `${o.kind} ${name}`,
        what: "it is new",
        why: o.added[1],
      }),
    ),
    ...now.flatMap((definition) => {
      const was = old.find(({ name }) => name === definition.name);
      return was === undefined ? [] : o.changed(was, definition, `${o.kind} ${definition.name}`);
    }),
  ];
}

function renamedTo<T extends Named>(
  gone: T,
  added: readonly T[],
  shape: (definition: T) => unknown,
): string | undefined {
  const text = shape(gone) === undefined ? undefined : canonicalJson(shape(gone));
  const twin = added.find((candidate) => text !== undefined && canonicalJson(shape(candidate)) === text);
  return (
    twin?.name ??
    nearestName(
      gone.name,
      added.map(({ name }) => name),
    )
  );
}

/** A label but for the columns of its spine, which are the event's own changes. */
const labelParts = (plan: Plan, { spine, lane, ...label }: LabelPlan): unknown => ({
  ...label,
  ...aboutOf(undefined),
  lane: plan.lanes[lane]?.id,
  spine: [spine.kind, spine.name, spine.everyMs, spine.while],
});

const retrain = (definition: string, what: string): PlanChange => ({
  kind: "safe",
  definition,
  what,
  why: "the live version keeps its build; retrain for the change to take effect",
});

function diffApp(before: Plan, after: Plan): readonly PlanChange[] {
  const [was, is] = [before.app.tenancy, after.app.tenancy];
  if (was === is) return [];
  const why = "stored rows belong to tenants as they were; use a new data directory";
  return [breaking(`app ${after.app.name}`, `tenancy was "${was}" and is "${is}"`, why)];
}

function diffEvent(was: EventPlan, is: EventPlan, definition: string): readonly PlanChange[] {
  const changes = [...diffColumns(definition, was.columns, is.columns)];
  const spans = (a: number, b: number): string => `was ${formatDurationMs(a)} and is ${formatDurationMs(b)}`;
  if (is.keepMs < was.keepMs) {
    const why = `events older than ${formatDurationMs(is.keepMs)} are no longer in any window's reach`;
    changes.push(breaking(definition, `keep ${spans(was.keepMs, is.keepMs)}`, why));
  } else if (is.keepMs > was.keepMs) {
    changes.push({
      kind: "safe",
      definition,
      what: `keep ${spans(was.keepMs, is.keepMs)}`,
      why: "longer windows may be asked from now on",
    });
  }
  if (!same(was.source ?? null, is.source ?? null)) {
    const why = "rows come from it from this build on; what was taken stays";
    changes.push({ kind: "safe", definition, what: "its source changed", why });
  }
  if (is.lateMs !== was.lateMs) {
    changes.push({
      kind: "safe",
      definition,
      what: `late ${spans(was.lateMs, is.lateMs)}`,
      why: "it holds for events from now on; labels mature accordingly",
    });
  }
  return changes;
}

function diffModel(
  before: Plan,
  was: ModelPlan,
  after: Plan,
  is: ModelPlan,
  definition: string,
): readonly PlanChange[] {
  if (was.fingerprint === is.fingerprint) return [];
  if (was.source === "trained" && is.source === "trained") {
    const changed = changedInputs(inputMeanings(before, was), inputMeanings(after, is));
    if (changed.length === 0) return [retrain(definition, "its label, inputs or trainer changed")];
    const what = `its inputs ${changed.join(", ")} changed or are gone`;
    if (canonicalJson(was.spine) === canonicalJson(is.spine)) {
      const why = "train again: until a new version is live, the live one is served by the build that it learnt by";
      return [{ kind: "backfill", definition, what, why }];
    }
    const why = "its row changed, too: the fallback answers until a new version is live";
    return [breaking(definition, what, why)];
  }
  if (was.source !== is.source)
    return [
      {
        kind: "safe",
        definition,
        what: `it was ${was.source} and is ${is.source}`,
        why: "it takes effect with this build",
      },
    ];
  const inputs = diffColumns(definition, was.spine.columns, is.spine.columns);
  return [...inputs, { kind: "safe", definition, what: "its rule changed", why: "it takes effect with this build" }];
}
