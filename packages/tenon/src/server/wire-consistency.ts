import type { Json } from "./wire.ts";

/** A feature that was logged with a prediction and is not what the log's events say. */
export interface ConsistencyMismatch {
  readonly prediction: string;
  /** The prediction's id. */
  readonly id: string;
  readonly at: string;
  readonly position: string;
  /** With its set: `spend.paid_1h`. */
  readonly column: string;
  readonly key: string;
  readonly logged: Json;
  readonly expected: Json;
  readonly foundAt: string;
  /** The failing test's file in `consistency/` of the data directory. */
  readonly test: string | null;
}

/** `GET /consistency`: logged predictions whose features were recomputed from their events, since the start. */
export interface ConsistencyAnswer {
  readonly on: boolean;
  readonly lastRoundAt: string | null;
  readonly predictions: number;
  readonly values: number;
  readonly mismatches: number;
  /** Those that are kept, newest first. */
  readonly newest: readonly ConsistencyMismatch[];
}
