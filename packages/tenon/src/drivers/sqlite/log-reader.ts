import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EventLogReader, LogEntry } from "../../ports/event-log.ts";
import { entryColumns, entryOf, listSegments, openSegmentForReading, type SegmentName } from "./segment.ts";

/** Segments kept open for reading. */
const openMax = 16;

interface OpenSegment {
  readonly name: SegmentName;
  readonly database: DatabaseSync;
  readonly after: StatementSync;
}

/** Reads the segments of a log directory through connections of its own: any thread may have one. */
export class SqliteLogReader implements EventLogReader {
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

  after(seq: number, limit: number): LogEntry[] {
    const entries = this.#afterIn(seq, limit);
    if (entries.length > 0) return entries;
    const known = this.#names.at(-1)?.file;
    this.refresh();
    return this.#names.at(-1)?.file === known ? entries : this.#afterIn(seq, limit);
  }

  #afterIn(seq: number, limit: number): LogEntry[] {
    for (let i = this.#firstWith(seq); i < this.#names.length; i++) {
      const rows = this.#segment(this.#names[i]).after.all(seq, limit);
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

  /** The newest entries of a topic, newest first: reads back from the end. */
  newest(tenant: number, topic: number, limit: number): LogEntry[] {
    this.refresh();
    const entries: LogEntry[] = [];
    for (let i = this.#names.length - 1; i >= 0 && entries.length < limit; i--) {
      const { database } = this.#segment(this.#names[i]);
      const sql = `select ${entryColumns} from entry where topic = ? and tenant = ? order by seq desc limit ?`;
      entries.push(
        ...database
          .prepare(sql, { returnArrays: true })
          .all(topic, tenant, limit - entries.length)
          .map(entryOf),
      );
    }
    return entries;
  }

  #segment(name: SegmentName): OpenSegment {
    const known = this.#open.get(name.file);
    if (known !== undefined) return known;
    if (this.#open.size >= openMax) this.#close(this.#open.values().next().value!);
    const database = openSegmentForReading(name);
    const after = database.prepare(`select ${entryColumns} from entry where seq > ? order by seq limit ?`, {
      returnArrays: true,
    });
    const segment = { name, database, after };
    this.#open.set(name.file, segment);
    return segment;
  }

  #close(segment: OpenSegment): void {
    segment.database.close();
    this.#open.delete(segment.name.file);
  }

  close(): void {
    for (const segment of [...this.#open.values()]) this.#close(segment);
  }
}
