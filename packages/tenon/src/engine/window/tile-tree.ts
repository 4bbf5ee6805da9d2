import { nodeTiles, pageRows, rowTime } from "./lane-layout.ts";
import { cutBehind, insertRow, retractRow } from "./sorted-rows.ts";
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

interface TileTreeOptions {
  readonly stride: number;
  readonly pages: PageStore;
  readonly maker: TileMaker;
  readonly nextPage: number;
  readonly loadRoot: () => Float64Array | undefined;
}

/** The sealed rows of a lane: pages of rows under tiles, tiles in nodes under tiles. Grows at its newest end. */
export class TileTree {
  readonly #stride: number;
  readonly #pages: PageStore;
  readonly #maker: TileMaker;
  readonly #loadRoot: () => Float64Array | undefined;
  #nextPage: number;
  #root: Tile[] | undefined;
  #rootNode: Float64Array | undefined;

  constructor({ stride, pages, maker, nextPage, loadRoot }: TileTreeOptions) {
    this.#stride = stride;
    this.#pages = pages;
    this.#maker = maker;
    this.#nextPage = nextPage;
    this.#loadRoot = loadRoot;
  }

  get nextPage(): number {
    return this.#nextPage;
  }

  /** The root node; undefined where nothing was ever sealed. */
  root(): Float64Array | undefined {
    if (this.#nextPage === 0) return undefined;
    this.#rootNode ??= this.#root === undefined ? this.#loadRoot() : joinTiles(this.#root);
    return this.#rootNode;
  }

  get isEmpty(): boolean {
    return this.#nextPage === 0 || this.#tiles().length === 0;
  }

  /** Takes rows that are all newer than the tree's. The time of the newest. */
  seal(rows: Float64Array): number {
    const tiles = this.#tiles();
    const tile = this.#putRows(this.#newPage(), rows);
    tiles.push(tile);
    this.#pack(tiles);
    this.#changed(tiles);
    return tile[tileMaxTime];
  }

  insert(row: Float64Array, at: number): void {
    const tiles = this.#tiles();
    const place = tilePlace(tiles, row[at + rowTime]);
    tiles.splice(place, 1, ...this.#insertUnder(tiles[place], row, at));
    this.#changed(tiles);
  }

  /** Puts a retraction behind its row; false where the tree does not have that. */
  retract(row: Float64Array, at: number): boolean {
    if (this.isEmpty) return false;
    const tiles = this.#tiles();
    if (!this.#retractAmong(tiles, row, at)) return false;
    this.#changed(tiles);
    return true;
  }

  /** Drops tiles whose rows are all before `time`. The time of the newest row dropped, if any was. */
  trim(time: number): number | undefined {
    const tiles = this.#nextPage === 0 ? [] : this.#tiles();
    let dropped: number | undefined;
    while (tiles.length > 0 && tiles[0][tileMaxTime] < time) {
      const tile = tiles.shift()!;
      this.#drop(tile);
      dropped = tile[tileMaxTime];
    }
    if (dropped !== undefined) this.#changed(tiles);
    return dropped;
  }

  #tiles(): Tile[] {
    if (this.#root === undefined) {
      const node = this.root();
      this.#root = node === undefined ? [] : splitTiles(node);
    }
    return this.#root;
  }

  #changed(tiles: Tile[]): void {
    this.#root = tiles;
    this.#rootNode = undefined;
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

  /** The tile, or the two, that stand for `tile` with the row in it. */
  #insertUnder(tile: Tile, row: Float64Array, at: number): Tile[] {
    const child = tile[tileChild];
    const page = this.#pages.page(child);
    if (tile[tileLevel] === 0) {
      const grown = this.#grown(page);
      insertRow(grown, page.length / this.#stride, row, at, this.#stride);
      return this.#putPage(child, grown);
    }
    const tiles = splitTiles(page);
    const place = tilePlace(tiles, row[at + rowTime]);
    tiles.splice(place, 1, ...this.#insertUnder(tiles[place], row, at));
    return this.#putNode(child, tiles);
  }

  /** Tries the tiles that hold the row's time: where many rows are of one time, those may be several. */
  #retractAmong(tiles: Tile[], row: Float64Array, at: number): boolean {
    const time = row[at + rowTime];
    for (let place = tiles.length - 1; place >= 0; place--) {
      const tile = tiles[place];
      if (tile[tileMinTime] > time || tile[tileMaxTime] < time) continue;
      const under = this.#retractUnder(tile, row, at);
      if (under === undefined) continue;
      tiles.splice(place, 1, ...under);
      return true;
    }
    return false;
  }

  #retractUnder(tile: Tile, row: Float64Array, at: number): Tile[] | undefined {
    const child = tile[tileChild];
    const page = this.#pages.page(child);
    if (tile[tileLevel] === 0) {
      const grown = this.#grown(page);
      const count = retractRow(grown, page.length / this.#stride, row, at, this.#stride);
      return count === undefined ? undefined : this.#putPage(child, grown.slice(0, count * this.#stride));
    }
    const tiles = splitTiles(page);
    return this.#retractAmong(tiles, row, at) ? this.#putNode(child, tiles) : undefined;
  }

  #grown(page: Float64Array): Float64Array {
    const grown = new Float64Array(page.length + this.#stride);
    grown.set(page);
    return grown;
  }

  /** The tile of a page of rows, or of the two that it has become. */
  #putPage(child: number, rows: Float64Array): Tile[] {
    const count = rows.length / this.#stride;
    if (count <= 2 * pageRows) return [this.#putRows(child, rows)];
    const half = cutBehind(rows, count >> 1, this.#stride);
    return [this.#putRows(child, rows.slice(0, half)), this.#putRows(this.#newPage(), rows.slice(half))];
  }

  #putNode(child: number, tiles: readonly Tile[]): Tile[] {
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

  #drop(tile: Tile): void {
    if (tile[tileLevel] > 0) for (const below of splitTiles(this.#pages.page(tile[tileChild]))) this.#drop(below);
    this.#pages.dropPage(tile[tileChild]);
  }

  #newPage(): number {
    return this.#nextPage++;
  }
}

/** The newest tile that begins at or before the time, or the oldest. */
function tilePlace(tiles: readonly Tile[], time: number): number {
  let place = tiles.length - 1;
  while (place > 0 && tiles[place][tileMinTime] > time) place--;
  return place;
}
