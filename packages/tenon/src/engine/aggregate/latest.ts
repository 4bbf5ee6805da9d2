import type { AggregateState } from "./aggregate-state.ts";

/**
 * The value of the latest row, which may be null; of two at one time, of the one with the higher log position. Null once
 * the row is older than the time to live. Exact. Empty: null.
 */
export class LatestState implements AggregateState {
  readonly #ttlMs: number;
  #value = Number.NaN;
  #time = 0;
  #seq = -1;

  /** NaN: it lives until the next one. */
  constructor(ttlMs: number) {
    this.#ttlMs = Number.isNaN(ttlMs) ? Number.POSITIVE_INFINITY : ttlMs;
  }

  reset(): void {
    this.#value = Number.NaN;
    this.#seq = -1;
  }

  add(value: number, time: number, seq: number): void {
    if (this.#seq >= 0 && (time - this.#time || seq - this.#seq) < 0) return;
    this.#value = value;
    this.#time = time;
    this.#seq = seq;
  }

  merge(tile: Float64Array, start: number, end: number): void {
    if (end > start) this.add(tile[start], tile[start + 1], tile[start + 2]);
  }

  write(out: number[]): void {
    if (this.#seq >= 0) out.push(this.#value, this.#time, this.#seq);
  }

  value(at: number): number {
    return this.#seq >= 0 && at - this.#time <= this.#ttlMs ? this.#value : Number.NaN;
  }
}
