import { type LaneLayout, nodeTiles, pageRows, rowSeq, rowStride, rowTime } from "./lane-layout.ts";
import {
  joinTiles,
  splitTiles,
  type Tile,
  type TileMaker,
  tileChild,
  tileLevel,
  tileMaxTime,
  tileMinTime,
} from "./tile.ts";

/** Where the sealed pages of a lane are kept. */
export interface PageStore {
  page(number: number): Float64Array;
  putPage(number: number, numbers: Float64Array): void;
  dropPage(number: number): void;
}

/** What reading a lane needs: the newest rows, the tiles over the older ones, and their pages. */
export interface LaneView {
  readonly rows: Float64Array;
  /** Where the rows begin in `rows`. */
  readonly rowsStart: number;
  readonly rowCount: number;
  /** Rows before this time have been dropped. */
  readonly floor: number;
  /** The root node, or undefined where all rows are in `rows`. */
  root(): Float64Array | undefined;
  page(number: number): Float64Array;
}

/** A lane's state beside its pages, as it is stored. */
export interface LaneHead {
  readonly nextPage: number;
  readonly sealedMaxTime: number;
  readonly floor: number;
  readonly rows: Float64Array;
  readonly rowCount: number;
}

const emptyHead = (stride: number): LaneHead => ({
  nextPage: 0,
  sealedMaxTime: Number.NEGATIVE_INFINITY,
  floor: Number.NEGATIVE_INFINITY,
  rows: new Float64Array(2 * pageRows * stride),
  rowCount: 0,
});

/**
 * The rows of one key in order of (time, seq), as a tree that grows at its newest end: the newest rows are open, older
 * ones are sealed in pages under tiles, tiles in nodes under tiles. A sparse key is one small value; a hot key's window
 * of any length is a few dozen tiles and two pages of rows. Late rows go to their page, and its tiles are made anew.
 */
export class Lane implements LaneView {
  readonly #stride: number;
  readonly #pages: PageStore;
  readonly #maker: TileMaker;
  #rows: Float64Array;
  #rowCount: number;
  #nextPage: number;
  #sealedMaxTime: number;
  #floor: number;
  #root: Tile[] | undefined;
  #rootNode: Float64Array | undefined;
  #loadRoot: () => Float64Array | undefined;

