import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { appended, type LogEntry, type LogItem } from "../../ports/event-log.ts";
import { identityHash } from "./entry-codec.ts";
import { IdentityIndex } from "./identity-index.ts";
import { SqliteLogReader } from "./log-reader.ts";
import {
  dayOf,
  entryColumns,
  entryOf,
  openSegmentForWriting,
  removeOrphans,
  removeSegment,
  type SegmentName,
  segmentName,
} from "./segment.ts";

/** Entries read at a time when the index is filled at start. */
const scanLimit = 10_000;

interface WritableSegment {
  readonly name: SegmentName;
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
  readonly at: StatementSync;
}

/** The one writer of a log directory. Synchronous: it lives in a worker. */
export class LogWriter {
  readonly #dir: string;
  readonly #dedupMs: number;
  readonly #reader: SqliteLogReader;
  readonly #identities: IdentityIndex;
  #segment: WritableSegment | undefined;
  #lastSeq = 0;
  #lastLoggedAtMs = 0;
  readonly #candidates: number[] = [];

  constructor(dir: string, dedupMs: number) {
    this.#dir = dir;
    this.#dedupMs = dedupMs;
    this.#reader = new SqliteLogReader(dir);
    removeOrphans(dir);
    this.#identities = new IdentityIndex(join(dir, "ids"));
    const newest = this.#reader.segments.at(-1);
    if (newest !== undefined) {
      this.#openSegment(newest);
      this.#lastSeq = Math.max(newest.firstSeq - 1, this.#identities.persistedSeq);
    }
    this.#fillIdentities();
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The app clock of the last commit: the clock never starts before it. */
  get lastLoggedAtMs(): number {
    return this.#lastLoggedAtMs;
  }

  /** Commits items in one transaction; all of them are on disk when it returns, or none is. */
  append(items: Iterable<LogItem>, loggedAtMs: number, outcomes: number[]): void {
    const { database, insert } = this.#segmentOf(loggedAtMs);
    const before = this.#lastSeq;
    database.exec("begin immediate");
    try {
      for (const item of items) outcomes.push(this.#appendOne(item, loggedAtMs, insert));
      database.exec("commit");
    } catch (thrown) {
      if (database.isTransaction) database.exec("rollback");
      this.#lastSeq = before;
      this.#identities.forgetUnpersisted();
      this.#fillIdentities();
      throw thrown;
    }
    this.#lastLoggedAtMs = loggedAtMs;
    this.#identities.tidy(loggedAtMs - this.#dedupMs);
  }

  #appendOne(item: LogItem, loggedAtMs: number, insert: StatementSync): number {
    const hash = identityHash(item.tenant, item.topic, item.id);
    this.#identities.candidates(hash, this.#candidates);
    for (const seq of this.#candidates) {
      const found = this.#entryAt(seq);
      const same = found?.id === item.id && found.topic === item.topic && found.tenant === item.tenant;
      if (!same || found.loggedAtMs < loggedAtMs - this.#dedupMs) continue;
      // A sender that leaves the time to the server sends another one each time: only the payload tells.
      const equal = Buffer.compare(found.payload, item.payload) === 0;
      return equal ? appended.duplicate : appended.conflict;
    }
    const seq = ++this.#lastSeq;
    insert.run(
      seq,
      loggedAtMs,
      item.receivedAtMs,
      item.tenant,
      item.topic,
      item.id,
      item.atMs,
      item.imported ? 1 : 0,
      item.payload,
    );
    this.#identities.add(hash, seq, loggedAtMs);
    return appended.accepted;
  }

  /** An entry, those of the open transaction included. */
  #entryAt(seq: number): LogEntry | undefined {
    const segment = this.#segment;
    if (segment === undefined || seq < segment.name.firstSeq) return this.#reader.at(seq);
    const row = segment.at.get(seq);
    return row === undefined ? undefined : entryOf(row);
  }

  find(tenant: number, topic: number, id: string): LogEntry | undefined {
    this.#identities.candidates(identityHash(tenant, topic, id), this.#candidates);
    const found = this.#candidates.map((seq) => this.#entryAt(seq));
    return found.filter((entry) => entry?.id === id && entry.topic === topic && entry.tenant === tenant).at(-1);
  }

  newest(tenant: number, topic: number, limit: number, before: number): LogEntry[] {
    return this.#reader.newest(tenant, topic, limit, before);
  }

  /**
   * Takes away the closed days before a position: the archive has them. Their ids are past the dedup horizon, so that
   * whatever the index says of them is no duplicate.
   */
  dropBefore(seq: number): void {
    this.#reader.refresh();
    const { segments } = this.#reader;
    for (const [i, name] of segments.entries()) {
      const isClosed = i + 1 < segments.length && segments[i + 1].firstSeq <= seq;
      if (isClosed && name.file !== this.#segment?.name.file) removeSegment(name);
    }
    this.#reader.refresh();
  }

  close(): void {
    this.#segment?.database.close();
    this.#reader.close();
    this.#identities.close();
  }

  #segmentOf(loggedAtMs: number): WritableSegment {
    const day = dayOf(loggedAtMs);
    if (this.#segment !== undefined && this.#segment.name.day >= day) return this.#segment;
    // Readers hold the closed day open: what they leave of its write-ahead log would stay as large as it was.
    this.#segment?.database.exec("pragma wal_checkpoint(truncate)");
    this.#segment?.database.close();
    return this.#openSegment(segmentName(this.#dir, this.#lastSeq + 1, day));
  }

  #openSegment(name: SegmentName): WritableSegment {
    const database = openSegmentForWriting(name);
    const insert = database.prepare(`insert into entry (${entryColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const at = database.prepare(`select ${entryColumns} from entry where seq = ?`, { returnArrays: true });
    this.#segment = { name, database, insert, at };
    return this.#segment;
  }

  /** Adds to the index what its files do not hold. */
  #fillIdentities(): void {
    for (let seq = this.#identities.persistedSeq; ; ) {
      const entries = this.#reader.after(seq, scanLimit);
      for (const entry of entries) {
        this.#identities.add(identityHash(entry.tenant, entry.topic, entry.id), entry.seq, entry.loggedAtMs);
        this.#lastLoggedAtMs = Math.max(this.#lastLoggedAtMs, entry.loggedAtMs);
        this.#lastSeq = Math.max(this.#lastSeq, entry.seq);
      }
      if (entries.length === 0) return;
      seq = entries[entries.length - 1].seq;
    }
  }
}
