import type { ColumnPlan } from "../plan/plan.ts";
import type { StoredValue } from "../plan/row-codec.ts";

/** What SQL may name: rows that the engine is given, and what of them a run sees. */
export type Relation =
  | { readonly kind: "event"; readonly name: string; readonly columns: readonly ColumnPlan[] }
  /** For each key the row that is valid; the last column tells whether it takes the key away. */
  | {
      readonly kind: "table";
      readonly name: string;
      readonly columns: readonly ColumnPlan[];
      readonly key: string;
      readonly ttlMs: number;
    }
  /** The rows of the latest published run of a batch. */
  | {
      readonly kind: "batch";
      readonly name: string;
      readonly columns: readonly ColumnPlan[];
      readonly runsKey: string;
      readonly ttlMs: number;
    }
  /** The publications of all batches, which SQL does not see. */
  | { readonly kind: "runs"; readonly name: string; readonly columns: readonly ColumnPlan[] }
  /** The values of a feature set, given anew for each run. */
  | { readonly kind: "features"; readonly name: string; readonly columns: readonly ColumnPlan[] };

/** A row of a relation as the log has it. */
export interface RelationRow {
  readonly tenant: number;
  readonly seq: number;
  readonly id: string;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly values: readonly StoredValue[];
}

/** A relation while it is filled. */
export interface RelationRows {
  add(row: RelationRow): Promise<void>;
  /** Takes a row back, as of a time of receipt. */
  retract(seq: number, receivedAtMs: number): Promise<void>;
  /** Forgets all rows. */
  clear(): Promise<void>;
}

/** Values in the order of the columns: texts, numbers, true or false, and times as epoch milliseconds. */
export type AnsweredRow = readonly (string | number | boolean | null)[];

/** Computes batches: it reaches what it was given, no file and no network. */
export interface BatchEngine {
  relation(relation: Relation): Promise<RelationRows>;
  /** From now on the relations have what a tenant knew at a time; `as_of()` is that time. */
  at(o: { readonly tenant: number; readonly asOfMs: number }): Promise<void>;
  /**
   * The rows of a select, in parts.
   * @throws batch.sql, batch.memory, and batch.rows where it lacks a column, or answers a key twice or one that is null
   */
  rows(sql: string, key: ColumnPlan, columns: readonly ColumnPlan[]): AsyncGenerator<readonly AnsweredRow[], void>;
  /**
   * Whether a select can be run and has the columns; nothing is computed.
   * @throws batch.sql, batch.rows
   */
  check(sql: string, key: ColumnPlan, columns: readonly ColumnPlan[]): Promise<void>;
  /** Ends it, and with it what is under way. */
  close(): Promise<void>;
}

/** Starts an engine with that much memory; what exceeds it is put aside. */
export type OpenBatchEngine = (memoryMb: number) => BatchEngine;
