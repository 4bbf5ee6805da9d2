import type { AggregateState } from "./aggregate-state.ts";
import { ExactSum } from "./exact-sum.ts";

/** The sum of the values, rounded once: the same bits in any order of arrival. Empty: 0. */
export class SumState implements AggregateState {
  readonly #sum = new ExactSum();

  reset(): void {
    this.#sum.reset();
  }

  add(value: number): void {
    this.#sum.add(value);
  }

  merge(tile: Float64Array, start: number, end: number): void {
    this.#sum.merge(tile, start, end);
  }

  write(out: number[]): void {
    this.#sum.write(out);
  }

  value(): number {
    return this.#sum.value();
  }
}
