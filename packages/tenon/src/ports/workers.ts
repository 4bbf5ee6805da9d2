import type { Plan } from "../plan/plan.ts";
import type { LogItem } from "./event-log.ts";

/** The names and numbers that threads reading the log need. */
export interface WorkerCatalogue {
  readonly topics: Readonly<Record<string, number>>;
  readonly schemas: readonly {
    readonly id: number;
    readonly event: string;
    readonly columns: Plan["events"][number]["columns"];
  }[];
}

/** What taking events to a lane has cost, as far as it was measured. */
export interface UpdateCost {
  readonly updates: number;
  /** Of the applier's thread, commits included. */
  readonly cpuMicros: number;
}

/** The thread that takes the log to the online store. */
export interface ApplierControl {
  /** The last applied position. */
  readonly appliedSeq: number;
  /** Lanes that are being filled from the log, with how far they are. */
  readonly filling: Readonly<Record<string, number>>;
  /** By lane, since the thread started. */
  readonly costs: Readonly<Record<string, UpdateCost>>;
  /** Plans whose lanes are kept: the one that serves, and those of versions that are served by their own builds. */
  setPlans(plans: readonly Plan[], catalogue: WorkerCatalogue): void;
  drop(tenants: readonly number[], laneIds: readonly string[]): void;
  /** Rows of these lanes that lie before a time may go: no read of the online store reaches them. */
  keepFrom(laneTimes: Readonly<Record<string, number>>): void;
  /** True once the position is applied, false after the time. */
  waitFor(seq: number, timeoutMs: number): Promise<boolean>;
  onFilling(listener: (laneIds: readonly string[]) => void): void;
  close(): Promise<void>;
}

export interface LearnRequest {
  readonly model: string;
  readonly buildId: string;
  readonly seqMax: number;
  readonly nowMs: number;
  readonly rowsMax: number;
  readonly catalogue: WorkerCatalogue;
  /** Stop after the snapshot. */
  readonly datasetOnly: boolean;
}

export interface LearnProgress {
  readonly step: string;
  readonly done: number;
  readonly detail: string;
}

/** A snapshot's manifest: what a training set is, and what it was made of. */
export interface SnapshotManifest {
  readonly model: string;
  readonly rows: number;
  readonly labelled: number;
  readonly immature: number;
  readonly unlabelled: number;
  readonly contentSha256: string;
  readonly build: string;
  readonly position: string;
  readonly asOfMs: number;
  readonly columns: readonly { readonly name: string; readonly kind: "number" | "category" }[];
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
}

export interface Learned<T> {
  readonly snapshot: string;
  readonly manifest: SnapshotManifest;
  readonly trained: T | undefined;
}

/** Trains in a thread or a process of its own. */
export interface LearnRunner<T> {
  learn(request: LearnRequest, onProgress: (progress: LearnProgress) => void): Promise<Learned<T>>;
  close(): Promise<void>;
}

/** A read, or a prediction made again, that reaches back behind what the online store keeps. */
export type PastRequest<Q, R> = {
  readonly tenant: number;
  readonly buildId: string;
  readonly catalogue: WorkerCatalogue;
  readonly coverage: readonly { readonly event: string; readonly coveredFromMs: number }[];
  readonly seqMax: number;
  readonly nowMs: number;
} & (
  | { readonly kind: "features"; readonly query: Q }
  | { readonly kind: "replay"; readonly record: R; readonly artifact: Uint8Array | undefined; readonly atMs: number }
);

export interface PastAnswer<T> {
  readonly value: T;
}

/** Reads the past from the log, in a thread of its own. */
export interface PastReader<Q, R> {
  /** @throws log.full when as many reads are under way as there may be */
  read<T>(request: PastRequest<Q, R>): Promise<T>;
}

/** What a batch is to be computed for, at one position of the log. */
export interface BatchRequest {
  readonly batch: string;
  readonly buildId: string;
  readonly catalogue: WorkerCatalogue;
  readonly seqMax: number;
  readonly runs: readonly { readonly asOfMs: number; readonly rowsAtMs: number }[];
  readonly timeLimitMs: number;
  readonly memoryMb: number;
}

export interface BatchComputed {
  readonly rows: number;
  /** Those that the runs were computed for. */
  readonly tenants: readonly number[];
}

/** Computes batches in a thread of its own, with the SQL in a process of its own. */
export interface BatchRunner {
  /**
   * Sends the rows in parts, each once the one before was taken.
   * @throws batch.sql, batch.rows, batch.memory, batch.time
   */
  compute(
    request: BatchRequest,
    take: (items: readonly LogItem[]) => Promise<void>,
    onProgress: (step: string, done: number) => void,
  ): Promise<BatchComputed>;
  close(): Promise<void>;
}

/** A round of recomputing logged predictions from the log. */
export interface ConsistencyRequest {
  readonly buildId: string;
  readonly catalogue: WorkerCatalogue;
  /** Predictions that were logged after this position and up to that one. */
  readonly afterSeq: number;
  readonly seqMax: number;
  /** Those made before were made with lanes that were being filled: what they say is not whole. */
  readonly madeAfterMs: number;
  /** Mismatches of this round that are made tests. */
  readonly testsMax: number;
}

/** A logged feature that is not what the definition says of the log's events. */
export interface LoggedMismatch {
  readonly tenant: number;
  readonly prediction: string;
  readonly id: string;
  readonly atMs: number;
  readonly position: number;
  /** With its set: `spend.paid_1h`. */
  readonly column: string;
  readonly key: string;
  readonly logged: unknown;
  readonly expected: unknown;
  /** The failing test; null where none was written, or where a new app does not show it. */
  readonly test: string | null;
}

export interface ConsistencyRound {
  /** By tenant: predictions that were recomputed, and how many of their values were compared. */
  readonly checked: Readonly<Record<string, { readonly predictions: number; readonly values: number }>>;
  readonly mismatches: readonly LoggedMismatch[];
}

/** Recomputes logged predictions in a process of low priority. */
export interface ConsistencyChecker {
  check(request: ConsistencyRequest): Promise<ConsistencyRound>;
  close(): Promise<void>;
}
