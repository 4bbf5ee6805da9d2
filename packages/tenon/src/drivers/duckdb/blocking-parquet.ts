import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { TenonError } from "../../base/error.ts";
import { startWorker } from "../../base/worker.ts";
import type { ParquetBatch, ParquetRead, ParquetReader } from "../../ports/parquet.ts";
import type { BridgeAnswer, BridgeRequest, BridgeWorkerData } from "./bridge-worker.ts";
import { unpackBatch } from "./duckdb.ts";

/** How long a thread waits for a batch: opening a day reads all of its files for their checksums. */
const waitMsMax = 15 * 60_000;

interface Bridge {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** One Int32: how many answers have been sent. */
  readonly answered: Int32Array<SharedArrayBuffer>;
  requests: number;
}

/** Between looks for an answer that was announced and is not there yet. */
const pollMs = 1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Reads Parquet where a thread may block, as those that follow the log do: they take entries with a plain call, and
 * DuckDB answers with promises. A small worker thread between them talks to DuckDB's process while this one sleeps, so
 * that batches stream and nothing is written to disk a second time.
 */
export class BlockingParquet implements ParquetReader {
  readonly #tempDir: string;
  #bridge: Bridge | undefined;

  constructor(tempDir: string) {
    this.#tempDir = tempDir;
  }

  *read(read: ParquetRead): Generator<ParquetBatch, void> {
    this.#ask({ kind: "open", read });
    try {
      for (;;) {
        const { batch } = this.#ask({ kind: "next" });
        if (batch === undefined) return;
        yield unpackBatch(read.fields, batch);
      }
    } finally {
      if (this.#bridge !== undefined) this.#ask({ kind: "end" });
    }
  }

  close(): void {
    const bridge = this.#bridge;
    this.#bridge = undefined;
    if (bridge === undefined) return;
    bridge.port.postMessage({ kind: "close" } satisfies BridgeRequest);
    bridge.port.close();
  }

  #ask(request: BridgeRequest): Extract<BridgeAnswer, { readonly batch: unknown }> {
    this.#bridge ??= this.#start();
    const { port, answered } = this.#bridge;
    const before = this.#bridge.requests++;
    port.postMessage(request);
    const received = this.#receive(port, answered, before);
    const { message } = received;
    if ("error" in message) throw new TenonError(message.error.code, message.error.message);
    return message;
  }

  /** The answer, once it is there: a wake-up alone is none. */
  #receive(port: MessagePort, answered: Int32Array, before: number): { readonly message: BridgeAnswer } {
    const deadlineMs = performance.now() + waitMsMax;
    for (;;) {
      const received: { message: BridgeAnswer } | undefined = receiveMessageOnPort(port);
      if (received !== undefined) return received;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) throw this.#lost("it did not answer in time");
      if (Atomics.wait(answered, 0, before, leftMs) === "not-equal") Atomics.wait(sleeper, 0, 0, pollMs);
    }
  }

  #start(): Bridge {
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const { port1, port2 } = new MessageChannel();
    const worker = startWorker(import.meta.url, "bridge-worker", {
      answered: answered.buffer,
      tempDir: this.#tempDir,
    } satisfies BridgeWorkerData);
    worker.postMessage(port2, [port2]);
    worker.unref();
    port1.unref();
    return { worker, port: port1, answered, requests: 0 };
  }

  #lost(reason: string): TenonError {
    void this.#bridge?.worker.terminate();
    this.#bridge = undefined;
    return new TenonError("internal", `the archive cannot be read: ${reason}`);
  }
}
