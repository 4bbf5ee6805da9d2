import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { type ErrorCode, messageOf, TenonError } from "../base/error.ts";
import { DuckDb } from "../drivers/duckdb/duckdb.ts";
import { ArchiveDirectory } from "../drivers/fs/archive-directory.ts";
import { SqliteLogReader } from "../drivers/sqlite/log-reader.ts";
import { type ArchiveBounds, archiveDay, dayToArchive } from "../service/materialize/archive-day.ts";
import type { LogPlaces } from "./whole-log.ts";

export interface ArchiverWorkerData extends LogPlaces, ArchiveBounds {
  readonly topics: Readonly<Record<string, number>>;
}

/** `archived` waits for an answer, whatever it is: the log has let go of the day. */
export type ArchiverMessage =
  | { readonly kind: "archived"; readonly day: string; readonly rows: number; readonly nextSeq: number }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

async function run(data: ArchiverWorkerData): Promise<void> {
  const port = parentPort!;
  const send = (message: ArchiverMessage): void => port.postMessage(message);
  const log = new SqliteLogReader(data.logDir);
  const parquet = new DuckDb({ tempDir: data.tempDir });
  const names = new Map(Object.entries(data.topics).map(([name, topic]) => [topic, name]));
  const parts = {
    log,
    archive: new ArchiveDirectory(data.archiveDir),
    parquet,
    topicName: (topic: number) => names.get(topic),
  };
  try {
    for (;;) {
      const day = dayToArchive(log, data);
      if (day === undefined) break;
      const archived = await archiveDay(parts, day);
      // This thread has the day's segment open while the writer takes it away, and pays for its blocks when it closes it.
      send({ kind: "archived", day: day.day, rows: archived?.rows ?? 0, nextSeq: day.lastSeq + 1 });
      await once(port, "message");
    }
    send({ kind: "done" });
  } catch (thrown) {
    send({ kind: "failed", code: thrown instanceof TenonError ? thrown.code : "internal", message: messageOf(thrown) });
  } finally {
    log.close();
    await parquet.close();
  }
}

await run(workerData);
