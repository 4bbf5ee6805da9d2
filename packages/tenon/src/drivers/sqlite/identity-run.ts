import { closeSync, fsyncSync, openSync, readSync, renameSync, unlinkSync, writeSync } from "node:fs";

/**
 * Identities sorted by hash, in a file; in memory a Bloom filter of ten bits an identity and the hash of every 64th.
 * A new id costs the filter's probes and, once in a hundred, one read of 1 KiB.
 *
 *   f64 magic, f64 count, f64 last seq, f64 newest loggedAt, then (f64 hash, f64 seq) …
 */
const magic = 7_310_033_001;
const headerNumbers = 4;
const blockPairs = 64;
const bitsPerIdentity = 10;
const probes = 7;

export interface RunInfo {
  readonly count: number;
  readonly lastSeq: number;
  readonly newestLoggedAtMs: number;
}

export class IdentityRun {
  readonly file: string;
  readonly info: RunInfo;
  readonly #fd: number;
  readonly #fence: Float64Array;
  readonly #bloom: Uint32Array;
  readonly #block = new Float64Array(blockPairs * 2);

  private constructor(file: string, info: RunInfo, pairs: Float64Array) {
    this.file = file;
    this.info = info;
    this.#fd = openSync(file, "r");
    this.#fence = new Float64Array(Math.ceil(info.count / blockPairs));
    this.#bloom = new Uint32Array(Math.max(1, Math.ceil((info.count * bitsPerIdentity) / 32)));
    for (let i = 0; i < info.count; i++) {
      if (i % blockPairs === 0) this.#fence[i / blockPairs] = pairs[i * 2];
      this.#eachBit(pairs[i * 2], (word, bit) => {
        this.#bloom[word] |= bit;
        return true;
      });
    }
  }

  /** Writes sorted pairs to a file that appears whole or not at all. */
  static write(file: string, pairs: Float64Array, o: { lastSeq: number; newestLoggedAtMs: number }): IdentityRun {
    const info = { count: pairs.length / 2, lastSeq: o.lastSeq, newestLoggedAtMs: o.newestLoggedAtMs };
    const fd = openSync(`${file}.tmp`, "w");
    writeSync(fd, new Uint8Array(Float64Array.of(magic, info.count, info.lastSeq, info.newestLoggedAtMs).buffer));
    const bytes = new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(`${file}.tmp`, file);
    return new IdentityRun(file, info, pairs);
  }

  /** Opens a file, or answers undefined where it is not whole: the log makes it anew. */
  static open(file: string): IdentityRun | undefined {
    const numbers = readNumbers(file);
    const [found, count, lastSeq, newestLoggedAtMs] = numbers;
    if (found !== magic || numbers.length !== headerNumbers + count * 2) return undefined;
    return new IdentityRun(file, { count, lastSeq, newestLoggedAtMs }, numbers.subarray(headerNumbers));
  }

  /** All pairs, sorted. */
  pairs(): Float64Array {
    return readNumbers(this.file).subarray(headerNumbers);
  }

  /** Appends the positions of entries with this hash. */
  find(hash: number, out: number[]): void {
    if (!this.#eachBit(hash, (word, bit) => (this.#bloom[word] & bit) !== 0)) return;
    let low = 0;
    let high = this.#fence.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#fence[middle] < hash) low = middle + 1;
      else high = middle;
    }
    // Equal hashes may begin in the block before the first whose own first hash is not smaller.
    for (let block = Math.max(0, low - 1); block < this.#fence.length && this.#fence[block] <= hash; block++) {
      const read = readSync(this.#fd, this.#block, 0, blockPairs * 16, (headerNumbers + block * blockPairs * 2) * 8);
      for (let i = 0; i < read / 8; i += 2) if (this.#block[i] === hash) out.push(this.#block[i + 1]);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  delete(): void {
    this.close();
    unlinkSync(this.file);
  }

  /** Visits the filter's bits of a hash until a visit answers false. */
  #eachBit(hash: number, visit: (word: number, bit: number) => boolean): boolean {
    const bits = this.#bloom.length * 32;
    const step = 1 + (Math.floor(hash / 2_097_152) % (bits - 1));
    let bit = hash % bits;
    for (let i = 0; i < probes; i++) {
      if (!visit(Math.floor(bit / 32), 1 << (bit & 31))) return false;
      bit = (bit + step) % bits;
    }
    return true;
  }
}

function readNumbers(file: string): Float64Array {
  const fd = openSync(file, "r");
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(1 << 20);
      const read = readSync(fd, chunk, 0, chunk.length, null);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
    }
    const bytes = Buffer.concat(chunks);
    return new Float64Array(new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % 8))).buffer);
  } finally {
    closeSync(fd);
  }
}

/** Two sorted lists of pairs as one. */
export function mergePairs(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  for (let i = 0, j = 0, at = 0; at < merged.length; at += 2) {
    const fromA = j >= b.length || (i < a.length && a[i] <= b[j]);
    const source = fromA ? a : b;
    const from = fromA ? i : j;
    merged[at] = source[from];
    merged[at + 1] = source[from + 1];
    if (fromA) i += 2;
    else j += 2;
  }
  return merged;
}
