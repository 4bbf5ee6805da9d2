import { join } from "node:path";
import { BlockingParquet } from "../drivers/duckdb/blocking-parquet.ts";
import { ArchiveDirectory } from "../drivers/fs/archive-directory.ts";
import { SqliteLogReader } from "../drivers/sqlite/log-reader.ts";
import type { EventLogReader } from "../ports/event-log.ts";
import { ArchivedEntries } from "../service/materialize/archived-entries.ts";
import { WholeLog } from "../service/materialize/whole-log.ts";

/** Where the entries of an app lie. */
export interface LogPlaces {
  readonly logDir: string;
  readonly archiveDir: string;
  /** For what DuckDB puts aside. */
  readonly tempDir: string;
}

export const logPlacesOf = (dataDir: string): LogPlaces => ({
  logDir: join(dataDir, "log"),
  archiveDir: join(dataDir, "archive"),
  tempDir: join(dataDir, "tmp"),
});

/** Every entry of an app, archived ones included, for a thread that may block. */
export function openWholeLog({ logDir, archiveDir, tempDir }: LogPlaces): EventLogReader {
  const archived = new ArchivedEntries(new ArchiveDirectory(archiveDir), new BlockingParquet(tempDir));
  return new WholeLog(new SqliteLogReader(logDir), archived);
}
