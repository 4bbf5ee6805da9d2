// The process that DuckDB lives in: its memory is bounded, its priority low, and a crash of it costs one request.
import { rmSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { messageOf, TenonError } from "../../base/error.ts";
import type { ParquetSummary } from "../../ports/parquet.ts";
import { checksumOf } from "./checksum.ts";
import type { AnswerMessage, Answers, DuckDbProcessOptions, RequestKind, RequestMessage } from "./message.ts";
import { EngineCursor, unreadable } from "./parquet-cursor.ts";
import { EngineDraft } from "./parquet-draft.ts";
import { QueryCursor, sqlError } from "./query-cursor.ts";
import { draftName, identifier, literal } from "./sql-text.ts";
import { describeTable, TableCursor } from "./table-cursor.ts";

const options: DuckDbProcessOptions = JSON.parse(process.argv[2]!);
const tempDir = `${options.tempDir}/duckdb-${process.pid}`;
const drafts = new Map<number, EngineDraft>();
const cursors = new Map<number, EngineCursor | TableCursor | QueryCursor>();

try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Some containers forbid it: the work is the same, only less polite.
}
process.on("disconnect", () => {
  rmSync(tempDir, { recursive: true, force: true });
  // An exit would wait for what the engine computes.
  process.kill(process.pid, "SIGKILL");
});

const instance = await DuckDBInstance.create(":memory:", {
  // One thread, and rows in their order: equal columns give an equal file.
  threads: "1",
  preserve_insertion_order: "true",
  memory_limit: `${options.memoryMbMax}MB`,
  temp_directory: tempDir,
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
});
const connection: DuckDBConnection = await instance.connect();
if (options.isSealed) await connection.run("set enable_external_access = false; set lock_configuration = true");

function draftOf(session: number): EngineDraft {
  const draft = drafts.get(session);
  if (draft === undefined) throw new RangeError(`no file is being written as ${session}`);
  return draft;
}

async function summaryOf(file: string, column: string): Promise<ParquetSummary> {
  const name = identifier(column);
  const sql = `select count(*)::double, coalesce(min(${name}), 0)::double, coalesce(max(${name}), 0)::double, coalesce(sum(${name}), 0)::varchar from read_parquet(${literal(file)})`;
  const result = await connection.run(sql).catch((thrown) => Promise.reject(unreadable(file, thrown)));
  const [[rows, min, max, sum]] = await result.getRows();
  return { rows: Number(rows), min: Number(min), max: Number(max), sum: String(sum) };
}

async function answer(request: RequestMessage): Promise<Answers[RequestKind]> {
  switch (request.kind) {
    case "draft":
      drafts.set(
        request.body.session,
        await EngineDraft.create(connection, draftName(request.body.session), request.body.fields),
      );
      return undefined;
    case "append":
      return draftOf(request.body.session).append(request.body.rows, request.body.columns) as Promise<undefined>;
    case "finish":
      return draftOf(request.body.session).finish(request.body.file);
    case "open":
      cursors.set(request.body.session, await EngineCursor.open(instance, request.body.read));
      return undefined;
    case "table":
      cursors.set(request.body.session, await TableCursor.open(instance, request.body.read));
      return undefined;
    case "run":
      return connection.run(request.body.sql).then(
        () => undefined,
        (thrown) => Promise.reject(sqlError(thrown)),
      );
    case "query":
      cursors.set(request.body.session, await QueryCursor.open(instance, request.body.sql, request.body.fields));
      return undefined;
    case "next":
      return cursors.get(request.body.session)?.next();
    case "end": {
      const { session } = request.body;
      cursors.get(session)?.close();
      cursors.delete(session);
      await drafts.get(session)?.drop();
      drafts.delete(session);
      return undefined;
    }
    case "summary":
      return summaryOf(request.body.file, request.body.column);
    case "checksum":
      return checksumOf(request.body.file);
    case "describe":
      return describeTable(connection, request.body.file);
  }
}

async function handle(request: RequestMessage): Promise<void> {
  let message: AnswerMessage;
  try {
    message = { id: request.id, value: await answer(request) };
  } catch (thrown) {
    message = { id: request.id, error: errorOf(thrown) };
  }
  process.send?.(message);
}

function errorOf(thrown: unknown): { readonly code: TenonError["code"]; readonly message: string } {
  const message = messageOf(thrown);
  if (thrown instanceof TenonError) return { code: thrown.code, message };
  return { code: /no space left|disk full/i.test(message) ? "data.full" : "internal", message: `DuckDB: ${message}` };
}

// One request at a time: the engine has one thread, and its tables one connection.
let last = Promise.resolve();
process.on("message", (request: RequestMessage) => {
  last = last.then(() => handle(request));
});
process.send?.({ id: 0, value: undefined } satisfies AnswerMessage);
