/** Doubles span 2,098 binary digits and a partial covers 53: no sum needs more partials than this. */
const partialsMax = 42;

/**
 * A sum of doubles without rounding: the partials are doubles that do not overlap and whose sum is exact, so that any
 * order of additions and merges gives the same value, rounded once at the end.
 * @source Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997; the rounding as in Python's math.fsum
 */
export class ExactSum {
  readonly #partials = new Float64Array(partialsMax);
  #count = 0;

  reset(): void {
    this.#count = 0;
  }

  add(value: number): void {
    const partials = this.#partials;
    let carried = value;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const partial = partials[i];
      const sum = carried + partial;
      const larger = Math.abs(carried) < Math.abs(partial) ? partial : carried;
      const smaller = larger === carried ? partial : carried;
      const rest = smaller - (sum - larger);
      if (rest !== 0) partials[kept++] = rest;
      carried = sum;
    }
    if (carried !== 0) partials[kept++] = carried;
    this.#count = kept;
  }

  /** The partials from `start` up to `end` of a tile. */
  merge(tile: Float64Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.add(tile[i]);
  }

  write(out: number[]): void {
    for (let i = 0; i < this.#count; i++) out.push(this.#partials[i]);
  }

  /** The double nearest to the exact sum, ties to even. */
  value(): number {
    const partials = this.#partials;
    let next = this.#count;
    if (next === 0) return 0;
    let sum = partials[--next];
    let rest = 0;
    while (next > 0) {
      const larger = sum;
      const smaller = partials[--next];
      sum = larger + smaller;
      rest = smaller - (sum - larger);
      if (rest !== 0) break;
    }
    // A tie was rounded without seeing the partials below: they decide it.
    if (next > 0 && rest !== 0 && rest > 0 === partials[next - 1] > 0) {
      const doubled = rest * 2;
      const corrected = sum + doubled;
      if (corrected - sum === doubled) sum = corrected;
    }
    return sum;
  }
}
