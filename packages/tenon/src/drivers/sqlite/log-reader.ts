import { existsSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { limit as bounds } from "../../base/limit.ts";
import type { HotLogReader, LoggedDay } from "../../ports/archive.ts";
import type { EventLogReader, LogEntry } from "../../ports/event-log.ts";
import {
  dayMs,
  dayText,
  entryColumns,
  entryOf,
  listSegments,
  openSegmentForReading,
  type SegmentName,
} from "./segment.ts";

/** Segments kept open for reading. */
const openMax = 16;

interface OpenSegment {
  readonly name: SegmentName;
  readonly database: DatabaseSync;
  readonly after: StatementSync;
}

/**
 * Reads the segments of a log directory through connections of its own: any thread may have one. The oldest segments
 * leave for the archive while it reads.
 */
export class SqliteLogReader implements EventLogReader, HotLogReader {
  readonly #dir: string;
  #names: SegmentName[] = [];
  readonly #open = new Map<string, OpenSegment>();

  constructor(dir: string) {
    this.#dir = dir;
    this.refresh();
  }

  /** Sees segments that were begun or archived since. */
  refresh(): void {
    this.#names = listSegments(this.#dir);
    const files = new Set(this.#names.map((name) => name.file));
    for (const [file, segment] of this.#open) if (!files.has(file)) this.#close(segment);
  }

  get segments(): readonly SegmentName[] {
    return this.#names;
  }

  get days(): readonly LoggedDay[] {
    return this.#names.map(({ firstSeq, day }, i) => {
      const lastSeq = i + 1 < this.#names.length ? this.#names[i + 1].firstSeq - 1 : Number.POSITIVE_INFINITY;
      return { day: dayText(day), firstSeq, lastSeq, endMs: (day + 1) * dayMs };
    });
  }

  positionBefore(atMs: number): number {
    // Nothing happens later than its receipt, but for clocks that go ahead.
    const past = this.days.filter(({ endMs }) => endMs + bounds.futureMsMax <= atMs);
    return past.at(-1)?.lastSeq ?? Math.max(0, this.firstSeq - 1);
  }

  get firstSeq(): number {
    return this.#names[0]?.firstSeq ?? Number.POSITIVE_INFINITY;
  }

  /** What the log holds after a position. */
  after(seq: number, limit: number): LogEntry[] {
    for (;;) {
      const entries = this.entriesAfter(seq, limit);
      if (entries !== undefined) return entries;
    }
  }

  entriesAfter(seq: number, limit: number): LogEntry[] | undefined {
    const known = this.#names.at(-1)?.file;
    const first = this.firstSeq;
    const entries = this.#afterIn(seq, limit);
    if (entries !== undefined && entries.length > 0) return entries;
    this.refresh();
    const left = this.firstSeq !== first && seq + 1 < this.firstSeq;
    if (entries === undefined || left) return undefined;
    return this.#names.at(-1)?.file === known ? entries : this.#afterIn(seq, limit);
  }

  /** Undefined where a segment has gone. */
  #afterIn(seq: number, limit: number): LogEntry[] | undefined {
    for (let i = this.#firstWith(seq); i < this.#names.length; i++) {
      const rows = this.#segment(this.#names[i])?.after.all(seq, limit);
      if (rows === undefined) return undefined;
      if (rows.length > 0) return rows.map(entryOf);
    }
    return [];
  }

  /** The segment that holds the position after `seq`. */
  #firstWith(seq: number): number {
    let i = this.#names.length - 1;
    while (i > 0 && this.#names[i].firstSeq > seq + 1) i--;
    return Math.max(0, i);
  }

  /** The entry at a position. */
  at(seq: number): LogEntry | undefined {
    return this.after(seq - 1, 1).find((entry) => entry.seq === seq);
  }

  /** The newest entries of a topic before a position, newest first. */
  newest(tenant: number, topic: number, limit: number, before: number): LogEntry[] {
    this.refresh();
    const entries: LogEntry[] = [];
    for (let i = this.#names.length - 1; i >= 0 && entries.length < limit; i--) {
      // The oldest ones may go meanwhile: what was found is what the log holds.
      const database = this.#segment(this.#names[i])?.database;
      if (database === undefined) break;
      const sql = `select ${entryColumns} from entry where tenant = ? and topic = ? and seq < ? order by seq desc limit ?`;
      entries.push(
        ...database
          .prepare(sql, { returnArrays: true })
          .all(tenant, topic, before, limit - entries.length)
          .map(entryOf),
      );
    }
    return entries;
  }

  /** An open segment, or undefined where it has gone to the archive. */
  #segment(name: SegmentName): OpenSegment | undefined {
    const known = this.#open.get(name.file);
    if (known !== undefined) return known;
    if (this.#open.size >= openMax) this.#close(this.#open.values().next().value!);
    const opened = this.#openSegment(name);
    if (opened !== undefined) this.#open.set(name.file, opened);
    return opened;
  }

  #openSegment(name: SegmentName): OpenSegment | undefined {
    if (!existsSync(name.file)) return undefined;
    let database: DatabaseSync | undefined;
    try {
      database = openSegmentForReading(name);
      const sql = `select ${entryColumns} from entry where seq > ? order by seq limit ?`;
      const after = database.prepare(sql, { returnArrays: true });
      // The first read takes hold of what lies beside the table: where the table is there still, that was whole.
      after.all(0, 1);
      if (existsSync(name.file)) return { name, database, after };
    } catch (thrown) {
      if (existsSync(name.file)) throw thrown;
    }
    database?.close();
    return undefined;
  }

  #close(segment: OpenSegment): void {
    segment.database.close();
    this.#open.delete(segment.name.file);
  }

  close(): void {
    for (const segment of [...this.#open.values()]) this.#close(segment);
  }
}
