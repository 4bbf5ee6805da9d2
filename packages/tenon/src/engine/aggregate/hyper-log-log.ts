/** 2^12 registers: a standard error of 1.04 / 64 = 1.6 %. */
const indexBits = 12;
const registerCount = 2 ** indexBits;
/** Bits of a hash behind the index. */
const rankBits = 64 - indexBits;
/** Six bits a register, eight registers in the 48 lowest bits of a double's integer. */
const packed = 8;

const bits = new DataView(new ArrayBuffer(8));

/** murmur3's finalizer: every bit of the result depends on every bit of the argument. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * How many different numbers were added, in 4,096 registers of six bits: a function of the set alone, so that any order
 * of additions and merges gives the same registers and the same estimate.
 * @source Flajolet et al., HyperLogLog, 2007; the estimator without bias tables: Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches", 2017, algorithm 6
 */
export class HyperLogLog {
  readonly #registers = new Uint8Array(registerCount);

  reset(): void {
    this.#registers.fill(0);
  }

  add(value: number): void {
    // Zeros are one value.
    bits.setFloat64(0, value + 0);
    const high = mix(mix(bits.getUint32(0)) ^ bits.getUint32(4));
    const low = mix(mix(bits.getUint32(4) ^ 0x9e3779b9) ^ bits.getUint32(0));
    const index = high >>> (32 - indexBits);
    const rest = (high << indexBits) >>> 0;
    const rank = rest !== 0 ? Math.clz32(rest) + 1 : 32 - indexBits + Math.clz32(low) + 1;
    if (rank > this.#registers[index]) this.#registers[index] = rank;
  }

  merge(tile: Float64Array, start: number): void {
    for (let i = 0; i < registerCount; i += packed) {
      let left = tile[start + i / packed];
      for (let r = packed - 1; r >= 0; r--) {
        const register = left % 64;
        left = (left - register) / 64;
        if (register > this.#registers[i + r]) this.#registers[i + r] = register;
      }
    }
  }

  write(out: number[]): void {
    for (let i = 0; i < registerCount; i += packed) {
      let number = 0;
      for (let r = 0; r < packed; r++) number = number * 64 + this.#registers[i + r];
      out.push(number);
    }
  }

  /** The estimate, rounded to a whole number. */
  value(): number {
    const counts = new Uint32Array(rankBits + 2);
    for (const register of this.#registers) counts[register]++;
    let z = registerCount * tau(1 - counts[rankBits + 1] / registerCount);
    for (let k = rankBits; k >= 1; k--) z = 0.5 * (z + counts[k]);
    z += registerCount * sigma(counts[0] / registerCount);
    return Math.round((0.5 / Math.LN2) * registerCount * (registerCount / z));
  }
}

/** x + Σ x^(2^k) · 2^(k − 1): what registers that are still 0 tell. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let [power, factor, sum] = [x, 1, x];
  for (let before = -1; before !== sum; ) {
    before = sum;
    power *= power;
    sum += power * factor;
    factor *= 2;
  }
  return sum;
}

/** What registers that are full tell. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, factor, sum] = [x, 1, 1 - x];
  for (let before = -1; before !== sum; ) {
    before = sum;
    root = Math.sqrt(root);
    factor *= 0.5;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}
