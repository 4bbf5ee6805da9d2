import type { AggregateState } from "../aggregate/aggregate-state.ts";
import { makeAggregate, takesNull } from "../aggregate/make-aggregate.ts";
import {
  isRetraction,
  type LaneLayout,
  retractedAtSeq,
  rowColumns,
  rowMask,
  rowReceivedAt,
  rowSeq,
  rowStride,
  rowTime,
} from "./lane-layout.ts";

/**
 * A tile sums up a page of rows, or a node of tiles, so that a window takes it whole. As numbers:
 *
 *   [child page, level, row count, min time, max time, max seq, max receivedAt, cell …, length of all this]
 *   cell: [length of the rest, latest contributing time, state …]
 *
 * The length stands last because windows are read from the newest tile back.
 */
export const tileChild = 0;
export const tileLevel = 1;
export const tileCount = 2;
export const tileMinTime = 3;
export const tileMaxTime = 4;
export const tileMaxSeq = 5;
export const tileMaxReceivedAt = 6;
export const tileCells = 7;

export type Tile = Float64Array;

/** Makes tiles of one layout; its states are reused. */
export class TileMaker {
  readonly #layout: LaneLayout;
  readonly #states: readonly AggregateState[];
  readonly #latest: Float64Array;

  constructor(layout: LaneLayout) {
    this.#layout = layout;
    this.#states = layout.cells.map((cell) => makeAggregate(cell));
    this.#latest = new Float64Array(layout.cells.length);
  }

  /** The tile of a page of `count` rows. */
  ofRows(child: number, rows: Float64Array, count: number): Tile {
    this.#reset();
    const stride = rowStride(this.#layout);
    let maxSeq = -1;
    let maxReceivedAt = Number.NEGATIVE_INFINITY;
    for (let i = 0, at = 0; i < count; i++, at += stride) {
      maxReceivedAt = Math.max(maxReceivedAt, rows[at + rowReceivedAt]);
      maxSeq = Math.max(maxSeq, isRetraction(rows, at) ? retractedAtSeq(rows, at) : rows[at + rowSeq]);
      const isTakenBack = i + 1 < count && isRetraction(rows, at + stride);
      if (!isTakenBack && !isRetraction(rows, at)) this.#addRow(rows, at);
    }
    const lastTime = rows[(count - 1) * stride + rowTime];
    return this.#write([child, 0, count, rows[rowTime], lastTime, maxSeq, maxReceivedAt]);
  }

  /** The tile of a node of tiles. */
  ofTiles(child: number, tiles: readonly Tile[]): Tile {
    this.#reset();
    const first = tiles[0];
    const head = [
      child,
      first[tileLevel] + 1,
      0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -1,
      Number.NEGATIVE_INFINITY,
    ];
    for (const tile of tiles) {
      head[tileCount] += tile[tileCount];
      head[tileMinTime] = Math.min(head[tileMinTime], tile[tileMinTime]);
      head[tileMaxTime] = Math.max(head[tileMaxTime], tile[tileMaxTime]);
      head[tileMaxSeq] = Math.max(head[tileMaxSeq], tile[tileMaxSeq]);
      head[tileMaxReceivedAt] = Math.max(head[tileMaxReceivedAt], tile[tileMaxReceivedAt]);
      this.#addTile(tile);
    }
    return this.#write(head);
  }

  #reset(): void {
    for (const state of this.#states) state.reset();
    this.#latest.fill(Number.NEGATIVE_INFINITY);
  }

  #addRow(rows: Float64Array, at: number): void {
    const { cells } = this.#layout;
    for (let i = 0; i < cells.length; i++) {
      const { fn, column, filter, by } = cells[i];
      if (filter >= 0 && ((rows[at + rowMask] >>> filter) & 1) === 0) continue;
      const value = column < 0 ? 1 : rows[at + rowColumns + column];
      const group = by === undefined ? 0 : rows[at + rowColumns + by];
      if (Number.isNaN(group) || (Number.isNaN(value) && !takesNull(fn))) continue;
      this.#states[i].add(value, rows[at + rowTime], rows[at + rowSeq], group);
      this.#latest[i] = Math.max(this.#latest[i], rows[at + rowTime]);
    }
  }

  #addTile(tile: Tile): void {
    let at = tileCells;
    for (let i = 0; i < this.#states.length; i++) {
      const end = at + 1 + tile[at];
      this.#latest[i] = Math.max(this.#latest[i], tile[at + 1]);
      this.#states[i].merge(tile, at + 2, end);
      at = end;
    }
  }

  #write(numbers: number[]): Tile {
    for (let i = 0; i < this.#states.length; i++) {
      const at = numbers.push(0, this.#latest[i]) - 2;
      this.#states[i].write(numbers);
      numbers[at] = numbers.length - at - 1;
    }
    numbers.push(numbers.length + 1);
    return Float64Array.from(numbers);
  }
}

/** A node page: tiles one after the other, oldest first. */
export function joinTiles(tiles: readonly Tile[]): Float64Array {
  const node = new Float64Array(tiles.reduce((length, tile) => length + tile.length, 0));
  let at = 0;
  for (const tile of tiles) {
    node.set(tile, at);
    at += tile.length;
  }
  return node;
}

/** The tiles of a node page, oldest first. */
export function splitTiles(node: Float64Array): Tile[] {
  const tiles: Tile[] = [];
  for (let end = node.length; end > 0; ) {
    const start = end - node[end - 1];
    tiles.push(node.slice(start, end));
    end = start;
  }
  return tiles.reverse();
}
