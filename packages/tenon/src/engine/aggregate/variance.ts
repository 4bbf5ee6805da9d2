import type { AggregateState } from "./aggregate-state.ts";
import { ExactSum } from "./exact-sum.ts";

/**
 * The sample variance (over n − 1), or its root: from the exact sums of the values and of their squares, so that any
 * order of arrival gives the same bits and close values lose nothing. Correct to the last bit but for three roundings,
 * for magnitudes from 1e-140 to 1e140. Fewer than two values: null.
 * @source the exact product: Dekker, "A floating-point technique for extending the available precision", 1971
 */
export class VarianceState implements AggregateState {
  readonly #root: boolean;
  readonly #sum = new ExactSum();
  readonly #squares = new ExactSum();
  /** Takes n · Σx² − (Σx)² without rounding: with one rounding before the difference nothing might be left of it. */
  readonly #spread = new ExactSum();
  #count = 0;

  constructor(of: "variance" | "stddev") {
    this.#root = of === "stddev";
  }

  reset(): void {
    this.#sum.reset();
    this.#squares.reset();
    this.#count = 0;
  }

  add(value: number): void {
    this.#count++;
    this.#sum.add(value);
    this.#squares.addProduct(value, value);
  }

  merge(tile: Float64Array, start: number, end: number): void {
    const squaresStart = start + 2 + tile[start + 1];
    this.#count += tile[start];
    this.#sum.merge(tile, start + 2, squaresStart);
    this.#squares.merge(tile, squaresStart, end);
  }

  /** `[count, partials of the sum, partial …, partial of the squares …]` */
  write(out: number[]): void {
    const at = out.push(this.#count, 0) - 1;
    this.#sum.write(out);
    out[at] = out.length - at - 1;
    this.#squares.write(out);
  }

  value(): number {
    if (this.#count < 2) return Number.NaN;
    const sums = this.#sum.partials;
    this.#spread.reset();
    for (const square of this.#squares.partials) this.#spread.addProduct(square, this.#count);
    for (const a of sums) for (const b of sums) this.#spread.addProduct(a, -b);
    const variance = this.#spread.value() / (this.#count * (this.#count - 1));
    return this.#root ? Math.sqrt(variance) : variance;
  }
}
