import { type KeyKind, kinds, laneStart, OnlineKeys, parseKey } from "./online-keys.ts";
import type { OnlineDatabase } from "./open-online.ts";

/** Walks over the heads of one lane and measures what keys take. */
export class KeyCensus {
  readonly #database: OnlineDatabase;
  readonly #keys = new OnlineKeys();

  constructor(database: OnlineDatabase) {
    this.#database = database;
  }

  keysAfter(tenant: number, laneId: string, after: string | undefined, limit: number): readonly string[] {
    const start =
      after === undefined
        ? laneStart(tenant, laneId, kinds.head)
        : Buffer.concat([this.#keys.key(tenant, laneId, kinds.head, 0, after), zero]);
    const read = this.#database.getKeys({ start, end: laneStart(tenant, laneId, kinds.root), limit });
    return [...read].flatMap((key) => parseKey(Buffer.from(key))?.key ?? []);
  }

  bytesOf(tenant: number, laneId: string, key: string, pagesMax: number): number {
    const sizeOf = (kind: KeyKind, page: number): number => {
      const stored = this.#keys.key(tenant, laneId, kind, page, key);
      const bytes = this.#database.getBinaryFast(stored);
      return bytes === undefined ? 0 : stored.length + bytes.length;
    };
    const head = this.#database.getBinary(this.#keys.key(tenant, laneId, kinds.head, 0, key));
    if (head === undefined) return 0;
    // The first number of a head is its next page: see `lane-record.ts`.
    const nextPage = Buffer.from(head).readDoubleLE(0);
    const firstPage = firstKept(nextPage, (page) => sizeOf(kinds.page, page) > 0);
    const pages = nextPage - firstPage;
    const measured = Math.min(pages, pagesMax);
    let bytes = 0;
    for (let page = nextPage - measured; page < nextPage; page++) bytes += sizeOf(kinds.page, page);
    const perPage = measured === 0 ? 0 : bytes / measured;
    return sizeOf(kinds.head, 0) + (nextPage > 0 ? sizeOf(kinds.root, 0) : 0) + perPage * pages;
  }
}

/** The oldest page that is still there: pages go from the front. */
function firstKept(nextPage: number, isKept: (page: number) => boolean): number {
  let low = 0;
  for (let high = nextPage; low < high; ) {
    const middle = Math.floor((low + high) / 2);
    if (isKept(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const zero = Buffer.from([0]);
