import type { AggregateState } from "./aggregate-state.ts";

/**
 * The value of the earliest or of the latest event; of two at one time, the one with the lower, or the higher, log
 * position. Exact. Empty: null.
 */
export class FirstLastState implements AggregateState {
  /** 1 where later events win, -1 where earlier ones do. */
  readonly #sign: 1 | -1;
  #value = Number.NaN;
  #time = 0;
  #seq = -1;

  constructor(which: "first" | "last") {
    this.#sign = which === "last" ? 1 : -1;
  }

  reset(): void {
    this.#value = Number.NaN;
    this.#seq = -1;
  }

  add(value: number, time: number, seq: number): void {
    const later = time - this.#time || seq - this.#seq;
    if (this.#seq >= 0 && later * this.#sign < 0) return;
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

  value(): number {
    return this.#value;
  }
}
