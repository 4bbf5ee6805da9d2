import { TenonError } from "../../base/error.ts";
import type { HotLogReader } from "../../ports/archive.ts";
import type { EventLogReader, LogEntry } from "../../ports/event-log.ts";
import type { ArchivedEntries } from "./archived-entries.ts";

/** Looks at a log whose oldest days leave it meanwhile: one a day suffices. */
const looksMax = 1_000;

/**
 * Every entry once, in order: archived days and those of the log. A day's manifest is there before its segment goes, so
 * that what is missing in a look at the log is in the next look at the archive.
 */
export class WholeLog implements EventLogReader {
  readonly #hot: HotLogReader;
  readonly #archived: ArchivedEntries;

  constructor(hot: HotLogReader, archived: ArchivedEntries) {
    this.#hot = hot;
    this.#archived = archived;
  }

  after(seq: number, limit: number): LogEntry[] {
    for (let look = 0; look < looksMax; look++) {
      const begin = this.#hot.firstSeq;
      if (seq + 1 < begin) {
        const entries = this.#archived.after(seq, begin, limit);
        if (entries.length > 0) return entries;
      } else this.#archived.rest();
      const entries = this.#hot.entriesAfter(seq, limit);
      if (entries !== undefined) return entries;
    }
    throw new TenonError("internal", `the entries after position ${seq} are neither in the log nor in the archive`);
  }

  positionBefore(atMs: number): number {
    const archived = this.#archived.positionBefore(atMs);
    return archived.isAll ? Math.max(archived.seq, this.#hot.positionBefore(atMs)) : archived.seq;
  }

  close(): void {
    this.#archived.close();
    this.#hot.close();
  }
}
