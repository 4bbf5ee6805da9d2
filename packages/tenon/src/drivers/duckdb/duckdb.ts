import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { TenonError } from "../../base/error.ts";
import type {
  ParquetBatch,
  ParquetColumn,
  ParquetDraft,
  ParquetEngine,
  ParquetField,
  ParquetFile,
  ParquetRead,
  ParquetSummary,
} from "../../ports/parquet.ts";
import type { TableFile, TableFiles, TableRead, TextColumns } from "../../ports/table-file.ts";
import { watchMemory } from "./memory-watch.ts";
import type { AnswerMessage, Answers, DuckDbProcessOptions, PackedBatch, RequestKind, Requests } from "./message.ts";
import { packColumn, textsOf, unpackColumn } from "./packed-column.ts";
import { draftName } from "./sql-text.ts";

export interface DuckDbOptions {
  /** Where the engine puts what exceeds its memory. */
  readonly tempDir: string;
  /** Default 1,000. */
  readonly memoryMbMax?: number;
  /** It reaches no file and no network: for SQL that is no one's here. Default: false. */
  readonly isSealed?: boolean;
  /** How long the process is kept without a request. Default 30 s. */
  readonly idleMs?: number;
}

/** A table of the engine while it is filled. */
export interface EngineTable {
  /** What SQL calls it; its columns are `c0`, `c1`, … of doubles (NaN for null) and of bytes for texts. */
  readonly name: string;
  append(columns: readonly ParquetColumn[]): Promise<void>;
  clear(): Promise<void>;
}

/** Rows that travel in one message. */
const chunkRows = 20_000;
const errorTextMax = 2_000;

interface Waiting {
  readonly kind: RequestKind;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** One process and what it was asked. Sessions end with it. */
interface Live {
  readonly child: ChildProcess;
  readonly waiting: Map<number, Waiting>;
  readonly sessions: Set<number>;
  errorText: string;
  /** It was ended for taking too much. */
  isOverMemory: boolean;
}

/** DuckDB in a process of its own, which starts with a request and ends when it is idle. */
export class DuckDb implements ParquetEngine, TableFiles {
  readonly #options: DuckDbProcessOptions;
  readonly #idleMs: number;
  #live: Live | undefined;
  #nextId = 1;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ tempDir, memoryMbMax = 1_000, isSealed = false, idleMs = 30_000 }: DuckDbOptions) {
    this.#options = { tempDir, memoryMbMax, isSealed };
    this.#idleMs = idleMs;
  }

  /** The process that is there now, for tests. */
  get pid(): number | undefined {
    return this.#live?.child.pid;
  }

  /** Writes columns of one length as a file; it is on disk when this answers. */
  async write(file: string, columns: readonly ParquetColumn[]): Promise<ParquetFile> {
    const draft = await this.draft(columns.map(({ name, type }) => ({ name, type })));
    try {
      await draft.append(columns);
      return await draft.finish(file);
    } finally {
      await draft.abandon();
    }
  }

  async draft(fields: readonly ParquetField[]): Promise<ParquetDraft> {
    const { live, session, append } = await this.#gather(fields);
    return {
      append,
      finish: (file) => this.#ask(live, "finish", { session, file }),
      abandon: () => this.#endSession(live, session),
    };
  }

  /** Rows that SQL may name. */
  async table(fields: readonly ParquetField[]): Promise<EngineTable> {
    const { session, append } = await this.#gather(fields);
    const name = draftName(session);
    return { name, append, clear: () => this.run(`delete from ${name}`) };
  }

  /** @throws batch.sql, batch.memory */
  run(sql: string): Promise<void> {
    return this.#ask(this.#start(), "run", { sql });
  }

  /**
   * The rows of a select whose columns have these types: texts as they are, all else as numbers.
   * @throws batch.sql, batch.memory
   */
  async *query(sql: string, fields: readonly ParquetField[]): AsyncGenerator<ParquetBatch, void> {
    const batches = this.#batches((live, session) => this.#ask(live, "query", { session, sql, fields }));
    for await (const batch of batches) yield unpackBatch(fields, batch);
  }

