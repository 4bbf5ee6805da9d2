import type { LogEntry } from "./event-log.ts";

/** The entries of one topic of a day, as one Parquet file. */
export interface ArchivedTopic {
  readonly topic: number;
  readonly name: string;
  /** Beside the manifest. */
  readonly file: string;
  readonly rows: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Exact, in decimal digits: what a read-back has to give. */
  readonly seqSum: string;
  readonly atMsMin: number;
  readonly atMsMax: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** The manifest of an archived day of receipt: what has one is whole. */
export interface ArchivedDay {
  readonly format: 1;
  /** `2026-01-31`, by the app clock. */
  readonly day: string;
  readonly rows: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly atMsMin: number;
  readonly atMsMax: number;
  readonly topics: readonly ArchivedTopic[];
}

/** A day that the log still holds. */
export interface LoggedDay {
  readonly day: string;
  readonly firstSeq: number;
  /** Infinity while it is being written. */
  readonly lastSeq: number;
  /** When it is over, by the app clock. */
  readonly endMs: number;
}

/** Where archived days lie. */
export interface ArchiveStore {
  /** The archived days, oldest first, as they are now. */
  list(): readonly ArchivedDay[];
  /** The path of a file of a day. */
  path(day: string, file: string): string;
  /** Makes the folder of a day that has no manifest, or takes what an interrupted run left out of it. */
  begin(day: string): Promise<void>;
  /** Puts a day's manifest beside its files; it is on disk when this answers. */
  publish(day: ArchivedDay): Promise<void>;
  /** Takes the manifest of a day whose files are damaged away: its entries are in the log still. */
  retract(day: string): Promise<void>;
}

/** Reads what the log holds still: its newest days. */
export interface HotLogReader {
  /** The days, oldest first, as last looked at. */
  readonly days: readonly LoggedDay[];
  /** Where the log begins, as last looked at; Infinity where it is empty. */
  readonly firstSeq: number;
  refresh(): void;
  /** As that of the whole log; where the log begins where no day of it lies before. */
  positionBefore(atMs: number): number;
  /** Entries after a position, in order, at most `limit`; undefined where they have left the log meanwhile. */
  entriesAfter(seq: number, limit: number): LogEntry[] | undefined;
  close(): void;
}
