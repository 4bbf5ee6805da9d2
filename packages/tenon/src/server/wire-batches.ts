/** A run of a batch, or a backfill of past times of its schedule. */
export interface BatchRunStatus {
  readonly state: "running" | "published" | "failed";
  readonly kind: "run" | "backfill";
  /** The time that it was computed for; of a backfill the last one. */
  readonly asOf: string;
  /** Of a backfill: the first time, and how many there are. */
  readonly from: string | null;
  readonly times: number;
  readonly startedAt: string;
  readonly durationMs: number | null;
  /** Of all tenants; null for who is not the owner of an app with tenants. */
  readonly rows: number | null;
  /** Its message is told to the owner: it may name a key of any tenant. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** `GET /batches/<name>` */
export interface BatchStatus {
  readonly name: string;
  readonly entity: string;
  readonly owner: string | null;
  readonly schedule: string;
  readonly reads: readonly string[];
  readonly sql: string;
  /** `waiting` for its first run, `failing` where the newest run failed. */
  readonly state: "waiting" | "running" | "ok" | "failing";
  /** The next run should have been published long ago. */
  readonly late: boolean;
  /** Since the time that the latest published run was computed for. */
  readonly ageMs: number | null;
  readonly nextAt: string | null;
  readonly progress: { readonly step: string; readonly done: number } | null;
  /** Newest first. */
  readonly runs: readonly BatchRunStatus[];
}

/** `GET /batches` */
export interface BatchesAnswer {
  readonly batches: readonly BatchStatus[];
}

/** `POST /batches/<name>/run` and `/backfill`: what has begun. */
export interface BatchBegun {
  readonly batch: string;
  readonly state: "running";
}
