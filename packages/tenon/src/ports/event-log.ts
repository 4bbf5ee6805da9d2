/** Something to append: tenants and topics by their numbers of the catalogue. */
export interface LogItem {
  readonly tenant: number;
  readonly topic: number;
  /** Unique within (tenant, topic) and the dedup horizon. */
  readonly id: string;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly imported: boolean;
  readonly payload: Uint8Array;
}

/** A durable entry. `seq` is monotone; `loggedAtMs` is the app clock at its commit. */
export interface LogEntry extends LogItem {
  readonly seq: number;
  readonly loggedAtMs: number;
}

/** What became of an item. A conflict is a duplicate with another payload: the first wins. */
export const appended = { accepted: 0, duplicate: 1, conflict: 2 } as const;

export interface Appended {
  /** By item: a value of `appended`. */
  readonly outcomes: Uint8Array;
  /** The last position of the commit: all of the items are at or before it. */
  readonly lastSeq: number;
}

/** The durable log of one app. One process owns it; entries are never changed. */
export interface EventLog {
  /**
   * Appends items in their order and answers once they are on disk.
   * @throws log.full when its queue is full, data.full and data.readonly as the disk says
   */
  append(items: readonly LogItem[]): Promise<Appended>;
  /** The newest entry with this id in this topic of this tenant. */
  find(tenant: number, topic: number, id: string): Promise<LogEntry | undefined>;
  /** The newest entries of a topic before a position, newest first. Default: of all. */
  newest(tenant: number, topic: number, limit: number, before?: number): Promise<readonly LogEntry[]>;
  /** Items waiting for a commit. */
  readonly queuedItems: number;
  /** The last durable position. */
  readonly lastSeq: number;
  close(): Promise<void>;
}

/** Reads a log, from any thread. */
export interface EventLogReader {
  /** Entries after a position, in order, at most `limit`. */
  after(seq: number, limit: number): LogEntry[];
  /** A position up to which every entry's time lies before `atMs`, as far as that is known without reading; 0 for none. */
  positionBefore(atMs: number): number;
  close(): void;
}
