import type { ScoreColumn } from "./score-column.ts";
import type { SpoolPart } from "./score-spool.ts";

/** Everything that was scored. */
export interface Scores {
  readonly prediction: string;
  /** Of this scoring: the same over its stops, and another for the next one. */
  readonly run: string;
  readonly columns: readonly ScoreColumn[];
  readonly rows: number;
  /** What was handed over before a stop. */
  readonly handed: { readonly bytes: number; readonly rows: number };
  read(fromByte: number): AsyncGenerator<SpoolPart, void>;
  /** Tells how many rows are handed over; the byte behind them where they need not be handed over again. */
  told(rows: number, bytes?: number): Promise<void>;
}

/** Where scores go. Handing over again what was handed over leaves the same. */
export interface ScoreSink {
  /** As the last line tells it. */
  readonly name: string;
  /** What can be known before anything is scored. */
  check(): Promise<void>;
  /** @throws score.sink */
  handOver(scores: Scores): Promise<void>;
  close(): Promise<void>;
}
