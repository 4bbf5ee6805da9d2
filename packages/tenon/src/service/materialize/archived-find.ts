import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { ArchiveStore } from "../../ports/archive.ts";
import type { LogEntry } from "../../ports/event-log.ts";
import type { ParquetEngine } from "../../ports/parquet.ts";
import { archivedFields, entriesOf } from "./archived-columns.ts";

/** Finds entries that have left the log: it reads the ids of every archived day, newest first. */
export class ArchivedFind {
  readonly #archive: ArchiveStore;
  readonly #parquet: Pick<ParquetEngine, "read">;
  #finds = 0;

  constructor(archive: ArchiveStore, parquet: Pick<ParquetEngine, "read">) {
    this.#archive = archive;
    this.#parquet = parquet;
  }

  /**
   * The newest archived entry with this id in one of the topics of this tenant.
   * @throws log.full when as many finds are under way as there may be
   */
  async find(tenant: number, topics: readonly number[], id: string): Promise<LogEntry | undefined> {
    if (this.#finds >= limit.archivedFindsMax)
      throw new TenonError("log.full", `${this.#finds} finds in the archive are under way already`, {
        retryAfterMs: 5_000,
      });
    this.#finds++;
    try {
      for (const day of this.#archive.list().toReversed()) {
        for (const { topic, file } of day.topics) {
          if (!topics.includes(topic)) continue;
          const found = await this.#findIn(this.#archive.path(day.day, file), topic, id);
          const entry = found.findLast((candidate) => candidate.tenant === tenant);
          if (entry !== undefined) return entry;
        }
      }
      return undefined;
    } finally {
      this.#finds--;
    }
  }

  async #findIn(file: string, topic: number, id: string): Promise<LogEntry[]> {
    const found: LogEntry[] = [];
    const read = {
      files: [{ file }],
      fields: archivedFields,
      sortedBy: "seq",
      above: 0,
      only: { column: "id", text: id },
    };
    for await (const batch of this.#parquet.read(read)) found.push(...entriesOf(batch, [topic]));
    return found;
  }
}
