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
    return (await this.findAll(tenant, topics, [id])).get(id);
  }

  /**
   * By id, the newest archived entries in one of the topics of this tenant.
   * @throws log.full when as many finds are under way as there may be
   */
  async findAll(
    tenant: number,
    topics: readonly number[],
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, LogEntry>> {
    if (this.#finds >= limit.archivedFindsMax)
      throw new TenonError("log.full", `${this.#finds} finds in the archive are under way already`, {
        retryAfterMs: 5_000,
      });
    this.#finds++;
    const found = new Map<string, LogEntry>();
    try {
      for (const day of this.#archive.list().toReversed()) {
        const missing = ids.filter((id) => !found.has(id));
        if (missing.length === 0) break;
        for (const { topic, file } of day.topics) {
          if (!topics.includes(topic)) continue;
          // Within a file the last of an id is the newest.
          for (const entry of await this.#findIn(this.#archive.path(day.day, file), topic, missing))
            if (entry.tenant === tenant) found.set(entry.id, entry);
        }
      }
      return found;
    } finally {
      this.#finds--;
    }
  }

  async #findIn(file: string, topic: number, ids: readonly string[]): Promise<LogEntry[]> {
    const found: LogEntry[] = [];
    const read = {
      files: [{ file }],
      fields: archivedFields,
      sortedBy: "seq",
      above: 0,
      only: { column: "id", texts: ids },
    };
    for await (const batch of this.#parquet.read(read)) found.push(...entriesOf(batch, [topic]));
    return found;
  }
}
