import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type ErrorCode, messageOf, TenonError } from "../../base/error.ts";
import type { ParquetRead } from "../../ports/parquet.ts";
import { DuckDb } from "./duckdb.ts";
import type { PackedBatch } from "./message.ts";
import { ownedColumn } from "./packed-column.ts";

export interface BridgeWorkerData {
  /** One Int32 that grows with every answer: what the asking thread sleeps on. */
  readonly answered: SharedArrayBuffer;
  readonly tempDir: string;
}

/** One read at a time; opening another ends the one before. */
export type BridgeRequest =
  | { readonly kind: "open"; readonly read: ParquetRead }
  | { readonly kind: "next" }
  | { readonly kind: "end" }
  | { readonly kind: "close" };

export type BridgeAnswer =
  | { readonly batch: PackedBatch | undefined }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

const { answered, tempDir }: BridgeWorkerData = workerData;
const counter = new Int32Array(answered);
const duckDb = new DuckDb({ tempDir });
let batches: AsyncGenerator<PackedBatch, void> | undefined;

async function answer(request: BridgeRequest): Promise<PackedBatch | undefined> {
  if (request.kind === "next") {
    const next = await batches?.next();
    return next === undefined || next.done === true ? undefined : next.value;
  }
  await batches?.return();
  batches = request.kind === "open" ? duckDb.readPacked(request.read) : undefined;
  return undefined;
}

/** A copy for the other thread: what came from the process lies in buffers that hold more. */
function post(port: MessagePort, batch: PackedBatch | undefined): void {
  const owned = batch?.columns.map((column) => ownedColumn(column));
  const copy =
    batch === undefined || owned === undefined
      ? undefined
      : { rows: batch.rows, source: new Uint32Array(batch.source), columns: owned.map(({ column }) => column) };
  port.postMessage({ batch: copy } satisfies BridgeAnswer, [...(owned?.flatMap(({ buffers }) => buffers) ?? [])]);
}

async function handle(port: MessagePort, request: BridgeRequest): Promise<void> {
  if (request.kind === "close") {
    await duckDb.close();
    port.close();
    return;
  }
  try {
    post(port, await answer(request));
  } catch (thrown) {
    const code = thrown instanceof TenonError ? thrown.code : "internal";
    port.postMessage({ error: { code, message: messageOf(thrown) } } satisfies BridgeAnswer);
  }
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
}

parentPort!.once("message", (port: MessagePort) => {
  port.on("message", (request: BridgeRequest) => void handle(port, request));
});
