import type { TenonError } from "../../base/error.ts";
import type { TableColumn } from "../../ports/table-file.ts";

/** Where reading goes on: bytes or rows of the file, by its kind, and the line and the row that come next. */
export interface SourcePlace {
  readonly offset: number;
  readonly line: number;
  readonly row: number;
}

export const sourceStart: SourcePlace = { offset: 0, line: 1, row: 1 };

/** One row of a file: its cells in the order that was asked, or why it has none. */
export interface SourceRow {
  /** Where it begins, counted from 1; Parquet has rows and no lines. */
  readonly line: number;
  readonly row: number;
  readonly cells: readonly unknown[] | TenonError;
  /** As it stands in the file, for the report of rejects. */
  readonly raw: unknown;
  /** What follows it. */
  readonly next: SourcePlace;
}

/** A file of rows, read a part at a time. */
export interface RowSource {
  /** Undefined where each row names its own. */
  readonly columns: readonly TableColumn[] | undefined;
  /** What the offset of a place runs up to. */
  readonly size: number;
  /** @throws file.unreadable where nothing behind a place can be told apart */
  read(wanted: readonly string[], from: SourcePlace): AsyncGenerator<readonly SourceRow[], void>;
  /** Names in rows that nobody asked for, as far as they were seen. */
  readonly ignored: () => readonly string[];
}
