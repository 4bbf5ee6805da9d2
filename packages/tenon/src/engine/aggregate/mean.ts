import type { AggregateState } from "./aggregate-state.ts";
import { ExactSum } from "./exact-sum.ts";

/** The exact sum divided by the count: two roundings, the same bits in any order of arrival. Empty: null. */
export class MeanState implements AggregateState {
  readonly #sum = new ExactSum();
  #count = 0;

  reset(): void {
    this.#sum.reset();
    this.#count = 0;
  }

  add(value: number): void {
    this.#sum.add(value);
    this.#count++;
  }

  merge(tile: Float64Array, start: number, end: number): void {
    this.#count += tile[start];
    this.#sum.merge(tile, start + 1, end);
  }

  write(out: number[]): void {
    out.push(this.#count);
    this.#sum.write(out);
  }

  value(): number {
    return this.#count === 0 ? Number.NaN : this.#sum.value() / this.#count;
  }
}
