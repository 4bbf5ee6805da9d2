import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../base/error.ts";
import { readItems } from "./entry-codec.ts";
import { LogWriter } from "./log-writer.ts";
import { type MetadataCall, MetadataDatabase } from "./metadata-database.ts";

/** What the worker is started with. */
export interface StorageWorkerData {
  readonly logDir: string;
  readonly metadataFile: string;
  readonly dedupMs: number;
  /** One BigInt64: the last durable position, for the applier to wait on. */
  readonly committed: SharedArrayBuffer;
}

export type StorageRequest =
  | { readonly id: number; readonly kind: "append"; readonly items: Uint8Array; readonly loggedAtMs: number }
  | {
      readonly id: number;
      readonly kind: "find";
      readonly tenant: number;
      readonly topic: number;
      readonly entryId: string;
    }
  | {
      readonly id: number;
      readonly kind: "newest";
      readonly tenant: number;
      readonly topic: number;
      readonly limit: number;
      readonly before: number;
    }
  | { readonly id: number; readonly kind: "dropBefore"; readonly seq: number }
  | { readonly id: number; readonly kind: "metadata"; readonly calls: readonly MetadataCall[] }
  | { readonly id: number; readonly kind: "close" };

export type StorageAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly errcode: number | undefined } };

/** SQLite is synchronous: the log and the metadata live in this thread, and the request thread never waits on a disk. */
function run(data: StorageWorkerData): void {
  const port = parentPort!;
  const committed = new BigInt64Array(data.committed);
  const log = new LogWriter(data.logDir, data.dedupMs);
  const metadata = new MetadataDatabase(data.metadataFile);
  const publish = (): void => {
    Atomics.store(committed, 0, BigInt(log.lastSeq));
    Atomics.notify(committed, 0);
  };
  publish();

  const handle = (request: StorageRequest): unknown => {
    switch (request.kind) {
      case "append": {
        const outcomes: number[] = [];
        log.append(readItems(request.items), request.loggedAtMs, outcomes);
        publish();
        return { outcomes: Uint8Array.from(outcomes), lastSeq: log.lastSeq };
      }
      case "find":
        return log.find(request.tenant, request.topic, request.entryId);
      case "newest":
        return log.newest(request.tenant, request.topic, request.limit, request.before);
      case "dropBefore":
        return log.dropBefore(request.seq);
      case "metadata":
        return metadata.transact(request.calls);
      case "close":
        log.close();
        metadata.close();
        return undefined;
    }
  };

  port.on("message", (request: StorageRequest) => {
    let answer: StorageAnswer;
    try {
      answer = { id: request.id, value: handle(request) };
    } catch (thrown) {
      const errcode = thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) : undefined;
      answer = { id: request.id, error: { message: messageOf(thrown), errcode } };
    }
    port.postMessage(answer);
    if (request.kind === "close") port.close();
  });
  port.postMessage({
    id: 0,
    value: { lastSeq: log.lastSeq, lastLoggedAtMs: log.lastLoggedAtMs },
  } satisfies StorageAnswer);
}

run(workerData);
