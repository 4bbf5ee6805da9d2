import { limit } from "../../base/limit.ts";
import type { AggregateState } from "./aggregate-state.ts";

/**
 * How often each value occurs, as pairs of value and count. Exact up to `limit.topValuesMax` different values; beyond,
 * every count may be too low by at most the number of rows divided by that bound, and values rarer than that may be
 * missing. Which are listed is decided where they are shown, since ties go by their texts. Empty: null.
 * @source Misra, Gries, "Finding repeated elements", 1982; merges: Agarwal et al., "Mergeable Summaries", PODS 2012
 */
export class TopKState implements AggregateState {
  readonly #counts = new Map<number, number>();

  reset(): void {
    this.#counts.clear();
  }

  add(value: number): void {
    this.#take(value, 1);
  }

  merge(tile: Float64Array, start: number, end: number): void {
    for (let i = start; i < end; i += 2) this.#take(tile[i], tile[i + 1]);
  }

  write(out: number[]): void {
    for (const [value, count] of this.#counts) out.push(value, count);
  }

  value(): number {
    return this.#counts.size === 0 ? Number.NaN : this.#counts.size;
  }

  list(): readonly number[] {
    return [...this.#counts].flat();
  }

  #take(value: number, count: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
    if (this.#counts.size >= 2 * limit.topValuesMax) this.#dropRare();
  }

  /** Takes the largest count that must go from every value: each loses no more than every one that goes. */
  #dropRare(): void {
    const counts = [...this.#counts.values()].sort((a, b) => b - a);
    const rare = counts[limit.topValuesMax];
    for (const [value, count] of this.#counts) {
      if (count > rare) this.#counts.set(value, count - rare);
      else this.#counts.delete(value);
    }
  }
}
