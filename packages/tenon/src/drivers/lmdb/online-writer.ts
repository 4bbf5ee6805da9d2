import { sha256 } from "../../base/hash.ts";
import { Lane } from "../../engine/window/lane.ts";
import { type LaneLayout, rowStride, rowTime } from "../../engine/window/lane-layout.ts";
import { TileMaker } from "../../engine/window/tile.ts";
import type { PageStore } from "../../engine/window/tile-tree.ts";
import type { OnlineWriter, RowsOfKey, SweptLane } from "../../ports/online-store.ts";
import { KeySweep, type StaleKey } from "./key-sweep.ts";
import { bytesOf, numbersOf, readHead, writeHead } from "./lane-record.ts";
import { codedTextBytesMax, kinds, laneFloorsKey, lanePositionsKey, OnlineKeys, positionKey } from "./online-keys.ts";
import { type OnlineDatabase, openOnline, readFloors } from "./open-online.ts";

/** Lanes and codes kept between transactions. */
const lanesMax = 20_000;
const codesMax = 100_000;

interface WritableLane {
  readonly lane: Lane;
  readonly pages: StoredPages;
  readonly tenant: number;
  readonly laneId: string;
  readonly key: string;
  dirty: boolean;
  rootDirty: boolean;
}

/** The one writer of the online store. Changes gather in memory and go to LMDB with the position in one transaction. */
export class LmdbOnlineWriter implements OnlineWriter {
  readonly #database: OnlineDatabase;
  readonly #keys = new OnlineKeys();
  readonly #layouts = new Map<string, { readonly layout: LaneLayout; readonly maker: TileMaker }>();
  readonly #lanes = new Map<string, WritableLane>();
  readonly #raisedFloors = new Map<string, number>();
  readonly #dirty: WritableLane[] = [];
  readonly #codes = new Map<string, number>();
  readonly #newCodes: {
    readonly tenant: number;
    readonly laneId: string;
    readonly text: string;
    readonly code: number;
  }[] = [];
  readonly #nextCodes = new Map<string, number>();

  readonly #sweep: KeySweep;

  constructor(dir: string) {
    this.#database = openOnline(dir);
    this.#sweep = new KeySweep(this.#database);
  }

  setLayouts(layouts: ReadonlyMap<string, LaneLayout>): void {
    for (const [id, layout] of layouts) {
      if (!this.#layouts.has(id)) this.#layouts.set(id, { layout, maker: new TileMaker(layout) });
    }
  }

  /** The position of every lane that was ever filled, and of the store. */
  positions(): { readonly main: number; readonly lanes: Map<string, number> } {
    const main = this.#database.get(positionKey);
    const lanes = this.#database.get(lanePositionsKey);
    const stored: Record<string, number> = lanes === undefined ? {} : JSON.parse(lanes.toString());
    return { main: main === undefined ? 0 : main.readDoubleLE(0), lanes: new Map(Object.entries(stored)) };
  }

  /** Puts a row in a key's lane; rows and pages older than `keepFromMs` may go. */
  insert(tenant: number, laneId: string, key: string, row: Float64Array, keepFromMs: number): void {
    const writable = this.#touched(tenant, laneId, key);
    if (writable.lane.insert(row, 0)) {
      writable.lane.trim(keepFromMs);
      writable.rootDirty = true;
    }
  }

  #touched(tenant: number, laneId: string, key: string): WritableLane {
    const writable = this.#lane(tenant, laneId, key);
    if (!writable.dirty) {
      writable.dirty = true;
      this.#dirty.push(writable);
    }
    return writable;
  }

  insertAll({ tenant, laneId, key, rows, places, keptMs, keepFromMs }: RowsOfKey): void {
    const writable = this.#touched(tenant, laneId, key);
    for (const at of places) {
      if (!writable.lane.insert(rows, at)) continue;
      writable.lane.trim(Math.max(rows[at + rowTime] - keptMs, keepFromMs));
      writable.rootDirty = true;
    }
  }

  newestSeq(tenant: number, laneId: string, key: string): number {
    return this.#lane(tenant, laneId, key).lane.newestSeq;
  }

  /** The code of a text in the lane's dictionary; a new one is stored with the next commit. */
  code(tenant: number, laneId: string, text: string): number {
    const known = `${tenant}/${laneId}/${text}`;
    const cached = this.#codes.get(known);
    if (cached !== undefined) return cached;
    const stored = this.#database.get(this.#keys.key(tenant, laneId, kinds.codeOfText, 0, dictionaryText(text)));
    const code = stored === undefined ? this.#newCode(tenant, laneId, text) : stored.readUInt32LE(0);
    if (this.#codes.size >= codesMax && this.#newCodes.length === 0) this.#codes.clear();
    this.#codes.set(known, code);
    return code;
  }

  #newCode(tenant: number, laneId: string, text: string): number {
    const dictionary = `${tenant}/${laneId}`;
    const stored = this.#database.get(this.#keys.key(tenant, laneId, kinds.nextCode, 0, ""));
    const code = this.#nextCodes.get(dictionary) ?? stored?.readUInt32LE(0) ?? 0;
    this.#nextCodes.set(dictionary, code + 1);
    this.#newCodes.push({ tenant, laneId, text, code });
    return code;
  }

  raiseFloor(laneId: string, floorMs: number): void {
    this.#raisedFloors.set(laneId, floorMs);
  }

  /** Writes all changes and the positions in one transaction. */
  commit(main: number, lanes: ReadonlyMap<string, number>): void {
    this.#database.transactionSync(() => {
      for (const writable of this.#dirty) this.#write(writable);
      for (const { tenant, laneId, text, code } of this.#newCodes) this.#writeCode(tenant, laneId, text, code);
      const position = Buffer.alloc(8);
      position.writeDoubleLE(main, 0);
      this.#put(positionKey, position);
      this.#put(lanePositionsKey, Buffer.from(JSON.stringify(Object.fromEntries(lanes))));
      if (this.#raisedFloors.size > 0) this.#putFloors(this.#raisedFloors);
    });
    this.#raisedFloors.clear();
    for (const writable of this.#dirty) writable.dirty = false;
    this.#dirty.length = 0;
    this.#newCodes.length = 0;
    if (this.#lanes.size > lanesMax) this.#lanes.clear();
  }

  sweep(lanes: ReadonlyMap<string, SweptLane>, keysMax: number): { readonly removed: number; readonly done: boolean } {
    const { stale, done } = this.#sweep.next(lanes, keysMax);
    if (stale.length === 0) return { removed: 0, done };
    this.#database.transactionSync(() => {
      for (const key of stale) this.#remove(key);
      this.#putFloors(new Map(stale.map(({ laneId }) => [laneId, lanes.get(laneId)!.keepFromMs])));
    });
    return { removed: stale.length, done };
  }

  #putFloors(raised: ReadonlyMap<string, number>): void {
    const floors = readFloors(this.#database);
    for (const [laneId, floorMs] of raised)
      floors[laneId] = Math.max(floorMs, floors[laneId] ?? Number.NEGATIVE_INFINITY);
    this.#put(laneFloorsKey, Buffer.from(JSON.stringify(floors)));
  }

  #remove({ tenant, laneId, key, pages }: StaleKey): void {
    this.#lanes.delete(`${tenant}/${laneId}/${key}`);
    this.#database.removeSync(this.#keys.key(tenant, laneId, kinds.head, 0, key));
    if (pages > 0) this.#database.removeSync(this.#keys.key(tenant, laneId, kinds.root, 0, key));
    for (let page = 0; page < pages; page++)
      this.#database.removeSync(this.#keys.key(tenant, laneId, kinds.page, page, key));
  }

  /** Deletes everything of lanes that no definition needs any more. */
  dropLanes(tenants: readonly number[], laneIds: readonly string[]): void {
    for (const laneId of laneIds) {
      for (const tenant of tenants) {
        const start = Buffer.from(this.#keys.key(tenant, laneId, 0, 0, ""));
        const end = Buffer.from(this.#keys.key(tenant, laneId, kinds.nextCode, 0xffffffff, ""));
        const stale = [...this.#database.getKeys({ start, end })];
        this.#database.transactionSync(() => {
          for (const key of stale) this.#database.removeSync(key);
        });
      }
    }
    this.#lanes.clear();
  }

  close(): void {
    void this.#database.close();
  }

  #lane(tenant: number, laneId: string, key: string): WritableLane {
    const known = `${tenant}/${laneId}/${key}`;
    let writable = this.#lanes.get(known);
    if (writable === undefined) {
      writable = this.#load(tenant, laneId, key);
      this.#lanes.set(known, writable);
    }
    return writable;
  }

  #load(tenant: number, laneId: string, key: string): WritableLane {
    const { layout, maker } = this.#layouts.get(laneId)!;
    const read = (kind: 0 | 1 | 2, page: number): Float64Array | undefined => {
      const bytes = this.#database.getBinary(this.#keys.key(tenant, laneId, kind, page, key));
      return bytes === undefined ? undefined : numbersOf(bytes);
    };
    const pages = new StoredPages((number) => read(kinds.page, number));
    const head = read(kinds.head, 0);
    const stored =
      head === undefined ? undefined : { head: readHead(head, rowStride(layout)), root: () => read(kinds.root, 0) };
    return { lane: new Lane(layout, pages, maker, stored), pages, tenant, laneId, key, dirty: false, rootDirty: false };
  }

  #write(writable: WritableLane): void {
    const { lane, pages, tenant, laneId, key } = writable;
    const { layout } = this.#layouts.get(laneId)!;
    this.#put(this.#keys.key(tenant, laneId, kinds.head, 0, key), bytesOf(writeHead(lane.head, rowStride(layout))));
    if (!writable.rootDirty) return;
    for (const [number, numbers] of pages.changed) {
      const pageKey = this.#keys.key(tenant, laneId, kinds.page, number, key);
      if (numbers === undefined) this.#database.removeSync(pageKey);
      else this.#put(pageKey, bytesOf(numbers));
    }
    pages.changed.clear();
    this.#put(this.#keys.key(tenant, laneId, kinds.root, 0, key), bytesOf(lane.root() ?? new Float64Array(0)));
    writable.rootDirty = false;
  }

  #writeCode(tenant: number, laneId: string, text: string, code: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(code, 0);
    this.#put(this.#keys.key(tenant, laneId, kinds.codeOfText, 0, dictionaryText(text)), bytes);
    this.#put(this.#keys.key(tenant, laneId, kinds.textOfCode, code, ""), Buffer.from(text));
    const next = Buffer.alloc(4);
    next.writeUInt32LE(code + 1, 0);
    this.#put(this.#keys.key(tenant, laneId, kinds.nextCode, 0, ""), next);
  }

  #put(key: Buffer, value: Buffer): void {
    this.#database.putSync(key, value);
  }
}

/** Pages as the transaction sees them: its own changes over what is stored. */
class StoredPages implements PageStore {
  readonly changed = new Map<number, Float64Array | undefined>();
  readonly #load: (number: number) => Float64Array | undefined;

  constructor(load: (number: number) => Float64Array | undefined) {
    this.#load = load;
  }

  page(number: number): Float64Array {
    const page = this.changed.has(number) ? this.changed.get(number) : this.#load(number);
    if (page === undefined) throw new RangeError(`the online store lacks page ${number} of a lane`);
    return page;
  }

  putPage(number: number, numbers: Float64Array): void {
    this.changed.set(number, numbers);
  }

  dropPage(number: number): void {
    this.changed.set(number, undefined);
  }
}

const dictionaryText = (text: string): string =>
  Buffer.byteLength(text) > codedTextBytesMax ? `sha256:${sha256(text)}` : `text:${text}`;