  constructor(
    layout: LaneLayout,
    pages: PageStore,
    maker: TileMaker,
    stored?: { head: LaneHead; root: () => Float64Array | undefined },
  ) {
    this.#stride = rowStride(layout);
    this.#pages = pages;
    this.#maker = maker;
    const head = stored?.head ?? emptyHead(this.#stride);
    this.#rows = new Float64Array(Math.max(2 * pageRows + 1, head.rowCount + 1) * this.#stride);
    this.#rows.set(head.rows.subarray(0, head.rowCount * this.#stride));
    this.#rowCount = head.rowCount;
    this.#nextPage = head.nextPage;
    this.#sealedMaxTime = head.sealedMaxTime;
    this.#floor = head.floor;
    this.#loadRoot = stored?.root ?? (() => undefined);
  }

  readonly rowsStart = 0;

  get rows(): Float64Array {
    return this.#rows;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get floor(): number {
    return this.#floor;
  }

  get head(): LaneHead {
    return {
      nextPage: this.#nextPage,
      sealedMaxTime: this.#sealedMaxTime,
      floor: this.#floor,
      rows: this.#rows,
      rowCount: this.#rowCount,
    };
  }

  get hasRoot(): boolean {
    return this.#nextPage > 0;
  }

  root(): Float64Array | undefined {
    if (!this.hasRoot) return undefined;
    this.#rootNode ??= this.#root === undefined ? this.#loadRoot() : joinTiles(this.#root);
    return this.#rootNode;
  }

  page(number: number): Float64Array {
    return this.#pages.page(number);
  }

  /** Takes a row (`[time, seq, receivedAt, mask, column …]` at `at`). True when the root changed. */
  insert(row: Float64Array, at: number): boolean {
    // No window that the lane serves reaches before its floor.
    if (row[at + rowTime] < this.#floor) return false;
    if (row[at + rowTime] < this.#sealedMaxTime && this.#rootTiles().length > 0) {
      this.#insertSealed(row, at);
      return true;
    }
    this.#rowCount = insertRow(this.#rows, this.#rowCount, row, at, this.#stride);
    if (this.#rowCount <= 2 * pageRows) return false;
    this.#seal();
    return true;
  }

  /** Drops whole pages and open rows that lie before `time`. True when anything was dropped. */
  trim(time: number): boolean {
    let dropped = 0;
    const tiles = this.hasRoot ? this.#rootTiles() : [];
    while (tiles.length > 0 && tiles[0][tileMaxTime] < time) {
      const tile = tiles.shift()!;
      this.#dropTile(tile);
      this.#floor = Math.max(this.#floor, nextTime(tile[tileMaxTime]));
      dropped++;
    }
    if (dropped > 0) this.#rootChanged(tiles);
    if (tiles.length > 0) return dropped > 0;
    let oldRows = 0;
    while (oldRows < this.#rowCount && this.#rows[oldRows * this.#stride + rowTime] < time) oldRows++;
    if (oldRows > 0) {
      this.#floor = Math.max(this.#floor, nextTime(this.#rows[(oldRows - 1) * this.#stride + rowTime]));
      this.#rows.copyWithin(0, oldRows * this.#stride, this.#rowCount * this.#stride);
      this.#rowCount -= oldRows;
    }
    return dropped + oldRows > 0;
  }

  get isEmpty(): boolean {
    return this.#rowCount === 0 && (!this.hasRoot || this.#rootTiles().length === 0);
  }

  #rootTiles(): Tile[] {
    if (this.#root === undefined) {
      const node = this.root();
      this.#root = node === undefined ? [] : splitTiles(node);
    }
    return this.#root;
  }

  #rootChanged(tiles: Tile[]): void {
    this.#root = tiles;
    this.#rootNode = undefined;
  }

  /** Seals the older half of the open rows under a tile, then packs tiles of one level into nodes where they are many. */
  #seal(): void {
    const sealed = this.#rows.slice(0, pageRows * this.#stride);
    this.#rows.copyWithin(0, pageRows * this.#stride, this.#rowCount * this.#stride);
    this.#rowCount -= pageRows;
    const tiles = this.#rootTiles();
    tiles.push(this.#putRows(this.#newPage(), sealed));
    this.#sealedMaxTime = tiles[tiles.length - 1][tileMaxTime];
    this.#pack(tiles);
    this.#rootChanged(tiles);
  }

  /** Levels fall from the oldest tile to the newest; the oldest tiles of a level go under one of the next. */
  #pack(tiles: Tile[]): void {
    let level = 0;
    for (;;) {
      const first = tiles.findIndex((tile) => tile[tileLevel] <= level);
      const end = first < 0 ? -1 : tiles.findLastIndex((tile) => tile[tileLevel] === level) + 1;
      if (first < 0 || end - first <= 2 * nodeTiles) return;
      const packed = this.#putTiles(this.#newPage(), tiles.slice(first, first + nodeTiles));
      tiles.splice(first, nodeTiles, packed);
      level++;
    }
  }

  #insertSealed(row: Float64Array, at: number): void {
    const tiles = this.#rootTiles();
    const place = tilePlace(tiles, row[at + rowTime]);
    tiles.splice(place, 1, ...this.#insertUnder(tiles[place], row, at));
    this.#rootChanged(tiles);
  }

  /** The tile, or the two, that stand for `tile` with the row in it. */
  #insertUnder(tile: Tile, row: Float64Array, at: number): Tile[] {
    const child = tile[tileChild];
    if (tile[tileLevel] === 0) {
      const page = this.#pages.page(child);
      const count = page.length / this.#stride;
      const grown = new Float64Array(page.length + this.#stride);
      grown.set(page);
      insertRow(grown, count, row, at, this.#stride);
      if (count + 1 <= 2 * pageRows) return [this.#putRows(child, grown)];
      const half = Math.floor((count + 1) / 2) * this.#stride;
      return [this.#putRows(child, grown.slice(0, half)), this.#putRows(this.#newPage(), grown.slice(half))];
    }
    const tiles = splitTiles(this.#pages.page(child));
    const place = tilePlace(tiles, row[at + rowTime]);
    tiles.splice(place, 1, ...this.#insertUnder(tiles[place], row, at));
    if (tiles.length <= 2 * nodeTiles) return [this.#putTiles(child, tiles)];
    const half = tiles.length >> 1;
    return [this.#putTiles(child, tiles.slice(0, half)), this.#putTiles(this.#newPage(), tiles.slice(half))];
  }

  #putRows(number: number, rows: Float64Array): Tile {
    this.#pages.putPage(number, rows);
    return this.#maker.ofRows(number, rows, rows.length / this.#stride);
  }

  #putTiles(number: number, tiles: readonly Tile[]): Tile {
    this.#pages.putPage(number, joinTiles(tiles));
    return this.#maker.ofTiles(number, tiles);
  }

  #dropTile(tile: Tile): void {
    if (tile[tileLevel] > 0) for (const below of splitTiles(this.#pages.page(tile[tileChild]))) this.#dropTile(below);
    this.#pages.dropPage(tile[tileChild]);
  }

  #newPage(): number {
    return this.#nextPage++;
  }
}

/** Times are whole milliseconds. */
const nextTime = (time: number): number => time + 1;

/** The newest tile that begins at or before the time, or the oldest. */
function tilePlace(tiles: readonly Tile[], time: number): number {
  let place = tiles.length - 1;
  while (place > 0 && tiles[place][tileMinTime] > time) place--;
  return place;
}

/** Puts a row in its place among `count` sorted rows; `rows` has room for it. */
function insertRow(rows: Float64Array, count: number, row: Float64Array, at: number, stride: number): number {
  const time = row[at + rowTime];
  const seq = row[at + rowSeq];
  let place = count * stride;
  while (place > 0) {
    const before = place - stride;
    const earlier = rows[before + rowTime] < time || (rows[before + rowTime] === time && rows[before + rowSeq] <= seq);
    if (earlier) break;
    place = before;
  }
  rows.copyWithin(place + stride, place, count * stride);
  for (let i = 0; i < stride; i++) rows[place + i] = row[at + i];
  return count + 1;
}
