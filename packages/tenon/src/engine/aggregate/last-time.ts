import type { AggregateState } from "./aggregate-state.ts";

/** The milliseconds from the latest event to the time of the read. Exact. Empty: null. */
export class LastTimeState implements AggregateState {
  #time = Number.NEGATIVE_INFINITY;

  reset(): void {
    this.#time = Number.NEGATIVE_INFINITY;
  }

  add(_value: number, time: number): void {
    if (time > this.#time) this.#time = time;
  }

  merge(tile: Float64Array, start: number, end: number): void {
    if (end > start) this.add(0, tile[start]);
  }

  write(out: number[]): void {
    if (this.#time > Number.NEGATIVE_INFINITY) out.push(this.#time);
  }

  value(at: number): number {
    return this.#time > Number.NEGATIVE_INFINITY ? at - this.#time : Number.NaN;
  }
}
