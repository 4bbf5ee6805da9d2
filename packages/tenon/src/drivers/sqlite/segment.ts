import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LogEntry } from "../../ports/event-log.ts";

/** A day of receipt of the log in a file of its own: immutable once its day is over. */
export interface SegmentName {
  readonly file: string;
  readonly firstSeq: number;
  /** Days since 1970 of the app clock. */
  readonly day: number;
}

export const dayMs = 86_400_000;
export const dayOf = (ms: number): number => Math.floor(ms / dayMs);
export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The segments of a log directory, oldest first. */
export function listSegments(dir: string): SegmentName[] {
  mkdirSync(dir, { recursive: true });
  return readdirSync(dir)
    .map((name) => ({ name, match: /^(\d{16})-(\d{4}-\d{2}-\d{2})\.db$/.exec(name) }))
    .filter(({ match }) => match !== null && !Number.isNaN(Date.parse(match[2])))
    .map(({ name, match }) => ({
      file: join(dir, name),
      firstSeq: Number(match![1]),
      day: dayOf(Date.parse(match![2])),
    }))
    .sort((a, b) => a.firstSeq - b.firstSeq || a.day - b.day);
}

export const segmentName = (dir: string, firstSeq: number, day: number): SegmentName => ({
  file: join(dir, `${String(firstSeq).padStart(16, "0")}-${dayText(day)}.db`),
  firstSeq,
  day,
});

export const entryColumns = "seq, logged_at, received_at, tenant, topic, id, at, imported, payload";

/** How long a reader waits while the writer holds a lock for a moment. */
const busyTimeoutMs = 5_000;

const besides = ["-wal", "-shm"];

/**
 * Takes a closed segment away. Its table goes first: while that is there what SQLite keeps beside it is too, so that
 * whoever opened it in time reads all of it.
 */
export function removeSegment(name: SegmentName): void {
  for (const suffix of ["", ...besides]) rmSync(`${name.file}${suffix}`, { force: true });
}

/** Takes away what a removal that was cut short left beside segments that are gone. */
export function removeOrphans(dir: string): void {
  for (const name of readdirSync(dir)) {
    const suffix = besides.find((candidate) => name.endsWith(`.db${candidate}`));
    if (suffix !== undefined && !existsSync(join(dir, name.slice(0, -suffix.length))))
      rmSync(join(dir, name), { force: true });
  }
}

/** Opens a segment for writing: every commit is on disk when it returns. */
export function openSegmentForWriting(name: SegmentName): DatabaseSync {
  if (!existsSync(name.file)) createSegment(name.file);
  const database = new DatabaseSync(name.file, { timeout: busyTimeoutMs });
  database.exec("pragma synchronous = full");
  return database;
}

/** A segment appears under its name whole: readers never meet one without its table. */
function createSegment(file: string): void {
  const draft = `${file}.draft`;
  for (const left of [draft, `${draft}-wal`, `${draft}-shm`]) rmSync(left, { force: true });
  const database = new DatabaseSync(draft);
  database.exec("pragma journal_mode = wal");
  database.exec(`create table entry (
    seq integer primary key, logged_at integer not null, received_at integer not null, tenant integer not null,
    topic integer not null, id text not null, at integer not null, imported integer not null, payload blob not null) strict`);
  database.exec("create index by_topic on entry (tenant, topic)");
  database.close();
  renameSync(draft, file);
}

export const openSegmentForReading = (name: SegmentName): DatabaseSync =>
  new DatabaseSync(name.file, { readOnly: true, timeout: busyTimeoutMs });

/** A row of `entryColumns`, read as an array. */
export function entryOf(row: unknown): LogEntry {
  if (!Array.isArray(row)) throw new TypeError("a row of the log is an array");
  const [seq, loggedAtMs, receivedAtMs, tenant, topic, id, atMs, imported, payload] = row;
  return { seq, loggedAtMs, receivedAtMs, tenant, topic, id, atMs, imported: imported === 1, payload };
}
