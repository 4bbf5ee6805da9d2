import type { AggregateFunction } from "../define/aggregate.ts";
import type { ColumnType } from "../define/column.ts";
import type { Gate } from "../define/gate.ts";
import type { Priority } from "../define/prediction.ts";
import type { GradientBoostingOptions } from "../define/trainer.ts";
import type { BatchPlan } from "./batch-plan.ts";
import type { RuntimePlan } from "./runtime-plan.ts";
import type { SourcePlan } from "./source-plan.ts";

/** The checked graph of an app: plain data, in its normal form. Functions stand beside it in `PlanFunctions`. */
export interface Plan {
  readonly app: {
    readonly name: string;
    readonly tenancy: "none" | "required";
    /** The environments that `stores` names, in order of their names. */
    readonly environments: readonly string[];
  };
  readonly entities: readonly EntityPlan[];
  readonly events: readonly EventPlan[];
  readonly lanes: readonly LanePlan[];
  readonly featureSets: readonly FeatureSetPlan[];
  readonly onDemand: readonly OnDemandPlan[];
  readonly labels: readonly LabelPlan[];
  readonly models: readonly ModelPlan[];
  readonly predictions: readonly PredictionPlan[];
}

/** The closures of an app by the name of their definition: what a build bundles. */
export interface PlanFunctions {
  readonly compute: Readonly<
    Record<string, (x: { row: object; features: object }) => Readonly<Record<string, unknown>>>
  >;
  /** Of predictions, asked before their fallbacks. */
  readonly rule: Readonly<Record<string, (input: object) => unknown>>;
  readonly decide: Readonly<Record<string, (output: object) => Readonly<Record<string, unknown>>>>;
  readonly code: Readonly<Record<string, (input: object) => Readonly<Record<string, unknown>>>>;
  /** By event: the columns of a webhook's delivery, and whose it is. */
  readonly map: Readonly<Record<string, (delivery: object) => Readonly<Record<string, unknown>>>>;
  readonly tenantOf: Readonly<Record<string, (delivery: object) => unknown>>;
}

/** What the definition says of itself. It is part of no fingerprint. */
export interface AboutPlan {
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
}

/** A plan with its functions and the fingerprint of both. */
export interface CompiledApp {
  readonly plan: Plan;
  readonly functions: PlanFunctions;
}

export interface EntityPlan extends AboutPlan {
  readonly name: string;
  readonly keyType: "text" | "integer";
}

/** Where a column's value comes from that is not sent: a table's row of the key in another column. */
export interface LookupPlan {
  readonly set: string;
  readonly column: string;
  readonly key: string;
}

export interface ColumnPlan {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly personal: boolean;
  /** Digits behind the point; 0 but for decimals. */
  readonly scale: number;
  readonly values: readonly string[];
  /** What a reference points to. */
  readonly to:
    | { readonly kind: "entity" | "event"; readonly name: string; readonly keyType: "text" | "integer" }
    | undefined;
  readonly lookup?: LookupPlan;
}

export interface EventPlan extends AboutPlan {
  readonly name: string;
  readonly columns: readonly ColumnPlan[];
  /** Of the columns: the schema id that every stored record carries. */
  readonly fingerprint: string;
  readonly lateMs: number;
  readonly keepMs: number;
  /** Of a table: its rows are put. */
  readonly table?: TableRowsPlan;
  /** Written by the runs of a batch alone. */
  readonly batch?: true;
  readonly source?: SourcePlan;
}

/** Whether it is an event as users know them: sent or pulled, and not the rows of a table or of a batch. */
export const isSent = ({ table, batch }: EventPlan): boolean => table === undefined && batch === undefined;

/** The columns that a row brings itself: they come before those that are looked up. */
export const sentColumns = ({ columns }: EventPlan): readonly ColumnPlan[] =>
  columns.filter(({ lookup }) => lookup === undefined);

export const lookedUpColumns = ({ columns }: EventPlan): readonly ColumnPlan[] =>
  columns.filter(({ lookup }) => lookup !== undefined);

/** How rows of a table are put. */
export interface TableRowsPlan {
  /** The column of the key. */
  readonly key: string;
  /** Columns that a row must have: in the log all may be null, since a row may take its key away. */
  readonly required: readonly string[];
}

/** What a row that is put carries beside its columns. */
export const putNames: readonly string[] = ["validFrom", "deleted", "receivedAt"];

/** How a lane keeps a column as a number: as it is, as the code of a dictionary, or as the hash of its text. */
export interface LaneColumnPlan {
  readonly name: string;
  readonly coded: boolean;
  readonly hashed?: true;
}

export type FilterValue = string | number | boolean | null;

