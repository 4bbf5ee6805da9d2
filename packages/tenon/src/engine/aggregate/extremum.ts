import type { AggregateState } from "./aggregate-state.ts";

/** The least or the greatest value. Exact. Empty: null. */
export class ExtremumState implements AggregateState {
  /** 1 for the greatest, -1 for the least: comparisons are made on sign × value. */
  readonly #sign: number;
  #best = Number.NaN;

  constructor(which: "min" | "max") {
    this.#sign = which === "max" ? 1 : -1;
  }

  reset(): void {
    this.#best = Number.NaN;
  }

  add(value: number): void {
    // The negated comparison lets the first value replace NaN; zeros are one value, so that order never shows.
    if (!(this.#sign * value <= this.#sign * this.#best)) this.#best = value + 0;
  }

  merge(tile: Float64Array, start: number, end: number): void {
    if (end > start) this.add(tile[start]);
  }

  write(out: number[]): void {
    if (!Number.isNaN(this.#best)) out.push(this.#best);
  }

  value(): number {
    return this.#best;
  }
}
