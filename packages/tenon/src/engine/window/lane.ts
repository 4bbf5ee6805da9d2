import { isRetraction, type LaneLayout, pageRows, rowSeq, rowStride, rowTime } from "./lane-layout.ts";
import { cutBehind, insertRow, retractRow } from "./sorted-rows.ts";
import { type TileMaker, tileMaxSeq } from "./tile.ts";
import { type PageStore, TileTree } from "./tile-tree.ts";

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
 * The rows of one key in order of (time, seq): the newest rows are open, older ones are sealed in a tree of tiles. A
 * sparse key is one small value; a hot key's window of any length is a few dozen tiles and two pages of rows. Late rows
 * go to their page, and its tiles are made anew.
 */
export class Lane implements LaneView {
  readonly #stride: number;
  readonly #pages: PageStore;
  readonly #tree: TileTree;
  #rows: Float64Array;
  #rowCount: number;
  #sealedMaxTime: number;
  #floor: number;

  constructor(
    layout: LaneLayout,
    pages: PageStore,
    maker: TileMaker,
    stored?: { head: LaneHead; root: () => Float64Array | undefined },
  ) {
    const stride = rowStride(layout);
    const head = stored?.head ?? emptyHead(stride);
    this.#stride = stride;
    this.#pages = pages;
    const loadRoot = stored?.root ?? (() => undefined);
    this.#tree = new TileTree({ stride, pages, maker, nextPage: head.nextPage, loadRoot });
    this.#rows = new Float64Array(Math.max(2 * pageRows + 1, head.rowCount + 1) * stride);
    this.#rows.set(head.rows.subarray(0, head.rowCount * stride));
    this.#rowCount = head.rowCount;
    this.#sealedMaxTime = head.sealedMaxTime;
    this.#floor = head.floor;
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
      nextPage: this.#tree.nextPage,
      sealedMaxTime: this.#sealedMaxTime,
      floor: this.#floor,
      rows: this.#rows,
      rowCount: this.#rowCount,
    };
  }

  root(): Float64Array | undefined {
    return this.#tree.root();
  }

  page(number: number): Float64Array {
    return this.#pages.page(number);
  }

  /** The highest log position of its rows; -1 where it has none. */
  get newestSeq(): number {
    let newest = -1;
    for (let at = 0; at < this.#rowCount * this.#stride; at += this.#stride)
      newest = Math.max(newest, this.#rows[at + rowSeq]);
    const root = this.#tree.root() ?? [];
    for (let end = root.length; end > 0; end -= root[end - 1])
      newest = Math.max(newest, root[end - root[end - 1] + tileMaxSeq]);
    return newest;
  }

  /** Takes a row (`[time, seq, receivedAt, mask, column …]` at `at`), or a retraction. True when the root changed. */
  insert(row: Float64Array, at: number): boolean {
    // No window that the lane serves reaches before its floor.
    if (row[at + rowTime] < this.#floor) return false;
    if (isRetraction(row, at)) return this.#retract(row, at);
    if (row[at + rowTime] < this.#sealedMaxTime && !this.#tree.isEmpty) {
      this.#tree.insert(row, at);
      return true;
    }
    return this.#opened(insertRow(this.#rows, this.#rowCount, row, at, this.#stride));
  }

  /** Drops whole pages and open rows that lie before `time`. True when anything was dropped. */
  trim(time: number): boolean {
    const dropped = this.#tree.trim(time);
    if (dropped !== undefined) this.#floor = Math.max(this.#floor, nextTime(dropped));
    if (!this.#tree.isEmpty) return dropped !== undefined;
    let oldRows = 0;
    while (oldRows < this.#rowCount && this.#rows[oldRows * this.#stride + rowTime] < time) oldRows++;
    if (oldRows > 0) {
      this.#floor = Math.max(this.#floor, nextTime(this.#rows[(oldRows - 1) * this.#stride + rowTime]));
      this.#rows.copyWithin(0, oldRows * this.#stride, this.#rowCount * this.#stride);
      this.#rowCount -= oldRows;
    }
    return dropped !== undefined || oldRows > 0;
  }

  /** Puts a retraction behind its row, wherever that has come to lie. */
  #retract(row: Float64Array, at: number): boolean {
    const count = retractRow(this.#rows, this.#rowCount, row, at, this.#stride);
    return count === undefined ? this.#tree.retract(row, at) : this.#opened(count);
  }

  /** Seals the older half of the open rows where they have become many. */
  #opened(count: number): boolean {
    this.#rowCount = count;
    if (count <= 2 * pageRows) return false;
    const end = cutBehind(this.#rows.subarray(0, count * this.#stride), pageRows, this.#stride);
    const sealed = this.#rows.slice(0, end);
    this.#rows.copyWithin(0, end, count * this.#stride);
    this.#rowCount -= end / this.#stride;
    this.#sealedMaxTime = this.#tree.seal(sealed);
    return true;
  }
}

/** Times are whole milliseconds. */
const nextTime = (time: number): number => time + 1;
