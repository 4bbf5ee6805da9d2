import { TenonError } from "../../base/error.ts";
import type { Priority } from "../../define/prediction.ts";
import type { Turns } from "./turns.ts";

export interface BulkheadBounds {
  /** Calls that are under way at once. */
  readonly concurrency: number;
  /** Calls that wait. */
  readonly queue: number;
  /** Of the thread, against the others' shares. */
  readonly share: number;
  readonly priority: Priority;
}

export interface BulkheadParts {
  readonly turns: Turns;
  readonly nowMs: () => number;
  readonly isLow: boolean;
}

interface WaitingCall {
  readonly sinceMs: number;
  readonly begin: (waitedMs: number) => void;
  readonly tooLate: NodeJS.Timeout;
}

const retryAfterMs = 1_000;
/** What taking and answering a call costs beside its prediction, in milliseconds of the thread. */
const callMs = 0.05;

/** Keeps the calls of one prediction from those of the others: bounds what is under way and what waits. */
export class Bulkhead {
  readonly name: string;
  /** Of calls that say they can wait. */
  readonly isLow: boolean;
  bounds: BulkheadBounds;
  readonly #turns: Turns;
  readonly #nowMs: () => number;
  #queue: WaitingCall[] = [];
  #underWay = 0;
  #served = 0;
  /** Since the start: calls that were refused, that waited, and how long those did. */
  readonly counts = { shed: 0, waited: 0, waitedMs: 0 };

  constructor(name: string, bounds: BulkheadBounds, o: BulkheadParts) {
    this.name = name;
    this.bounds = bounds;
    this.isLow = o.isLow;
    this.#turns = o.turns;
    this.#nowMs = o.nowMs;
  }

  get underWay(): number {
    return this.#underWay;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get hasRoom(): boolean {
    return this.#underWay < this.bounds.concurrency;
  }

  /** Milliseconds of the thread, for its share. */
  get served(): number {
    return this.#served;
  }

  startFrom(served: number): void {
    this.#served = Math.max(this.#served, served);
  }

  /** Whether a call begins at once: who began it ends it with `leave`. Otherwise it has to `wait`. */
  enter(): boolean {
    if (this.#queue.length > 0 || !this.hasRoom || !this.#turns.begins(this)) return false;
    this.#begin();
    return true;
  }

  /**
   * Begins when it is the call's turn, or after `budgetMs`, when nobody waits for its model any more; answers how long it
   * waited. Who began it ends it with `leave`.
   * @throws prediction.busy
   */
  wait(budgetMs: number): Promise<number> {
    this.checkRoom();
    const sinceMs = this.#nowMs();
    return new Promise((resolve) => {
      const tooLate = setTimeout(() => this.#beginLate(call, budgetMs), budgetMs).unref();
      const call: WaitingCall = { sinceMs, begin: resolve, tooLate };
      this.#queue.push(call);
      this.#turns.wait(this);
    });
  }

  /** @throws prediction.busy where another call could neither begin nor wait */
  checkRoom(): void {
    const { concurrency, queue } = this.bounds;
    if (this.#queue.length < queue || (queue === 0 && this.hasRoom)) return;
    this.counts.shed++;
    const message = `"${this.name}" has ${this.#underWay} calls under way and ${this.#queue.length} waiting; it takes ${concurrency} and ${queue}`;
    throw new TenonError("prediction.busy", message, { retryAfterMs });
  }

  /** Begins the call that waits longest; false where no other waits behind it. */
  beginNext(): boolean {
    const call = this.#queue.shift();
    if (call !== undefined) this.#beginWaiting(call);
    return this.#queue.length > 0;
  }

  leave(): void {
    this.#underWay--;
    this.#turns.wake(this);
  }

  /** Predicting held the thread for so long. */
  spend(ms: number): void {
    this.#served += ms / this.bounds.share;
  }

  #begin(): void {
    this.#underWay++;
    this.spend(callMs);
  }

  #beginWaiting({ sinceMs, begin, tooLate }: WaitingCall, msMin = 0): void {
    clearTimeout(tooLate);
    const waitedMs = Math.max(msMin, this.#nowMs() - sinceMs);
    this.counts.waited++;
    this.counts.waitedMs += waitedMs;
    this.#begin();
    begin(waitedMs);
  }

  /** Timers may come a moment early. */
  #beginLate(call: WaitingCall, budgetMs: number): void {
    this.#queue = this.#queue.filter((one) => one !== call);
    this.#beginWaiting(call, budgetMs);
  }
}
