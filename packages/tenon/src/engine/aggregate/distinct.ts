import { limit } from "../../base/limit.ts";
import type { AggregateState } from "./aggregate-state.ts";
import { HyperLogLog } from "./hyper-log-log.ts";

/** How a state begins in a tile: the values follow, or the registers do. */
const asSet = 0;
const asRegisters = 1;

/**
 * How many different values: exact up to `limit.distinctMax`, an estimate beyond it (standard error 1.6 %). Which of
 * them, and the estimate, are functions of the set alone: any order of arrival gives the same number. Empty: 0.
 */
export class DistinctState implements AggregateState {
  readonly #values = new Set<number>();
  #registers: HyperLogLog | undefined;
  #isEstimate = false;

  reset(): void {
    if (this.#values.size > 0) this.#values.clear();
    this.#isEstimate = false;
  }

  add(value: number): void {
    if (this.#isEstimate) this.#registers?.add(value);
    else {
      this.#values.add(value);
      if (this.#values.size > limit.distinctMax) this.#estimate();
    }
  }

  merge(tile: Float64Array, start: number, end: number): void {
    if (end === start) return;
    if (tile[start] === asSet) for (let i = start + 1; i < end; i++) this.add(tile[i]);
    else this.#estimate().merge(tile, start + 1);
  }

  write(out: number[]): void {
    if (this.#isEstimate) {
      out.push(asRegisters);
      this.#registers?.write(out);
    } else if (this.#values.size > 0) {
      out.push(asSet);
      for (const value of this.#values) out.push(value);
    }
  }

  value(): number {
    return this.#isEstimate && this.#registers !== undefined ? this.#registers.value() : this.#values.size;
  }

  /** The registers, with what the set held. */
  #estimate(): HyperLogLog {
    this.#registers ??= new HyperLogLog();
    if (this.#isEstimate) return this.#registers;
    this.#registers.reset();
    for (const value of this.#values) this.#registers.add(value);
    this.#values.clear();
    this.#isEstimate = true;
    return this.#registers;
  }
}
