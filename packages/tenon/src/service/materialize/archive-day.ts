import { TenonError } from "../../base/error.ts";
import type { ArchivedDay, ArchivedTopic, ArchiveStore, HotLogReader, LoggedDay } from "../../ports/archive.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { ParquetDraft, ParquetEngine } from "../../ports/parquet.ts";
import { archivedFields, columnsOf } from "./archived-columns.ts";

export interface ArchiveParts {
  readonly log: HotLogReader;
  readonly archive: ArchiveStore;
  readonly parquet: ParquetEngine;
  /** Names of topics by their numbers, for people. */
  readonly topicName: (topic: number) => string | undefined;
}

/** What may go: days over for longer than they are kept hot, and applied by every lane. */
export interface ArchiveBounds {
  readonly endedBeforeMs: number;
  readonly appliedSeq: number;
}

const readLimit = 10_000;

/** A topic's file while the day is read. */
interface Growing {
  readonly topic: number;
  readonly draft: ParquetDraft;
  rows: number;
  firstSeq: number;
  lastSeq: number;
  seqSum: bigint;
  atMsMin: number;
  atMsMax: number;
}

/** The oldest day of the log, where it may go to the archive. Days go in their order: a reader finds them in two runs. */
export function dayToArchive(log: HotLogReader, { endedBeforeMs, appliedSeq }: ArchiveBounds): LoggedDay | undefined {
  log.refresh();
  const day = log.days[0];
  return day !== undefined && day.endMs <= endedBeforeMs && day.lastSeq <= appliedSeq ? day : undefined;
}

/**
 * Copies a closed day from the log to the archive; when it answers, the log's copy may go. Killed at any point, it does
 * the day again: files without a manifest are nothing, and a manifest stands for files that were read back.
 * @throws data.corrupt where the archive has other entries of that day, or gives back what was not written
 */
export async function archiveDay(parts: ArchiveParts, day: LoggedDay): Promise<ArchivedDay | undefined> {
  const found = parts.archive.list().find((candidate) => candidate.day === day.day);
  if (found !== undefined) {
    if (found.firstSeq !== day.firstSeq || found.lastSeq !== day.lastSeq) {
      throw new TenonError(
        "data.corrupt",
        `${parts.archive.path(day.day, "")} holds the positions ${found.firstSeq} to ${found.lastSeq}, the log ${day.firstSeq} to ${day.lastSeq}`,
      );
    }
    if (await isWhole(parts, found)) return found;
    await parts.archive.retract(day.day);
  }
  // A day whose only commit failed has a segment without entries.
  if (day.lastSeq < day.firstSeq) return undefined;
  await parts.archive.begin(day.day);
  const topics = await writeTopics(parts, day);
  for (const topic of topics) await verify(parts, day, topic);
  const manifest = manifestOf(day, topics);
  if (manifest.rows !== day.lastSeq - day.firstSeq + 1) {
    throw new TenonError(
      "data.corrupt",
      `the log has ${manifest.rows} entries from position ${day.firstSeq} to ${day.lastSeq}`,
    );
  }
  await parts.archive.publish(manifest);
  return manifest;
}

async function isWhole({ archive, parquet }: ArchiveParts, day: ArchivedDay): Promise<boolean> {
  for (const { file, sha256 } of day.topics) {
    const found = await parquet.checksum(archive.path(day.day, file)).catch(() => undefined);
    if (found?.sha256 !== sha256) return false;
  }
  return true;
}

/** One pass over the day, with a file for each topic that it meets. */
async function writeTopics(parts: ArchiveParts, day: LoggedDay): Promise<ArchivedTopic[]> {
  const growing = new Map<number, Growing>();
  try {
    for (let seq = day.firstSeq - 1; seq < day.lastSeq; ) {
      const entries = parts.log.entriesAfter(seq, readLimit)?.filter((entry) => entry.seq <= day.lastSeq) ?? [];
      if (entries.length === 0)
        throw new TenonError("data.corrupt", `the log ends after position ${seq}, before its day ${day.day} does`);
      for (const [topic, ofTopic] of Map.groupBy(entries, (entry) => entry.topic)) {
        const file = growing.get(topic) ?? (await growingFile(parts, topic));
        growing.set(topic, file);
        take(file, ofTopic);
        await file.draft.append(columnsOf(ofTopic));
      }
      seq = entries[entries.length - 1].seq;
    }
    const topics: ArchivedTopic[] = [];
    for (const file of [...growing.values()].sort((a, b) => a.topic - b.topic))
      topics.push(await finish(parts, day, file));
    return topics;
  } finally {
    for (const { draft } of growing.values()) await draft.abandon();
  }
}

async function growingFile({ parquet }: ArchiveParts, topic: number): Promise<Growing> {
  const draft = await parquet.draft(archivedFields);
  return {
    topic,
    draft,
    rows: 0,
    firstSeq: Number.POSITIVE_INFINITY,
    lastSeq: 0,
    seqSum: 0n,
    atMsMin: Number.POSITIVE_INFINITY,
    atMsMax: Number.NEGATIVE_INFINITY,
  };
}

function take(file: Growing, entries: readonly LogEntry[]): void {
  file.rows += entries.length;
  file.firstSeq = Math.min(file.firstSeq, entries[0].seq);
  file.lastSeq = entries[entries.length - 1].seq;
  for (const { seq, atMs } of entries) {
    file.seqSum += BigInt(seq);
    if (atMs < file.atMsMin) file.atMsMin = atMs;
    if (atMs > file.atMsMax) file.atMsMax = atMs;
  }
}

async function finish(
  { archive, topicName }: ArchiveParts,
  day: LoggedDay,
  { draft, seqSum, ...file }: Growing,
): Promise<ArchivedTopic> {
  const name = topicName(file.topic) ?? `topic ${file.topic}`;
  const fileName = `${file.topic}-${name.replaceAll(/[^A-Za-z0-9_]+/g, "-")}.parquet`;
  const { bytes, sha256 } = await draft.finish(archive.path(day.day, fileName));
  return { ...file, name, file: fileName, seqSum: String(seqSum), bytes, sha256 };
}

/** What was written is read back before the log's copy may go. */
async function verify({ archive, parquet }: ArchiveParts, day: LoggedDay, topic: ArchivedTopic): Promise<void> {
  const file = archive.path(day.day, topic.file);
  const { rows, min, max, sum } = await parquet.summary(file, "seq");
  const same = rows === topic.rows && min === topic.firstSeq && max === topic.lastSeq && sum === topic.seqSum;
  if (!same)
    throw new TenonError(
      "data.corrupt",
      `${file} gives back ${rows} entries of ${topic.rows}, positions ${min} to ${max}`,
    );
}

function manifestOf({ day, firstSeq, lastSeq }: LoggedDay, topics: readonly ArchivedTopic[]): ArchivedDay {
  return {
    format: 1,
    day,
    rows: topics.reduce((sum, { rows }) => sum + rows, 0),
    firstSeq,
    lastSeq,
    atMsMin: Math.min(...topics.map(({ atMsMin }) => atMsMin)),
    atMsMax: Math.max(...topics.map(({ atMsMax }) => atMsMax)),
    topics,
  };
}
