/** The JSON of the overview, the registry and the evaluations: what the console and tools read. */
import type { CalibrationBin } from "../service/learn/evaluation-report.ts";
import type { VersionRecord } from "../service/learn/version-record.ts";
import type { Json } from "./wire.ts";
import type { SourceStatus } from "./wire-sources.ts";

export type * from "../service/learn/evaluation-report.ts";

/** One second of the overview's charts. */
export interface StatusPoint {
  readonly at: string;
  readonly eventsPerSecond: number;
  readonly predictionsPerSecond: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
}

export interface Activity {
  readonly at: string;
  /** Such as `model.promoted`, `model.trained`, `build.changed`, `key.created`. */
  readonly kind: string;
  readonly text: string;
}

/** Live quality of a version, over predictions whose label is mature. */
export interface LiveQuality {
  readonly prediction: string;
  readonly model: string;
  readonly version: number;
  readonly live: boolean;
  readonly predictions: number;
  readonly labelled: number;
  readonly waiting: number;
  readonly auc: number | null;
  readonly logLoss: number | null;
  readonly brier: number | null;
  readonly rmse: number | null;
  readonly positiveRate: number | null;
  readonly meanScore: number | null;
  readonly calibration: readonly CalibrationBin[];
  /** AUC (or RMSE) of successive batches of labels, oldest first. */
  readonly history: readonly { readonly at: string; readonly value: number; readonly labelled: number }[];
}

/** `GET /status`, and the `status` message of `/stream` (one a second). */
export interface StatusAnswer {
  /** The app clock, and how many app seconds pass in a second of the machine's. */
  readonly appNow: string;
  readonly clockRate: number;
  readonly startedAt: string;
  readonly eventsTotal: number;
  readonly predictionsTotal: number;
  readonly position: string;
  readonly applied: string;
  readonly applierLagEvents: number;
  readonly logQueueEvents: number;
  readonly rssBytes: number;
  readonly diskBytes: number;
  readonly points: readonly StatusPoint[];
  readonly quality: readonly LiveQuality[];
  readonly activity: readonly Activity[];
  readonly training: readonly {
    readonly model: string;
    readonly step: string;
    readonly done: number;
    readonly detail: string;
  }[];
  readonly sources: readonly SourceStatus[];
}

/** `GET /events/<name>/recent?limit=50` */
export interface RecentEvents {
  readonly events: readonly {
    readonly id: string;
    /** It was taken back, and counts nowhere any more. */
    readonly retracted: boolean;
    readonly at: string;
    readonly receivedAt: string;
    readonly position: string;
    readonly row: Readonly<Record<string, Json>>;
  }[];
}

/** A version as it is registered, and where it stands. */
export interface ModelVersion extends Omit<VersionRecord, "createdAtMs" | "profile"> {
  readonly createdAt: string;
  readonly live: boolean;
  /** All gates pass. */
  readonly promotable: boolean;
}

/** `GET /models` */
export interface ModelsAnswer {
  readonly models: readonly {
    readonly name: string;
    readonly source: "trained" | "pretrained";
    /** What runs a pretrained one: a rule, a process, another server. */
    readonly runs: string | null;
    /** Why that does not answer now; its predictions fall back. */
    readonly problem: string | null;
    readonly live: number | null;
    readonly versions: number;
    readonly training: boolean;
  }[];
}

/** `GET /models/<name>`: newest version first. */
export interface ModelAnswer {
  readonly name: string;
  readonly live: number | null;
  readonly previous: number | null;
  readonly versions: readonly ModelVersion[];
  readonly quality: readonly LiveQuality[];
}

/** `POST /models/<name>/versions/<n>/promote` and `POST /models/<name>/rollback` */
export interface PromotedAnswer {
  readonly model: string;
  readonly live: number;
  readonly previous: number | null;
}

/** `POST /models/<name>/train`: the run has begun; its progress is in `StatusAnswer.training`. */
export interface TrainAnswer {
  readonly model: string;
  readonly run: string;
}
