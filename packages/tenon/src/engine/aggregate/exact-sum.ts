/** Doubles span 2,098 binary digits and a partial covers 53: no sum needs more partials than this. */
const partialsMax = 42;

const splitter = 2 ** 27 + 1;

/** The upper 26 bits of a double: the product of two such halves is exact. */
function highHalf(value: number): number {
  const scaled = splitter * value;
  return scaled - (scaled - value);
}

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

  /** Adds a · b as the two doubles whose sum it is: exact where neither overflows nor falls below 2^-1022. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    const [aHigh, bHigh] = [highHalf(a), highHalf(b)];
    const [aLow, bLow] = [a - aHigh, b - bHigh];
    this.add(product);
    this.add(aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow));
  }

  /** What the sum consists of: doubles that do not overlap. Valid until the next addition. */
  get partials(): Float64Array {
    return this.#partials.subarray(0, this.#count);
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
