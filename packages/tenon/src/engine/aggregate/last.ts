import type { AggregateState } from "./aggregate-state.ts";

/** The value of the latest event; of two at one time, the one with the higher log position. Exact. Empty: null. */
export class LastState implements AggregateState {
  #value = Number.NaN;
  #time = Number.NEGATIVE_INFINITY;
  #seq = -1;

  reset(): void {
    this.#value = Number.NaN;
    this.#time = Number.NEGATIVE_INFINITY;
    this.#seq = -1;
  }

  add(value: number, time: number, seq: number): void {
    if (time > this.#time || (time === this.#time && seq > this.#seq)) {
      this.#value = value;
      this.#time = time;
      this.#seq = seq;
    }
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
