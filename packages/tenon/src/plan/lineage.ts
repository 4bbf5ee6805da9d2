import { scheduleText } from "./batch-plan.ts";
import { definitionText, featureDefinition } from "./feature-definition.ts";
import { typeOf } from "./fits.ts";
import type {
  AboutPlan,
  ColumnPlan,
  EventPlan,
  FeatureSetPlan,
  FilterPlan,
  LabelPlan,
  LanePlan,
  ModelPlan,
  Plan,
} from "./plan.ts";
import { runtimeText } from "./runtime-plan.ts";

export type LineageKind =
  | "event"
  | "table"
  | "eventColumn"
  | "features"
  | "batch"
  | "feature"
  | "onDemand"
  | "label"
  | "model"
  | "prediction";

/** A definition, or a column of one. */
export interface LineageNode {
  /** `feature:spend.paid_30d`: unique, where a name alone may be a model's and a prediction's. */
  readonly id: string;
  readonly kind: LineageKind;
  readonly name: string;
  /** Of a column: the event or feature set that it is of. */
  readonly of: string | null;
  /** What it is, on one line. */
  readonly text: string;
  readonly owner: string | null;
  readonly description: string | null;
}

/** What the value at `from` does for `to`. `mayRead` is of functions and of SQL: which columns they look at is theirs to know. */
export type LineageRole =
  | "key"
  | "value"
  | "filter"
  | "group"
  | "example"
  | "while"
  | "input"
  | "mayRead"
  | "lookup"
  | "label"
  | "serves";

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly role: LineageRole;
}

/** Where values come from and go to: from event columns by features, functions and labels to models and predictions. */
export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export const lineageOf = (plan: Plan): Lineage => ({ nodes: nodesOf(plan), edges: edgesOf(plan) });

const about = ({ owner, description }: AboutPlan): Pick<LineageNode, "owner" | "description"> => ({
  owner: owner ?? null,
  description: description ?? null,
});

function nodesOf(plan: Plan): LineageNode[] {
  const node = (kind: LineageKind, name: string, text: string, told: AboutPlan, of: string | null = null) => ({
    id: `${kind}:${name}`,
    kind,
    name,
    of,
    text,
    ...about(told),
  });
  return [
    ...plan.events
      .filter(({ batch }) => batch === undefined)
      .flatMap((event) => {
        const kind = event.table === undefined ? "event" : "table";
        const self = node(kind, event.name, sourceText(event.source?.kind, kind), event);
        const columns = writtenColumns(event).map((column) =>
          node(
            "eventColumn",
            `${event.name}.${column.name}`,
            typeOf(column),
            { owner: event.owner, description: undefined },
            self.id,
          ),
        );
        return [self, ...columns];
      }),
    ...plan.featureSets.flatMap((set) => {
      const self =
        set.batch === undefined
          ? node("features", set.name, `features of ${set.entity}`, set)
          : node("batch", set.name, `SQL, ${scheduleText(set.batch.schedule)}`, set);
      const columns = set.columns.map((column) => {
        const text = set.batch === undefined ? definitionText(featureDefinition(plan, column)) : "computed by SQL";
        const told = { owner: set.owner, description: undefined };
        return node("feature", `${set.name}.${column.name}`, text, told, self.id);
      });
      return [self, ...columns];
    }),
    ...plan.onDemand.map((onDemand) => node("onDemand", onDemand.name, "computed at the request", onDemand)),
    ...plan.labels.map((label) => node("label", label.name, `${label.task} label`, label)),
    ...plan.models.map((model) => node("model", model.name, modelText(model), model)),
    ...plan.predictions.map((prediction) =>
      node("prediction", prediction.name, `POST /predict/${prediction.name}`, prediction),
    ),
  ];
}

const sourceText = (source: string | undefined, kind: "event" | "table"): string =>
  source === undefined ? (kind === "table" ? "its rows are put" : "it is sent") : `from ${source}`;

const modelText = (model: ModelPlan): string =>
  model.source === "pretrained" ? runtimeText(model.runtime) : `${model.task}, ${model.trainer.kind}`;

