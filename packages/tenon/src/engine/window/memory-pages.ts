import type { PageStore } from "./tile-tree.ts";

/** Pages in memory: for training sets, which sweep one key at a time, and for tests. */
export class MemoryPages implements PageStore {
  readonly #pages = new Map<number, Float64Array>();

  page(number: number): Float64Array {
    const page = this.#pages.get(number);
    if (page === undefined) throw new RangeError(`page ${number} was never put`);
    return page;
  }

  putPage(number: number, numbers: Float64Array): void {
    this.#pages.set(number, numbers);
  }

  dropPage(number: number): void {
    this.#pages.delete(number);
  }

  get count(): number {
    return this.#pages.size;
  }
}