/** What a column's value must be: one of the listed, none of them, or within all of the bounds. */
export interface ConditionPlan {
  readonly column: string;
  readonly anyOf?: readonly FilterValue[];
  readonly noneOf?: readonly FilterValue[];
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

/** A conjunction. */
export type FilterPlan = readonly ConditionPlan[];

/** One aggregate of a lane; `column`, `filter` and `by` are places in the lane's lists, or -1 or undefined. */
export interface CellPlan {
  readonly fn: AggregateFunction;
  readonly column: number;
  readonly filter: number;
  /** n, k, q or the half-life in milliseconds. */
  readonly parameter?: number;
  readonly by?: number;
}

/** The rows and tiles of one event by one of its references: what a feature set or a label reads. */
export interface LanePlan {
  /** The fingerprint of all below: a changed lane is a new lane, filled anew. */
  readonly id: string;
  readonly event: string;
  readonly by: { readonly column: string; readonly kind: "entity" | "event"; readonly name: string };
  readonly columns: readonly LaneColumnPlan[];
  readonly filters: readonly FilterPlan[];
  readonly cells: readonly CellPlan[];
  readonly retentionMs: number;
}

export interface FeatureColumnPlan {
  readonly name: string;
  readonly lane: number;
  readonly cell: number;
  readonly window: string;
  readonly windowMs: number;
  /** The window begins at the multiple of this before its exact beginning. */
  readonly hopMs?: number;
  /** Not one value but several: values in order, values with their counts (at most `listMax`), or a map of groups. */
  readonly many?: "list" | "counts" | "groups";
  readonly listMax?: number;
  /** What a value is: `sum` of a decimal is a number with `scale`; `last` of a text is that text. */
  readonly type: "number" | "text" | "flag" | "time";
  readonly scale: number;
}

export interface FeatureSetPlan extends AboutPlan {
  readonly name: string;
  readonly entity: string;
  readonly keyType: "text" | "integer";
  readonly version: number;
  readonly fingerprint: string;
  readonly columns: readonly FeatureColumnPlan[];
  /** Of a table: the cell that tells whether the latest row takes the key away, and how long a row is valid. */
  readonly table?: { readonly existsCell: number; readonly ttlMs?: number };
  readonly batch?: BatchPlan;
}

/** The row that a prediction is made for: its fields, and which field holds which entity's key. */
export interface SpinePlan {
  readonly kind: "event" | "entity" | "none";
  readonly name: string;
  readonly columns: readonly ColumnPlan[];
  readonly keys: Readonly<Record<string, string>>;
  /** Entity spines: the step of the examples. */
  readonly everyMs: number | undefined;
  /** Entity spines: examples only while this table has a row of the key. */
  readonly while?: string;
}

export interface OnDemandPlan extends AboutPlan {
  readonly name: string;
  readonly spine: string;
  readonly uses: readonly string[];
  /** A fingerprint of the function. */
  readonly source: string;
}

export interface LabelPlan extends AboutPlan {
  readonly name: string;
  readonly spine: SpinePlan;
  readonly task: "binary" | "regression";
  readonly lane: number;
  readonly cell: number;
  readonly scale: number;
  readonly withinMs: number;
  /** How long after the example its label is final: the window and the outcome's `late`. */
  readonly maturityMs: number;
  readonly above: number | undefined;
  /** Matched by the example's own id, or by a key that both refer to. */
  readonly matchedBy: { readonly kind: "example" } | { readonly kind: "entity"; readonly column: string };
  /** The outcome is of the example's own event, which never counts itself. */
  readonly excludesExample: boolean;
}

/** One input column of a model, in the model's order. */
export type ModelInputPlan =
  | { readonly name: string; readonly from: "spine"; readonly column: string; readonly kind: "number" | "category" }
  | {
      readonly name: string;
      readonly from: "features";
      readonly set: string;
      readonly column: string;
      readonly kind: "number" | "category";
    }
  /** All columns of an on-demand function: which they are is known once it has run. */
  | { readonly name: string; readonly from: "onDemand" };

export type ModelPlan = AboutPlan & {
  readonly name: string;
  readonly fingerprint: string;
  readonly spine: SpinePlan;
} & (
    | {
        readonly source: "trained";
        readonly label: string;
        readonly task: "binary" | "regression";
        readonly inputs: readonly ModelInputPlan[];
        /** The feature sets that serving reads, each once: inputs and what on-demand functions use. */
        readonly reads: readonly { readonly set: string; readonly keyColumn: string }[];
        readonly onDemand: readonly string[];
        readonly trainer: { readonly kind: "gradientBoosting"; readonly options: GradientBoostingOptions };
        readonly gates: readonly Pick<Gate, "metric" | "direction" | "bound">[];
      }
    | {
        readonly source: "pretrained";
        readonly output: readonly ColumnPlan[];
        /** What runs it; absent of a rule. */
        readonly runtime?: RuntimePlan;
      }
  );

export type TrainedModelPlan = Extract<ModelPlan, { source: "trained" }>;
export type PretrainedModelPlan = Extract<ModelPlan, { source: "pretrained" }>;

export interface VariantPlan {
  readonly name: string;
  readonly model: string;
  readonly share: number;
}

export interface BulkheadPlan {
  readonly concurrency?: number;
  readonly queue?: number;
  readonly share?: number;
}

export interface PredictionPlan extends AboutPlan {
  readonly name: string;
  readonly model: string;
  readonly fallback: Readonly<Record<string, unknown>>;
  readonly record: boolean;
  /** How long its model may take. */
  readonly budgetMs: number;
  /** What differs from the defaults. */
  readonly bulkhead?: BulkheadPlan;
  /** Absent where it is normal. */
  readonly priority?: Priority;
  readonly decides: boolean;
  /** Other models that answer a share of the calls; absent where there are none. */
  readonly variants?: readonly VariantPlan[];
  /** The column whose value keeps its variant; absent where the row's id does. */
  readonly by?: string;
  /** Models that are asked after the answer; absent where there are none. */
  readonly challengers?: readonly string[];
  /** Of its rule, where it has one. */
  readonly rule?: string;
}
