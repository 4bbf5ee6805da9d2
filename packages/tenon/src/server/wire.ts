/**
 * The JSON of Tenon's own HTTP, as types: what routes answer and what the client and the console read.
 * Times are ISO 8601; ages and durations are milliseconds; positions are opaque.
 */
export type * from "./wire-batches.ts";
export type * from "./wire-catalog.ts";
export type * from "./wire-consistency.ts";
export type * from "./wire-console.ts";
export type * from "./wire-sources.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457, `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly requestId: string;
  readonly errors?: readonly FieldProblem[];
}

export interface Rejected {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** `POST /events/<name>` */
export interface EventsAnswer {
  readonly accepted: number;
  readonly duplicate: number;
  /** Duplicates whose payload differs from the first one's: the first wins. */
  readonly conflict: number;
  /** Later than the event's `late`: kept as dead letters. */
  readonly late: number;
  readonly rejected: readonly Rejected[];
  readonly rejectedCount: number;
  readonly position: string;
}

/** `PUT /tables/<name>` and `DELETE /tables/<name>` */
export type PutAnswer = Pick<EventsAnswer, "accepted" | "rejected" | "rejectedCount" | "position">;

/** `POST /events/<name>/retract` */
export interface RetractAnswer {
  readonly retracted: number;
  /** Taken back before. */
  readonly duplicate: number;
  /** Ids that no event of this name has. */
  readonly unknown: readonly string[];
  readonly position: string;
}

/** `GET /events/<name>/dead` */
export interface DeadLettersAnswer {
  readonly letters: readonly {
    readonly id: string;
    readonly at: string;
    readonly receivedAt: string;
    readonly code: string;
    readonly message: string;
    readonly row: Readonly<Record<string, Json>>;
  }[];
}

/** `POST /events/<name>/dead/replay` and `…/drop` */
export interface SettledAnswer {
  readonly replayed: number;
  readonly dropped: number;
  /** Replayed ones whose id the event had already. */
  readonly duplicate: number;
  /** Ids that no open dead letter has. */
  readonly unknown: readonly string[];
  /** More are open than one call takes. */
  readonly more: boolean;
  readonly position: string;
}

export type FeatureStatus = "present" | "null" | "not-found" | "expired" | "incomplete";

/** `POST /features/<set>` */
export interface FeaturesRequest {
  readonly keys: readonly Readonly<Record<string, string | number>>[];
  readonly at?: string | number;
  readonly position?: string;
  readonly after?: string;
  readonly asOf?: "served" | "corrected";
  readonly columns?: readonly string[];
  readonly brief?: boolean;
}

export interface FeatureRow {
  readonly key: Readonly<Record<string, string | number>>;
  readonly values: Readonly<Record<string, Json>>;
  readonly statuses?: Readonly<Record<string, FeatureStatus>>;
  /** Since the latest contributing event; null where none contributed. */
  readonly ages?: Readonly<Record<string, number | null>>;
}

export interface FeaturesAnswer {
  readonly rows: readonly FeatureRow[];
  readonly at: string;
  readonly position: string;
  /** Present when the read went to the log because the online rows do not reach back far enough. */
  readonly archive?: true;
  /** Present when features are more than a second behind the log: how long the oldest event that they lack has waited. */
  readonly lagMs?: number;
}

/** `GET /entities/<entity>/keys` */
export interface EntityKeysAnswer {
  readonly keys: readonly (string | number)[];
  /** For `?after=` of the next page; null where this is the last. */
  readonly next: string | null;
}

export interface Receipt {
  readonly id: string;
  readonly model: string;
  readonly digest: string;
  /** What answered: `live`, `previous` (the version before), `rule`, `fallback`, or the name of a variant. */
  readonly variant: string;
  readonly at: string;
  readonly position: string;
  readonly featureAgeMsMax: number | null;
  readonly degraded: readonly string[];
  readonly costMicros: number;
}

/** `POST /predict/<name>`: the output, what `decide` added, the receipt, and with `?explain=features` the features. */
export type PredictAnswer = { readonly receipt: Receipt; readonly features?: FeaturesServed } & {
  readonly [output: string]: unknown;
};

export interface FeaturesServed {
  readonly values: Readonly<Record<string, Json>>;
  readonly statuses: Readonly<Record<string, FeatureStatus>>;
  readonly ages: Readonly<Record<string, number | null>>;
}

/** One logged prediction: `GET /predictions/<id>`, and in lists. */
export interface LoggedPrediction {
  readonly id: string;
  readonly prediction: string;
  readonly model: string;
  readonly at: string;
  readonly input: Readonly<Record<string, Json>>;
  readonly output: Readonly<Record<string, Json>>;
  readonly receipt: Receipt;
  readonly features: FeaturesServed;
  /** The realised label, once it is mature; null while it is not. */
  readonly label: number | boolean | null;
  /** `GET /predictions/<id>` alone: what its challengers answered for the same row; absent where none was asked. */
  readonly challengers?: readonly {
    readonly model: string;
    readonly output: Readonly<Record<string, Json>>;
    readonly degraded: readonly string[];
  }[];
  /** `?replay=true`: the prediction made again from the past, and whether its score has the same bits. */
  readonly replay?: {
    readonly same: boolean;
    readonly output: Readonly<Record<string, Json>>;
    readonly differences: readonly string[];
  };
}

/** `GET /predictions?prediction=NAME&limit=50` */
export interface PredictionsAnswer {
  readonly predictions: readonly LoggedPrediction[];
}

export interface TableDescription {
  readonly key: string;
  readonly ttlMs: number | null;
  /** Of a row that is put: the key among them. */
  readonly columns: readonly ColumnDescription[];
}

export interface ColumnDescription {
  readonly name: string;
  readonly type: "text" | "integer" | "decimal" | "real" | "flag" | "time" | "oneOf" | "ref";
  readonly nullable: boolean;
  readonly personal: boolean;
  readonly values?: readonly string[];
  readonly to?: string;
  readonly scale?: number;
  /** Not sent, but looked up in a table as events come: `plan.tier`. */
  readonly lookup?: string;
}

export interface FeatureColumnDescription {
  readonly name: string;
  readonly event: string;
  readonly aggregate: string;
  readonly column: string | null;
  readonly where: string | null;
  readonly window: string;
  /** The window begins at the multiple of this before its exact beginning. */
  readonly hopMs: number | null;
  /** The column whose values are the groups. */
  readonly by: string | null;
  /** n of lastN, k of topK, q of quantile, the half-life of the decayed ones in milliseconds. */
  readonly parameter: number | null;
  readonly type: "number" | "text" | "flag" | "time";
  /** Not one value but a list, values with counts, or a map of groups. */
  readonly many: "list" | "counts" | "groups" | null;
}

/** `GET /app`: the definitions, as the console and tools see them. */
export interface AppDescription {
  readonly name: string;
  readonly build: string;
  readonly environment: string;
  readonly tenancy: "none" | "required";
  readonly tenant: string;
  readonly version: string;
  readonly entities: readonly {
    readonly name: string;
    readonly keyType: "text" | "integer";
    readonly owner: string | null;
  }[];
  readonly events: readonly {
    readonly name: string;
    readonly columns: readonly ColumnDescription[];
    readonly lateMs: number;
    readonly keepMs: number | null;
  }[];
  readonly featureSets: readonly {
    readonly name: string;
    readonly entity: string;
    readonly keyType: "text" | "integer";
    readonly owner: string | null;
    /** Its rows are put: by which key, and how long each is valid. */
    readonly table: TableDescription | null;
    /** Runs of SQL compute it: `GET /batches/<name>` tells of them. */
    readonly batch: boolean;
    readonly columns: readonly FeatureColumnDescription[];
    /** Being filled from the log: reads are `incomplete`. 1 when done. */
    readonly backfilled: number;
  }[];
  readonly models: readonly {
    readonly name: string;
    readonly source: "trained" | "pretrained";
    readonly task: "binary" | "regression" | "rule" | "made elsewhere";
    readonly spine: string;
    readonly label: string | null;
    readonly owner: string | null;
  }[];
  readonly predictions: readonly {
    readonly name: string;
    readonly model: string;
    readonly input: readonly ColumnDescription[];
    readonly takesId: boolean;
    readonly takesAt: boolean;
    /** Its inputs are stored as events. */
    readonly records: boolean;
    /** What it is made for; `while` is the table that has to have a row of the key. */
    readonly spine: {
      readonly kind: "event" | "entity" | "none";
      readonly name: string;
      readonly while: string | null;
    };
    readonly owner: string | null;
    readonly example: Readonly<Record<string, Json>> | null;
  }[];
  /** Set while the configuration on disk does not compile: the build above goes on serving. */
  readonly configError: string | null;
}
