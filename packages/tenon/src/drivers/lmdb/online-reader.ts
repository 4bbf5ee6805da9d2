import type { LaneView } from "../../engine/window/lane.ts";
import type { OnlineCensus, OnlineReader } from "../../ports/online-store.ts";
import { KeyCensus } from "./key-census.ts";
import { headNumbers, numbersOf } from "./lane-record.ts";
import { kinds, OnlineKeys, positionKey } from "./online-keys.ts";
import { type OnlineDatabase, openOnline, readFloors } from "./open-online.ts";

/** Dictionary texts kept in memory. */
const textsMax = 50_000;

/** Reads lanes from LMDB on the thread that opened it. One lane view is reused: a read allocates little. */
export class LmdbOnlineReader implements OnlineReader, OnlineCensus {
  readonly #database: OnlineDatabase;
  readonly #keys = new OnlineKeys();
  readonly #lane: StoredLane;
  readonly #strides: ReadonlyMap<string, number>;
  readonly #texts = new Map<string, string>();
  readonly #census: KeyCensus;

  readonly #commits: () => number;
  #seenCommits = -1;
  #position = 0;
  #floors: Readonly<Record<string, number>> = {};

  /** `strides`: the numbers of a row by lane; `commits` counts the writer's commits, and may lag behind one. */
  constructor(dir: string, strides: ReadonlyMap<string, number>, commits: () => number) {
    this.#commits = commits;
    this.#database = openOnline(dir);
    this.#strides = strides;
    this.#lane = new StoredLane(this.#database, this.#keys);
    this.#census = new KeyCensus(this.#database);
  }

  keysAfter(tenant: number, laneId: string, after: string | undefined, limit: number): readonly string[] {
    return this.#census.keysAfter(tenant, laneId, after, limit);
  }

  bytesOf(tenant: number, laneId: string, key: string, pagesMax: number): number {
    return this.#census.bytesOf(tenant, laneId, key, pagesMax);
  }

  begin(): number {
    const commits = this.#commits();
    // A commit may be seen before it is counted: reads pass rows behind the position over, so both agree all the same.
    if (commits === this.#seenCommits) return this.#position;
    // Without this a read right after an acknowledged commit may see the state before it.
    this.#database.resetReadTxn();
    const bytes = this.#database.getBinaryFast(positionKey);
    this.#seenCommits = commits;
    this.#position = bytes === undefined ? 0 : bytes.readDoubleLE(0);
    this.#floors = readFloors(this.#database);
    return this.#position;
  }

  lane(tenant: number, laneId: string, key: string): LaneView | undefined {
    return this.#lane.load(tenant, laneId, key, this.#strides.get(laneId) ?? 0) ? this.#lane : undefined;
  }

  floor(laneId: string): number {
    return this.#floors[laneId] ?? Number.NEGATIVE_INFINITY;
  }

  text(tenant: number, laneId: string, code: number): string | null {
    const known = `${tenant}/${laneId}/${code}`;
    const cached = this.#texts.get(known);
    if (cached !== undefined) return cached;
    const bytes = this.#database.getBinary(this.#keys.key(tenant, laneId, kinds.textOfCode, code, ""));
    if (bytes === undefined) return null;
    if (this.#texts.size >= textsMax) this.#texts.clear();
    const text = bytes.toString("utf8");
    this.#texts.set(known, text);
    return text;
  }

  close(): void {
    void this.#database.close();
  }
}

class StoredLane implements LaneView {
  readonly #database: OnlineDatabase;
  readonly #keys: OnlineKeys;
  #tenant = 0;
  #laneId = "";
  #key = "";
  rows: Float64Array = new Float64Array(0);
  rowCount = 0;
  floor = 0;
  readonly rowsStart = headNumbers;
  #hasRoot = false;

  constructor(database: OnlineDatabase, keys: OnlineKeys) {
    this.#database = database;
    this.#keys = keys;
  }

  load(tenant: number, laneId: string, key: string, stride: number): boolean {
    this.#tenant = tenant;
    this.#laneId = laneId;
    this.#key = key;
    const numbers = this.#numbers(kinds.head, 0);
    if (numbers === undefined) return false;
    this.#hasRoot = numbers[0] > 0;
    this.floor = numbers[2];
    this.rows = numbers;
    this.rowCount = (numbers.length - headNumbers) / stride;
    return true;
  }

  root(): Float64Array | undefined {
    return this.#hasRoot ? this.#numbers(kinds.root, 0) : undefined;
  }

  page(number: number): Float64Array {
    const page = this.#numbers(kinds.page, number);
    if (page === undefined) throw new RangeError(`the online store lacks page ${number} of a lane`);
    return page;
  }

  #numbers(kind: 0 | 1 | 2, page: number): Float64Array | undefined {
    const bytes = this.#database.getBinaryFast(this.#keys.key(this.#tenant, this.#laneId, kind, page, this.#key));
    return bytes === undefined ? undefined : numbersOf(bytes);
  }
}
