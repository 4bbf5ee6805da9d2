import type { Worker } from "node:worker_threads";
import { ByteWriter } from "../../base/bytes.ts";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { startWorker } from "../../base/worker.ts";
import type { Appended, EventLog, LogEntry, LogItem } from "../../ports/event-log.ts";
import { writeItem } from "./entry-codec.ts";
import type { MetadataCall, MetadataRow } from "./metadata-database.ts";
import type { StorageAnswer, StorageRequest, StorageWorkerData } from "./storage-worker.ts";

/** Callers that share a commit. */
interface Batch {
  readonly callers: {
    readonly items: number;
    readonly resolve: (value: Appended) => void;
    readonly reject: (error: Error) => void;
  }[];
  items: number;
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** The embedded log and metadata: the request thread's side of the storage worker. */
export class SqliteStorage implements EventLog {
  readonly #worker: Worker;
  readonly #nowMs: () => number;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #bytes = new ByteWriter(1 << 16);
  #batch: Batch = { callers: [], items: 0 };
  #committing = false;
  #queuedItems = 0;
  #lastSeq = 0;
  #lastLoggedAtMs = 0;
  /** The last durable position, for threads that wait on it. */
  readonly committed = new SharedArrayBuffer(8);

  private constructor(o: { logDir: string; metadataFile: string; dedupMs: number; nowMs: () => number }) {
    this.#nowMs = o.nowMs;
    const workerData: StorageWorkerData = {
      logDir: o.logDir,
      metadataFile: o.metadataFile,
      dedupMs: o.dedupMs,
      committed: this.committed,
    };
    this.#worker = startWorker(import.meta.url, "storage-worker", workerData);
  }

  /** Starts the worker; `nowMs` is the app clock. */
  static async open(o: {
    logDir: string;
    metadataFile: string;
    dedupMs: number;
    nowMs: () => number;
  }): Promise<SqliteStorage> {
    const storage = new SqliteStorage(o);
    await new Promise<void>((resolve, reject) => {
      storage.#worker.once("error", reject);
      storage.#worker.once("message", (started: { value: { lastSeq: number; lastLoggedAtMs: number } }) => {
        storage.#lastSeq = started.value.lastSeq;
        storage.#lastLoggedAtMs = started.value.lastLoggedAtMs;
        storage.#worker.off("error", reject);
        resolve();
      });
    });
    storage.#worker.on("message", (answer: StorageAnswer) => storage.#onAnswer(answer));
    storage.#worker.on("error", (error) => storage.#failAll(error instanceof Error ? error : new Error(String(error))));
    return storage;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get lastLoggedAtMs(): number {
    return this.#lastLoggedAtMs;
  }

  get queuedItems(): number {
    return this.#queuedItems;
  }

  append(items: readonly LogItem[]): Promise<Appended> {
    if (this.#queuedItems + items.length > limit.logQueueEventsMax || this.#bytes.length > limit.logQueueBytesMax) {
      return Promise.reject(
        new TenonError("log.full", `${this.#queuedItems} events wait for the log already`, { retryAfterMs: 1_000 }),
      );
    }
    return new Promise<Appended>((resolve, reject) => {
      for (const item of items) writeItem(item, this.#bytes);
      this.#batch.callers.push({ items: items.length, resolve, reject });
      this.#batch.items += items.length;
      this.#queuedItems += items.length;
      // While one batch commits the next one fills: callers share a commit without waiting for a timer.
      if (!this.#committing) this.#commit();
    });
  }

  find(tenant: number, topic: number, id: string): Promise<LogEntry | undefined> {
    return this.#call({ kind: "find", tenant, topic, entryId: id });
  }

  newest(tenant: number, topic: number, count: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly LogEntry[]> {
    return this.#call({ kind: "newest", tenant, topic, limit: count, before });
  }

  /** Takes the closed days before a position out of the log: they are in the archive. */
  dropBefore(seq: number): Promise<void> {
    return this.#call({ kind: "dropBefore", seq });
  }

  /** Runs metadata statements in one transaction; the rows of each. */
  metadata(calls: readonly MetadataCall[]): Promise<MetadataRow[][]> {
    return this.#call({ kind: "metadata", calls });
  }

  async close(): Promise<void> {
    while (this.#committing) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.#call<void>({ kind: "close" });
    await this.#worker.terminate();
  }

  #commit(): void {
    const batch = this.#batch;
    if (batch.items === 0) return;
    this.#committing = true;
    this.#batch = { callers: [], items: 0 };
    const items = this.#bytes.finish();
    this.#bytes.clear();
    this.#call<Appended>({ kind: "append", items, loggedAtMs: this.#nowMs() }, [items.buffer]).then(
      (result) => this.#committed(batch, result),
      (error: Error) => {
        this.#settle(batch);
        for (const caller of batch.callers) caller.reject(error);
      },
    );
  }

  #committed(batch: Batch, result: Appended): void {
    this.#lastSeq = result.lastSeq;
    this.#settle(batch);
    let first = 0;
    for (const caller of batch.callers) {
      const outcomes =
        batch.callers.length === 1 ? result.outcomes : result.outcomes.subarray(first, first + caller.items);
      caller.resolve({ outcomes, lastSeq: result.lastSeq });
      first += caller.items;
    }
  }

  #settle(batch: Batch): void {
    this.#queuedItems -= batch.items;
    this.#committing = false;
    this.#commit();
  }

  #call<T>(request: WithoutId<StorageRequest>, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id }, [...transfer]);
    });
  }

  #onAnswer(answer: StorageAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(storageError(answer.error));
    else waiting?.resolve(answer.value as never);
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

const sqliteReadonly = 8;
const sqliteIoError = 10;
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteCannotOpen = 14;
const sqliteNoDatabase = 26;

function storageError(error: { readonly message: string; readonly errcode: number | undefined }): Error {
  const primary = (error.errcode ?? 0) & 0xff;
  if (primary === sqliteFull) return new TenonError("data.full", error.message);
  if (primary === sqliteReadonly || primary === sqliteCannotOpen) return new TenonError("data.readonly", error.message);
  if (primary === sqliteIoError) return new TenonError("data.full", `the disk refused a write: ${error.message}`);
  if (primary === sqliteCorrupt || primary === sqliteNoDatabase) return new TenonError("data.corrupt", error.message);
  return new TenonError("internal", error.message);
}
