import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, TenonError } from "../../base/error.ts";
import type { Logger } from "../../base/log.ts";
import type { Random } from "../../base/random.ts";
import { samplePlain } from "../../plan/sample-row.ts";
import type { ModelColumns, ModelSignature } from "../../ports/model-runtime.ts";
import type { CallBatch, CallQueue } from "./call-queue.ts";
import type { ModelProcess } from "./model-process.ts";

const restartMsMin = 100;
const restartMsMax = 30_000;
const warmUpMs = 10_000;
/** Batches in a row that nobody waited for to the end: it hangs. */
const lateMax = 3;

export interface ProcessSeatParts {
  readonly signature: ModelSignature;
  readonly queue: CallQueue;
  /** @throws model.unloadable */
  readonly start: (signal: AbortSignal) => Promise<ModelProcess>;
  readonly random: Random;
  readonly logger: Logger;
  /** It may work again, or no longer can. */
  readonly onChange: () => void;
}

/** The place of one process: it is started, asked one batch at a time, and followed by another where it ends. */
export class ProcessSeat {
  readonly #parts: ProcessSeatParts;
  readonly #closing = new AbortController();
  #process: ModelProcess | undefined;
  /** Takes the place of `#process` once that has answered. */
  #next: ModelProcess | undefined;
  readonly #leaving = new Set<Promise<void>>();
  #starting: Promise<void> | undefined;
  #replacing: Promise<void> | undefined;
  #isBusy = false;
  #failures = 0;
  #late = 0;
  #problem: string | undefined;

  constructor(parts: ProcessSeatParts) {
    this.#parts = parts;
  }

  /** Why it does not run, while it waits to be started again. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get residentBytes(): number {
    return this.#process?.residentBytes ?? 0;
  }

  /** @throws model.unloadable */
  async start(): Promise<void> {
    this.#starting ??= this.#startOne().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Takes what waits, where it is free; starts first where it rests. */
  work(): void {
    if (this.#isBusy || this.#problem !== undefined || this.#closing.signal.aborted) return;
    if (this.#process === undefined) {
      this.start().then(this.#parts.onChange, (thrown: unknown) => this.#startAgain(messageOf(thrown)));
      return;
    }
    const batch = this.#parts.queue.take();
    if (batch !== undefined) void this.#ask(this.#process, batch);
  }

  /** Stops the process where nothing is asked of it: the next call starts one. */
  rest(): void {
    const resting = this.#isBusy ? undefined : this.#process;
    if (resting === undefined) return;
    this.#process = undefined;
    this.#stop(resting);
  }

  /** Another process takes its place once it is ready; until then this one answers. */
  replace(): void {
    if (this.#next !== undefined) return;
    this.#replacing ??= this.#replaceOne().finally(() => {
      this.#replacing = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([this.#starting, this.#replacing]);
    for (const one of [this.#process, this.#next]) if (one !== undefined) this.#stop(one);
    [this.#process, this.#next] = [undefined, undefined];
    await Promise.all(this.#leaving);
  }

  async #startOne(): Promise<void> {
    this.#enter(await this.#started());
  }

  /** Another process, which has answered once. */
  async #started(): Promise<ModelProcess> {
    const { signal } = this.#closing;
    const started = await this.#parts.start(signal);
    await this.#warmUp(started);
    if (!signal.aborted) return started;
    await started.stop();
    throw new TenonError("model.unloadable", "the model is closed");
  }

  #stop(process: ModelProcess): void {
    const stopping = process.stop().finally(() => this.#leaving.delete(stopping));
    this.#leaving.add(stopping);
  }

  #enter(started: ModelProcess): void {
    this.#process = started;
    this.#problem = undefined;
    this.#late = 0;
    void started.ended.then((reason) => {
      if (this.#process !== started) return;
      this.#process = undefined;
      this.#stop(started);
      if (this.#next === undefined) this.#startAgain(reason);
      else this.#takeNext();
    });
  }

  #takeNext(): void {
    const [before, next] = [this.#process, this.#next];
    this.#next = undefined;
    if (next === undefined) return;
    this.#enter(next);
    if (before !== undefined) this.#stop(before);
    this.#parts.onChange();
  }

  /** The first answer is often the slowest. What it thinks of a sample is told, and is no reason to do without it. */
  async #warmUp(started: ModelProcess): Promise<void> {
    const { signature, random, logger } = this.#parts;
    const sample = signature.input.map((column) => [samplePlain(column, random)]);
    try {
      await started.client.infer(
        signature,
        signature,
        { input: sample, rowCount: 1, isBinary: started.isBinary },
        AbortSignal.any([this.#closing.signal, AbortSignal.timeout(warmUpMs)]),
      );
    } catch (thrown) {
      logger.warn({ model: signature.name, error: messageOf(thrown) }, "the model did not answer a sample row");
    }
  }

  async #ask(asked: ModelProcess, batch: CallBatch): Promise<void> {
    const { queue, onChange } = this.#parts;
    this.#isBusy = true;
    await this.#askOne(asked, batch);
    this.#isBusy = false;
    this.#takeNext();
    if (queue.size > 0) onChange();
  }

  async #askOne(asked: ModelProcess, batch: CallBatch): Promise<void> {
    const { signature } = this.#parts;
    try {
      const { input, rowCount, signal } = batch;
      const output: ModelColumns = await asked.client.infer(
        signature,
        signature,
        { input, rowCount, isBinary: asked.isBinary },
        signal,
      );
      [this.#failures, this.#late] = [0, 0];
      batch.succeed(output);
    } catch (thrown) {
      const error = thrown instanceof TenonError ? thrown : new TenonError("model.failed", messageOf(thrown));
      // One caller's row that the model cannot take is no reason for the others' to fail.
      const parts = error.code === "model.failed" ? batch.parts : [];
      for (const part of parts) await this.#askOne(asked, part);
      if (parts.length > 0) return;
      batch.fail(error);
      this.#late = error.code === "model.late" ? this.#late + 1 : 0;
      // Still at work on what nobody waits for: it is made an end of, and `ended` starts the next.
      if (this.#late >= lateMax) asked.kill();
    }
  }

  async #replaceOne(): Promise<void> {
    const { logger, signature } = this.#parts;
    const before = this.#process;
    if (before === undefined) return;
    logger.warn(
      { model: signature.name, bytes: before.residentBytes },
      "a process of the model holds too much memory: another takes its place",
    );
    try {
      const next = await this.#started();
      // It ended meanwhile, and was followed by one already, or will be.
      if (this.#process !== before) return this.#stop(next);
      this.#next = next;
      if (!this.#isBusy) this.#takeNext();
    } catch (thrown) {
      logger.error({ model: signature.name, error: messageOf(thrown) }, "no other process takes its place");
    }
  }

  /** Later each time, and not all at one moment. */
  #startAgain(reason: string): void {
    const { signal } = this.#closing;
    if (signal.aborted || this.#problem !== undefined) return;
    const { logger, signature, random, onChange } = this.#parts;
    this.#problem = reason;
    const waitMs = Math.min(restartMsMax, restartMsMin * 2 ** Math.min(this.#failures++, 20)) * (0.5 + random() / 2);
    logger.error({ model: signature.name, reason, waitMs }, "a process of the model ended; it is started again");
    onChange();
    sleep(waitMs, undefined, { signal, ref: false })
      .then(() => this.start())
      .then(onChange, (thrown: unknown) => {
        this.#problem = undefined;
        this.#startAgain(messageOf(thrown));
      });
  }
}
