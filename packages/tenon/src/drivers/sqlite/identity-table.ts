/** The newest identities in memory: an open hash table from hash to log position; equal hashes stand side by side. */
export class IdentityTable {
  #hashes = new Float64Array(1024);
  #seqs = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(hash: number, seq: number): void {
    if (this.#size * 2 >= this.#hashes.length) this.#grow();
    let slot = slotOf(hash, this.#hashes.length);
    while (this.#hashes[slot] !== 0) slot = (slot + 1) & (this.#hashes.length - 1);
    this.#hashes[slot] = hash;
    this.#seqs[slot] = seq;
    this.#size++;
  }

  /** Appends the positions of entries with this hash. */
  find(hash: number, out: number[]): void {
    let slot = slotOf(hash, this.#hashes.length);
    while (this.#hashes[slot] !== 0) {
      if (this.#hashes[slot] === hash) out.push(this.#seqs[slot]);
      slot = (slot + 1) & (this.#hashes.length - 1);
    }
  }

  /** The hashes in ascending order with their positions, as `[hash, seq, hash, seq, …]`. */
  sorted(): Float64Array {
    const hashes = this.#hashes.filter((hash) => hash !== 0).sort();
    const pairs = new Float64Array(hashes.length * 2);
    const seqs: number[] = [];
    for (let i = 0; i < hashes.length; ) {
      seqs.length = 0;
      this.find(hashes[i], seqs);
      for (const seq of seqs) {
        pairs[i * 2] = hashes[i];
        pairs[i * 2 + 1] = seq;
        i++;
      }
    }
    return pairs;
  }

  clear(): void {
    this.#hashes.fill(0);
    this.#size = 0;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const seqs = this.#seqs;
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#seqs = new Float64Array(hashes.length * 2);
    this.#size = 0;
    for (let i = 0; i < hashes.length; i++) if (hashes[i] !== 0) this.add(hashes[i], seqs[i]);
  }
}

/** The low bits are well mixed; lengths are powers of two. */
const slotOf = (hash: number, length: number): number => (hash % 4_294_967_296) & (length - 1);
