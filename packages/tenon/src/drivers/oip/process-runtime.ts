import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, TenonError } from "../../base/error.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { Logger } from "../../base/log.ts";
import type { Random } from "../../base/random.ts";
import type { LoadedModel, ModelCall, ModelColumns, ModelRuntime, ModelSignature } from "../../ports/model-runtime.ts";
import { CallQueue } from "./call-queue.ts";
import { ModelProcess, type ModelProcessOptions } from "./model-process.ts";
import { ProcessSeat } from "./process-seat.ts";

/** Rows that are asked for together where several calls wait. */
const batchRowsMax = 1_000;
const memoryLookMs = 1_000;
const mebibyte = 1_048_576;

export interface ProcessRuntimeOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly pythonPath: string;
  readonly processes: number;
  /** Absent: it is never stopped. */
  readonly idleStopMs?: number;
  readonly startTimeoutMs: number;
  /** Absent: its memory is not looked at. */
  readonly memoryMb?: number;
  readonly queueMax: number;
  readonly random: Random;
  readonly logger: Logger;
}

/** Runs a model as processes of its own: any language that answers the Open Inference Protocol on a Unix socket. */
export class ProcessRuntime implements ModelRuntime {
  readonly #options: ProcessRuntimeOptions;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
  }

  async load(signature: ModelSignature): Promise<LoadedModel> {
    const model = new ProcessModel(signature, this.#options);
    try {
      await model.start();
      return model;
    } catch (thrown) {
      await model.close();
      throw thrown instanceof TenonError ? thrown : new TenonError("model.unloadable", messageOf(thrown));
    }
  }
}

class ProcessModel implements LoadedModel {
  readonly digest: string;
  readonly predictNow = undefined;
  readonly #options: ProcessRuntimeOptions;
  readonly #queue: CallQueue;
  readonly #seats: readonly ProcessSeat[];
  readonly #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(signature: ModelSignature, o: ProcessRuntimeOptions) {
    this.#options = o;
    this.digest = digestOf(o);
    this.#queue = new CallQueue({ callsMax: o.queueMax, rowsMax: batchRowsMax });
    const process: ModelProcessOptions = { ...o, name: signature.name };
    this.#seats = Array.from(
      { length: o.processes },
      () =>
        new ProcessSeat({
          signature,
          queue: this.#queue,
          start: (signal) => ModelProcess.start(process, signal),
          random: o.random,
          logger: o.logger,
          onChange: () => this.#pump(),
        }),
    );
    if (o.memoryMb !== undefined) this.#timer = setInterval(() => this.#watchMemory(), memoryLookMs).unref();
  }

  /** @throws model.unloadable where not one process becomes ready */
  async start(): Promise<void> {
    const started = await Promise.allSettled(this.#seats.map((seat) => seat.start()));
    const failed = started.filter((one) => one.status === "rejected");
    if (failed.length === started.length) throw failed[0]?.reason;
    this.#stopWhenIdle();
  }

  async predict(input: ModelColumns, rowCount: number, { signal }: ModelCall): Promise<ModelColumns> {
    if (this.#isClosed) throw new TenonError("model.unloadable", "the model is closed");
    clearTimeout(this.#idle);
    const answer = this.#queue.add(input, rowCount, signal);
    this.#pump();
    try {
      return await answer;
    } finally {
      this.#stopWhenIdle();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#idle);
    this.#queue.failAll(new TenonError("model.unloadable", "the model is closed"));
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  /** Gives what waits to whoever is free; wakes those who were stopped. */
  #pump(): void {
    if (this.#isClosed) return;
    for (const seat of this.#seats) if (this.#queue.size > 0) seat.work();
    const down = this.#seats.every((seat) => seat.problem !== undefined);
    if (down && this.#queue.size > 0)
      this.#queue.failAll(new TenonError("model.failed", `no process of the model runs: ${this.#seats[0]?.problem}`));
  }

  /** Scale to zero: the next call starts it, and waits for that within its own budget. */
  #stopWhenIdle(): void {
    const { idleStopMs } = this.#options;
    clearTimeout(this.#idle);
    if (idleStopMs === undefined || this.#isClosed) return;
    this.#idle = setTimeout(() => {
      for (const seat of this.#seats) seat.rest();
    }, idleStopMs).unref();
  }

  #watchMemory(): void {
    const maxBytes = (this.#options.memoryMb ?? 0) * mebibyte;
    for (const seat of this.#seats) if (seat.residentBytes > maxBytes) seat.replace();
  }
}

/** Of the command, and of the files beside it that its words name: `tone.py`, or `tone:predict`. */
function digestOf({ command, cwd, env }: ProcessRuntimeOptions): string {
  const files = command
    .flatMap((word) => [word, `${word.split(":")[0]?.replaceAll(".", "/")}.py`])
    .map((name) => join(cwd, name))
    .filter((file) => existsSync(file))
    .map((file) => {
      try {
        return sha256(readFileSync(file));
      } catch {
        // A folder.
        return "";
      }
    });
  return sha256(canonicalJson({ command, files, names: Object.keys(env).sort() }));
}
