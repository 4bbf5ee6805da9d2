import { limit } from "../../base/limit.ts";
import type { AggregateState } from "./aggregate-state.ts";

/**
 * How many different values: exact up to `limit.distinctMax`, where it stops counting. The bound is a function of the
 * set alone, so merges in any order agree. Empty: 0.
 */
export class DistinctState implements AggregateState {
  readonly #values = new Set<number>();

  reset(): void {
    if (this.#values.size > 0) this.#values.clear();
  }

  add(value: number): void {
    if (this.#values.size < limit.distinctMax) this.#values.add(value);
  }

  merge(tile: Float64Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.add(tile[i]);
  }

  write(out: number[]): void {
    for (const value of this.#values) out.push(value);
  }

  value(): number {
    return this.#values.size;
  }
}
