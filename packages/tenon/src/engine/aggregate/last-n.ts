import type { AggregateState } from "./aggregate-state.ts";

/** Numbers of one entry: value, time, log position. */
const entryLength = 3;

/**
 * The values of the n latest events, newest first; of two at one time, the one with the higher log position. Exact.
 * Empty: null.
 */
export class LastNState implements AggregateState {
  readonly #n: number;
  /** Entries from the newest to the oldest. */
  readonly #entries: number[] = [];

  constructor(n: number) {
    this.#n = n;
  }

  reset(): void {
    this.#entries.length = 0;
  }

  add(value: number, time: number, seq: number): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0 && isLater(time, seq, entries[at - 2], entries[at - 1])) at -= entryLength;
    if (at === this.#n * entryLength) return;
    entries.splice(at, 0, value, time, seq);
    if (entries.length > this.#n * entryLength) entries.length = this.#n * entryLength;
  }

  merge(tile: Float64Array, start: number, end: number): void {
    for (let i = start; i < end; i += entryLength) this.add(tile[i], tile[i + 1], tile[i + 2]);
  }

  write(out: number[]): void {
    for (const number of this.#entries) out.push(number);
  }

  value(): number {
    return this.#entries.length === 0 ? Number.NaN : this.#entries.length / entryLength;
  }

  list(): readonly number[] {
    return this.#entries.filter((_, i) => i % entryLength === 0);
  }
}

const isLater = (time: number, seq: number, otherTime: number, otherSeq: number): boolean =>
  time > otherTime || (time === otherTime && seq > otherSeq);
