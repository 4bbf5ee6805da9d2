import type { ArchivedDay, ArchiveStore } from "../../ports/archive.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { ParquetBatch, ParquetReader } from "../../ports/parquet.ts";
import { archivedFields, entriesOf } from "./archived-columns.ts";

/** Where a reading of a day stands. */
interface Position {
  readonly day: ArchivedDay;
  readonly batches: Generator<ParquetBatch, void>;
  /** All entries up to here were handed out. */
  seq: number;
  rest: LogEntry[];
}

/** How long the reader stands ready after the last read of the archive. */
const restMs = 30_000;

/** Reads archived days in the order of positions. Reading on from the last entry is a stream; a jump begins anew. */
export class ArchivedEntries {
  readonly #archive: ArchiveStore;
  readonly #parquet: ParquetReader;
  #days: readonly ArchivedDay[] = [];
  #position: Position | undefined;
  #readAtMs: number | undefined;

  constructor(archive: ArchiveStore, parquet: ParquetReader) {
    this.#archive = archive;
    this.#parquet = parquet;
  }

  /**
   * Entries after a position and before another, in order, at most `limit`; none where the archive has none.
   * @throws data.corrupt naming the file
   */
  after(seq: number, before: number, limit: number): LogEntry[] {
    const day = this.#dayAfter(seq, before) ?? this.#dayAfterNow(seq, before);
    if (day === undefined) return [];
    this.#readAtMs = performance.now();
    const position = this.#at(seq, day);
    const topics = day.topics.map(({ topic }) => topic);
    while (position.rest.length < limit) {
      const batch = position.batches.next().value ?? undefined;
      if (batch === undefined) break;
      position.rest = position.rest.concat(entriesOf(batch, topics));
    }
    if (position.rest.length === 0) {
      this.#end();
      throw new RangeError(`the archive of ${day.day} ends before the position that its manifest names`);
    }
    const entries = position.rest.splice(0, limit);
    position.seq = entries[entries.length - 1].seq;
    if (position.seq >= day.lastSeq) this.#end();
    return entries;
  }

  /** Up to where every entry's time lies before `atMs`, and whether that is all that is archived. */
  positionBefore(atMs: number): { readonly seq: number; readonly isAll: boolean } {
    const days = this.#archive.list();
    const later = days.findIndex(({ atMsMax }) => atMsMax >= atMs);
    const past = later < 0 ? days : days.slice(0, later);
    return { seq: past.at(-1)?.lastSeq ?? 0, isAll: later < 0 };
  }

  /** Lets go of the reader where the archive was not read for a while. */
  rest(): void {
    if (this.#readAtMs !== undefined && performance.now() - this.#readAtMs > restMs) this.close();
  }

  close(): void {
    this.#end();
    this.#parquet.close();
    this.#readAtMs = undefined;
  }

  #dayAfter(seq: number, before: number): ArchivedDay | undefined {
    return this.#days.find((day) => day.lastSeq > seq && day.firstSeq < before);
  }

  #dayAfterNow(seq: number, before: number): ArchivedDay | undefined {
    this.#days = this.#archive.list();
    return this.#dayAfter(seq, before);
  }

  #at(seq: number, day: ArchivedDay): Position {
    if (this.#position?.day.day === day.day && this.#position.seq === seq) return this.#position;
    this.#end();
    const files = day.topics.map(({ file, sha256 }) => ({ file: this.#archive.path(day.day, file), sha256 }));
    const batches = this.#parquet.read({ files, fields: archivedFields, sortedBy: "seq", above: seq });
    this.#position = { day, batches, seq, rest: [] };
    return this.#position;
  }

  #end(): void {
    this.#position?.batches.return();
    this.#position = undefined;
  }
}
