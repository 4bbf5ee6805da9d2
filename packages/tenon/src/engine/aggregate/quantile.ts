import { limit } from "../../base/limit.ts";
import type { AggregateState } from "./aggregate-state.ts";

/** Bits of a double's mantissa that tell its bucket: 2^7 buckets between a power of two and the next. */
const mantissaBits = 7;
const bits = new DataView(new ArrayBuffer(8));

interface Bucket {
  least: number;
  count: number;
}

/**
 * The value of rank ⌈q · n⌉ (SQL's `percentile_disc`), to a relative error below 1/128: values whose sign, exponent and
 * first 7 bits agree share a bucket, and the answer is the least value of the bucket that the rank falls in. So it is a
 * value that occurred, and whole numbers up to 256 are exact. The buckets are a function of the values alone: any order
 * of arrival and of merges gives the same bits. Beyond `limit.quantileBucketsMax` buckets the smallest magnitudes count
 * as 0. Empty: null.
 * @source the relative error as in DDSketch: Masson, Rim, Lee, VLDB 2019; buckets by bits as in HdrHistogram
 */
export class QuantileState implements AggregateState {
  readonly #q: number;
  readonly #buckets = new Map<number, Bucket>();
  #count = 0;
  #zeros = 0;

  constructor(q: number) {
    this.#q = q;
  }

  reset(): void {
    this.#buckets.clear();
    this.#count = 0;
    this.#zeros = 0;
  }

  add(value: number): void {
    this.#take(value, 1);
  }

  /** `[zeros, least, count, least, count …]` */
  merge(tile: Float64Array, start: number, end: number): void {
    if (end === start) return;
    this.#zeros += tile[start];
    this.#count += tile[start];
    for (let i = start + 1; i < end; i += 2) this.#take(tile[i], tile[i + 1]);
  }

  write(out: number[]): void {
    if (this.#count === 0) return;
    out.push(this.#zeros);
    for (const { least, count } of this.#buckets.values()) out.push(least, count);
  }

  value(): number {
    if (this.#count === 0) return Number.NaN;
    const ordered = [...this.#buckets.values(), { least: 0, count: this.#zeros }].sort((a, b) => a.least - b.least);
    let left = Math.max(1, Math.ceil(this.#q * this.#count));
    for (const { least, count } of ordered) {
      left -= count;
      if (left <= 0) return least;
    }
    return Number.NaN;
  }

  #take(value: number, count: number): void {
    this.#count += count;
    if (value === 0) {
      this.#zeros += count;
      return;
    }
    const key = bucketOf(value);
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) {
      bucket.count += count;
      if (value < bucket.least) bucket.least = value;
      return;
    }
    this.#buckets.set(key, { least: value, count });
    if (this.#buckets.size > limit.quantileBucketsMax) this.#foldSmallest();
  }

  /** The bound only ever rises: what was folded once would be folded in the end, whatever the order. */
  #foldSmallest(): void {
    let smallest = Number.POSITIVE_INFINITY;
    for (const key of this.#buckets.keys()) smallest = Math.min(smallest, key);
    this.#zeros += this.#buckets.get(smallest)?.count ?? 0;
    this.#buckets.delete(smallest);
  }
}

/** Larger for larger magnitudes; the sign is the last bit. */
function bucketOf(value: number): number {
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  return ((high & 0x7fffffff) >>> (20 - mantissaBits)) * 2 + (high >>> 31);
}
