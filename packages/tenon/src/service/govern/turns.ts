import type { Bulkhead } from "./bulkhead.ts";

/** Without a call of another prediction for so long, one has the thread for itself. */
const aloneMs = 100;
/** Calls of a prediction that waits alone which begin in one turn of the loop. */
const aloneCalls = 8;

export interface TurnsParts {
  readonly nowMs: () => number;
  /** Calls back after what has arrived meanwhile was taken. */
  readonly later: (turn: () => void) => void;
}

/**
 * Shares the thread between predictions. While several are asked, each begins one call in a turn of the loop; more of
 * them wait, and the next to begin is of that which had the least of the thread for its share. What arrives on other
 * connections in between is heard after each. While one alone is asked, nothing waits.
 *
 * Source: start-time fair queueing (Goyal, Vin and Cheng, 1996), with the measured time of each call for its length.
 */
export class Turns {
  readonly #parts: TurnsParts;
  readonly #waiting = new Set<Bulkhead>();
  readonly #begun = new Set<Bulkhead>();
  #latest: Bulkhead | undefined;
  /** When another was asked than before. */
  #changedMs: number;
  #isComing = false;
  /** What the one that began last has had: who comes back begins from there, and saves nothing up. */
  #floor = 0;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
    this.#changedMs = parts.nowMs();
  }

  /** Calls wait that may begin. */
  get areWaiting(): boolean {
    return this.#next() !== undefined;
  }

  /** Whether a call that arrives may begin at once. */
  begins(bulkhead: Bulkhead): boolean {
    const nowMs = this.#parts.nowMs();
    if (bulkhead !== this.#latest) {
      this.#latest = bulkhead;
      this.#changedMs = nowMs;
    }
    // Who waits for a place of its own, and not for the thread, keeps nobody from it.
    if (nowMs - this.#changedMs > aloneMs && !this.areWaiting) return true;
    if (this.#begun.has(bulkhead)) return false;
    this.#begun.add(bulkhead);
    this.#come();
    return true;
  }

  /** A call waits: it begins in one of the next turns. */
  wait(bulkhead: Bulkhead): void {
    if (!this.#waiting.has(bulkhead)) bulkhead.startFrom(this.#floor);
    this.#waiting.add(bulkhead);
    this.#come();
  }

  /** A call ended: one that waits for its place may begin. */
  wake(bulkhead: Bulkhead): void {
    if (this.#waiting.has(bulkhead)) this.#come();
  }

  #come(): void {
    if (this.#isComing) return;
    this.#isComing = true;
    this.#parts.later(() => this.#turn());
  }

  #turn(): void {
    this.#isComing = false;
    this.#begun.clear();
    for (let i = this.#waiting.size === 1 ? aloneCalls : 1; i > 0; i--) {
      const next = this.#next();
      if (next === undefined) return;
      this.#floor = next.served;
      this.#begun.add(next);
      if (!next.beginNext()) this.#waiting.delete(next);
    }
    this.#come();
  }

  /** Who has had the least, of those with room for another call. */
  #next(): Bulkhead | undefined {
    let least: Bulkhead | undefined;
    for (const one of this.#waiting) if (one.hasRoom && (least === undefined || one.served < least.served)) least = one;
    return least;
  }
}
