import type { AggregateState } from "./aggregate-state.ts";

/** How many values. Exact. Empty: 0. */
export class CountState implements AggregateState {
  #count = 0;

  reset(): void {
    this.#count = 0;
  }

  add(): void {
    this.#count++;
  }

  merge(tile: Float64Array, start: number): void {
    this.#count += tile[start];
  }

  write(out: number[]): void {
    out.push(this.#count);
  }

  value(): number {
    return this.#count;
  }
}
