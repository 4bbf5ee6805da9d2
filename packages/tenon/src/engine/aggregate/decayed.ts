import type { AggregateState } from "./aggregate-state.ts";

/**
 * The sum of the values, each halved for every half-life that has passed since: Σ x · 2^−(t − time) / halfLife. Kept as
 * of its newest event and brought to the time of a read at the end, so that no event is touched again. Exact to 1e-9 of
 * Σ |x| · weight, in any order of arrival. Empty: 0.
 * @source forward decay: Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay", ICDE 2009
 */
export class DecayedState implements AggregateState {
  readonly #halfLifeMs: number;
  #sum = 0;
  #time = Number.NEGATIVE_INFINITY;

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs;
  }

  reset(): void {
    this.#sum = 0;
    this.#time = Number.NEGATIVE_INFINITY;
  }

  add(value: number, time: number): void {
    if (time > this.#time) {
      this.#sum = this.#sum * this.#weight(time - this.#time) + value;
      this.#time = time;
    } else {
      this.#sum += value * this.#weight(this.#time - time);
    }
  }

  merge(tile: Float64Array, start: number, end: number): void {
    if (end > start) this.add(tile[start], tile[start + 1]);
  }

  write(out: number[]): void {
    if (this.#time > Number.NEGATIVE_INFINITY) out.push(this.#sum, this.#time);
  }

  value(at: number): number {
    return this.#time > Number.NEGATIVE_INFINITY ? this.#sum * this.#weight(at - this.#time) : 0;
  }

  #weight(passedMs: number): number {
    return 2 ** (-passedMs / this.#halfLifeMs);
  }
}