function edgesOf(plan: Plan): LineageEdge[] {
  const edges = [
    ...plan.events.flatMap((event) =>
      event.columns.flatMap(({ name, lookup }) =>
        lookup === undefined
          ? []
          : [edge(`eventColumn:${lookup.set}.${lookup.column}`, `eventColumn:${event.name}.${name}`, "lookup")],
      ),
    ),
    ...plan.featureSets.flatMap((set) => featureEdges(plan, set)),
    ...plan.onDemand.flatMap(({ name, spine, uses }) => [
      ...spineColumns(plan, spine).map((from) => edge(from, `onDemand:${name}`, "mayRead")),
      ...plan.featureSets
        .filter((set) => uses.includes(set.name))
        .flatMap((set) => featureIds(set).map((from) => edge(from, `onDemand:${name}`, "mayRead"))),
    ]),
    ...plan.labels.flatMap((label) => labelEdges(plan, label)),
    ...plan.models.flatMap(modelEdges),
    ...plan.predictions.flatMap(({ name, model, variants = [], challengers = [] }) =>
      [model, ...variants.map((one) => one.model), ...challengers].map((of) =>
        edge(`model:${of}`, `prediction:${name}`, "serves"),
      ),
    ),
  ];
  const known = new Map(edges.map((one) => [`${one.from} ${one.to} ${one.role}`, one]));
  return [...known.values()];
}

const edge = (from: string, to: string, role: LineageRole): LineageEdge => ({ from, to, role });
const featureIds = (set: FeatureSetPlan): string[] => set.columns.map(({ name }) => `feature:${set.name}.${name}`);

const spineColumns = (plan: Plan, spine: string): string[] => {
  const event = plan.events.find(({ name }) => name === spine);
  return event === undefined ? [] : writtenColumns(event).map(({ name }) => `eventColumn:${spine}.${name}`);
};

/** That a row of a table takes its key away is no column that anybody wrote. */
const writtenColumns = ({ columns, table }: EventPlan): readonly ColumnPlan[] =>
  table === undefined ? columns : columns.filter(({ name }) => name !== "deleted");

function featureEdges(plan: Plan, set: FeatureSetPlan): LineageEdge[] {
  const { batch } = set;
  if (batch !== undefined) {
    const read = batch.reads.flatMap((name) => relationColumns(plan, name));
    return featureIds(set).flatMap((to) => read.map((from) => edge(from, to, "mayRead")));
  }
  return set.columns.flatMap((column) => cellEdges(plan, column, `feature:${set.name}.${column.name}`));
}

/** What SQL finds under a name: the rows of an event or a table, or a set's values. */
function relationColumns(plan: Plan, name: string): string[] {
  const set = plan.featureSets.find((candidate) => candidate.name === name);
  if (set === undefined || set.table !== undefined) return spineColumns(plan, name);
  // Lists and maps are left out in SQL.
  return featureIds({ ...set, columns: set.columns.filter(({ many }) => many === undefined) });
}

/** The event columns that an aggregate looks at. */
function cellEdges(plan: Plan, at: { readonly lane: number; readonly cell: number }, to: string): LineageEdge[] {
  const lane = plan.lanes[at.lane]!;
  const { column, filter, by } = lane.cells[at.cell]!;
  const from = (name: string): string => `eventColumn:${lane.event}.${name}`;
  const kept = (place: number): string => from(lane.columns[place]!.name);
  return [
    edge(from(lane.by.column), to, "key"),
    ...(column < 0 ? [] : [edge(kept(column), to, "value")]),
    ...(filter < 0 ? [] : filterColumns(lane, filter).map((name) => edge(from(name), to, "filter"))),
    ...(by === undefined ? [] : [edge(kept(by), to, "group")]),
  ];
}

const filterColumns = ({ filters }: LanePlan, place: number): string[] => {
  const filter: FilterPlan = filters[place]!;
  return filter.map(({ column }) => column);
};

function labelEdges(plan: Plan, label: LabelPlan): LineageEdge[] {
  const to = `label:${label.name}`;
  const { spine } = label;
  return [
    ...cellEdges(plan, label, to),
    ...(spine.kind === "event" ? [edge(`event:${spine.name}`, to, "example")] : []),
    ...(spine.while === undefined ? [] : [edge(`features:${spine.while}`, to, "while")]),
  ];
}

function modelEdges(model: ModelPlan): LineageEdge[] {
  if (model.source === "pretrained") return [];
  const to = `model:${model.name}`;
  const inputs = model.inputs.flatMap((input) => {
    if (input.from === "features") return [edge(`feature:${input.set}.${input.column}`, to, "input")];
    if (input.from === "onDemand") return [edge(`onDemand:${input.name}`, to, "input")];
    // The key of an entity at a step is no column of an event.
    return model.spine.kind === "event" ? [edge(`eventColumn:${model.spine.name}.${input.column}`, to, "input")] : [];
  });
  return [...inputs, edge(`label:${model.label}`, to, "label")];
}