  async #gather(fields: readonly ParquetField[]) {
    const live = this.#start();
    const session = this.#nextId++;
    await this.#beginSession(live, session, () => this.#ask(live, "draft", { session, fields }));
    return {
      live,
      session,
      append: async (columns: readonly ParquetColumn[]): Promise<void> => {
        const rows = columns[0]?.values.length ?? 0;
        for (let from = 0; from < rows; from += chunkRows) {
          const to = Math.min(rows, from + chunkRows);
          await this.#ask(live, "append", {
            session,
            rows: to - from,
            columns: columns.map((column) => packColumn(column, from, to)),
          });
        }
      },
    };
  }

  async *read(read: ParquetRead): AsyncGenerator<ParquetBatch, void> {
    for await (const batch of this.readPacked(read)) yield unpackBatch(read.fields, batch);
  }

  /** The same, packed as it came: for a thread that hands it on. */
  async *readPacked(read: ParquetRead): AsyncGenerator<PackedBatch, void> {
    yield* this.#batches((live, session) => this.#ask(live, "open", { session, read }));
  }

  describe(file: string): Promise<TableFile> {
    return this.#ask(this.#start(), "describe", { file });
  }

  async *rows(read: TableRead): AsyncGenerator<TextColumns, void> {
    const batches = this.#batches((live, session) => this.#ask(live, "table", { session, read }));
    for await (const { columns } of batches) yield columns.map(textsOf);
  }

  async *#batches(open: (live: Live, session: number) => Promise<undefined>): AsyncGenerator<PackedBatch, void> {
    const live = this.#start();
    const session = this.#nextId++;
    await this.#beginSession(live, session, () => open(live, session));
    try {
      for (;;) {
        const batch = await this.#ask(live, "next", { session });
        if (batch === undefined) return;
        yield batch;
      }
    } finally {
      await this.#endSession(live, session);
    }
  }

  summary(file: string, column: string): Promise<ParquetSummary> {
    return this.#ask(this.#start(), "summary", { file, column });
  }

  checksum(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
    return this.#ask(this.#start(), "checksum", { file });
  }

  /** Ends the process; what was under way is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    const live = this.#live;
    if (live === undefined) return;
    const gone = new Promise((resolve) => live.child.once("exit", resolve));
    live.child.ref();
    live.child.kill("SIGKILL");
    await gone;
  }

  async #beginSession(live: Live, session: number, begin: () => Promise<undefined>): Promise<void> {
    live.sessions.add(session);
    try {
      await begin();
    } catch (thrown) {
      await this.#endSession(live, session);
      throw thrown;
    }
  }

  /** Also after a crash, which ended the session already. */
  async #endSession(live: Live, session: number): Promise<void> {
    if (!live.sessions.delete(session) || this.#live !== live) return;
    await this.#ask(live, "end", { session }).catch(() => {});
  }

  #ask<K extends RequestKind>(live: Live, kind: K, body: Requests[K]): Promise<Answers[K]> {
    if (this.#live !== live)
      return Promise.reject(new TenonError("internal", `DuckDB's process ended before it could ${kind}`));
    clearTimeout(this.#idle);
    live.child.ref();
    live.child.channel?.ref();
    const id = this.#nextId++;
    return new Promise<Answers[K]>((resolve, reject) => {
      live.waiting.set(id, { kind, resolve, reject });
      live.child.send({ id, kind, body }, (error) => {
        if (error !== null && live.waiting.delete(id)) reject(this.#ended(live, kind, error.message));
      });
    });
  }

  #start(): Live {
    if (this.#closed) throw new TenonError("internal", "DuckDB was closed");
    if (this.#live !== undefined) return this.#live;
    mkdirSync(this.#options.tempDir, { recursive: true });
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const child = fork(
      fileURLToPath(new URL(`./duckdb-process${extension}`, import.meta.url)),
      [JSON.stringify(this.#options)],
      {
        serialization: "advanced",
        execArgv: ["--disable-warning=ExperimentalWarning"],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      },
    );
    const live: Live = { child, waiting: new Map(), sessions: new Set(), errorText: "", isOverMemory: false };
    if (this.#options.isSealed)
      watchMemory(child, this.#options.memoryMbMax, () => {
        live.isOverMemory = live.waiting.size > 0;
        return live.isOverMemory;
      });
    if (child.stderr instanceof Socket) child.stderr.unref();
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      live.errorText = (live.errorText + text).slice(-errorTextMax);
    });
    child.on("message", (message: AnswerMessage) => this.#onAnswer(live, message));
    child.once("error", (error) => this.#onEnd(live, error.message));
    child.once("exit", (code, signal) => this.#onEnd(live, signal ?? `exit ${code}`));
    this.#live = live;
    return live;
  }

  #onAnswer(live: Live, message: AnswerMessage): void {
    const waiting = live.waiting.get(message.id);
    live.waiting.delete(message.id);
    if ("error" in message) waiting?.reject(new TenonError(message.error.code, message.error.message));
    else waiting?.resolve(message.value as never);
    if (live.waiting.size > 0) return;
    // Nothing of it keeps the app's process alive while nothing is asked.
    live.child.unref();
    live.child.channel?.unref();
    clearTimeout(this.#idle);
    if (live.sessions.size === 0) this.#idle = setTimeout(() => live.child.kill("SIGKILL"), this.#idleMs).unref();
  }

  #onEnd(live: Live, reason: string): void {
    if (this.#live === live) this.#live = undefined;
    if (live.child.pid !== undefined)
      rmSync(`${this.#options.tempDir}/duckdb-${live.child.pid}`, { recursive: true, force: true });
    for (const { kind, reject } of live.waiting.values()) reject(this.#ended(live, kind, reason));
    live.waiting.clear();
    live.sessions.clear();
  }

  #ended(live: Live, kind: RequestKind, reason: string): TenonError {
    if (live.isOverMemory)
      return new TenonError("batch.memory", `it took more than the ${this.#options.memoryMbMax} MB that it may have`);
    const text = live.errorText.trim();
    return new TenonError(
      "internal",
      `DuckDB's process ended (${reason}) while it was asked to ${kind}${text === "" ? "" : `: ${text}`}`,
    );
  }
}

export const unpackBatch = (fields: readonly ParquetField[], { rows, source, columns }: PackedBatch): ParquetBatch => ({
  rows,
  source,
  columns: columns.map((column, i) => unpackColumn(fields[i], column)),
});
