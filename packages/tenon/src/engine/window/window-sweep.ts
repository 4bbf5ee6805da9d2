import type { AggregateState } from "../aggregate/aggregate-state.ts";
import { makeAggregate, takesNull } from "../aggregate/make-aggregate.ts";
import type { LaneView } from "./lane.ts";
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
import { tileCells, tileChild, tileLevel, tileMaxReceivedAt, tileMaxSeq, tileMaxTime, tileMinTime } from "./tile.ts";

/** One column to read: a cell of the lane over a window that ends at the time of the read, and its place among the values. */
export interface SweptColumn {
  readonly cell: number;
  readonly windowMs: number;
  readonly out: number;
}

/** What a read fills, by column. */
export interface WindowValues {
  /** NaN stands for null; of a list, how many numbers it has. */
  readonly values: Float64Array;
  /** The latest contributing event time; -Infinity for none. */
  readonly latest: Float64Array;
  /** The numbers of columns that are lists; undefined for others and for null. */
  readonly lists: (readonly number[] | undefined)[];
}

/** When, and as known when. A row counts if `time < at`, `seq ≤ seqMax`, `receivedAt ≤ receivedAtMax`. */
export interface ReadPoint {
  at: number;
  seqMax: number;
  receivedAtMax: number;
  /** The row with this log position never counts: an example does not see itself. -1: none. */
  excludedSeq: number;
}

/** A cell while it is read: its state and the time of the latest event that it took. */
interface ReadCell {
  readonly index: number;
  readonly column: number;
  readonly filter: number;
  readonly by: number | undefined;
  readonly takesNull: boolean;
  readonly state: AggregateState;
  latest: number;
}

/** A window's columns, and the cells that it and longer windows still need. */
interface Stage {
  readonly windowMs: number;
  readonly columns: readonly { readonly out: number; readonly cell: ReadCell }[];
  readonly active: readonly ReadCell[];
}

/**
 * Reads columns of a lane whose windows are all of one hop. Windows that end at one time are nested, so one sweep from the
 * newest row back serves all: each window's values are taken when the sweep leaves it. Compiled once for its columns; a
 * read allocates nothing but lists.
 */
export class WindowSweep {
  readonly #into: WindowValues;
  readonly #hopMs: number;
  readonly #stride: number;
  readonly #stages: readonly Stage[];
  readonly #cells: readonly ReadCell[];
  /** All that is read is of the latest row: what lies before it is not looked at. */
  readonly #isOfLatest: boolean;
  /** The time of that row, once it is found. */
  #settledMs = Number.NEGATIVE_INFINITY;
  #stage = 0;
  /** Where the window of the stage begins. */
  #begin = 0;
  #at = 0;
  #seqMax = 0;
  #receivedAtMax = 0;
  #excludedSeq = -1;

  constructor(layout: LaneLayout, columns: readonly SweptColumn[], hopMs: number, into: WindowValues) {
    this.#stride = rowStride(layout);
    this.#hopMs = hopMs;
    this.#into = into;
    const cells = new Map<number, ReadCell>();
    for (const { cell } of columns) {
      const { fn, column, filter, by } = layout.cells[cell];
      if (cells.has(cell)) continue;
      const state = makeAggregate(layout.cells[cell]);
      cells.set(cell, { index: cell, column, filter, by, takesNull: takesNull(fn), state, latest: 0 });
    }
    this.#cells = [...cells.values()].sort((a, b) => a.index - b.index);
    this.#isOfLatest =
      columns.every(({ windowMs }) => windowMs === Number.POSITIVE_INFINITY) &&
      this.#cells.every(({ index, filter }) => layout.cells[index].fn === "latest" && filter < 0);
    const windows = [...new Set(columns.map((column) => column.windowMs))].sort((a, b) => a - b);
    this.#stages = windows.map((windowMs) => ({
      windowMs,
      columns: columns.flatMap((column) =>
        column.windowMs === windowMs ? [{ out: column.out, cell: cells.get(column.cell)! }] : [],
      ),
      active: this.#cells.filter((cell) =>
        columns.some((column) => column.cell === cell.index && column.windowMs >= windowMs),
      ),
    }));
  }

  /** Reads all columns. */
  read(lane: LaneView, point: ReadPoint): void {
    this.#start(point);
    if (this.#sweepRows(lane.rows, lane.rowsStart, lane.rowCount)) {
      const root = lane.root();
      if (root !== undefined) this.#sweepTiles(root, lane);
    }
    while (this.#stage < this.#stages.length) this.#leaveWindow();
  }

  /** The values of a key that has no rows. */
  readEmpty(): void {
    this.#start(emptyPoint);
    while (this.#stage < this.#stages.length) this.#leaveWindow();
  }

  #start(point: ReadPoint): void {
    this.#at = point.at;
    this.#enterStage(0);
    this.#seqMax = point.seqMax;
    this.#receivedAtMax = point.receivedAtMax;
    this.#excludedSeq = point.excludedSeq;
    this.#settledMs = Number.NEGATIVE_INFINITY;
    for (const cell of this.#cells) {
      cell.state.reset();
      cell.latest = Number.NEGATIVE_INFINITY;
    }
  }

  /** Takes the values of the window that the sweep has left. */
  #leaveWindow(): void {
    const { values, latest, lists } = this.#into;
    for (const { out, cell } of this.#stages[this.#stage].columns) {
      values[out] = cell.state.value(this.#at);
      latest[out] = cell.latest;
      if (cell.state.list !== undefined) lists[out] = Number.isNaN(values[out]) ? undefined : cell.state.list(this.#at);
    }
    this.#enterStage(this.#stage + 1);
  }

  #enterStage(stage: number): void {
    this.#stage = stage;
    if (stage < this.#stages.length) this.#begin = windowBegin(this.#at, this.#stages[stage].windowMs, this.#hopMs);
  }

  /** Leaves the windows that begin after `time`; false when none is left. */
  #enter(time: number): boolean {
    while (this.#stage < this.#stages.length && time < this.#begin) this.#leaveWindow();
    return this.#stage < this.#stages.length;
  }

  /** From the newest row back; false when every window has been left. */
  #sweepRows(rows: Float64Array, start: number, count: number): boolean {
    const stride = this.#stride;
    let retracted = -1;
    for (let at = start + (count - 1) * stride; at >= start; at -= stride) {
      const time = rows[at + rowTime];
      if (time >= this.#at) continue;
      if (time < this.#settledMs || !this.#enter(time)) return false;
      const seq = rows[at + rowSeq];
      if (seq > this.#seqMax || rows[at + rowReceivedAt] > this.#receivedAtMax || seq === this.#excludedSeq) continue;
      if (isRetraction(rows, at)) {
        if (retractedAtSeq(rows, at) <= this.#seqMax) retracted = seq;
        continue;
      }
      if (seq === retracted) continue;
      const { active } = this.#stages[this.#stage];
      const mask = rows[at + rowMask];
      for (let i = 0; i < active.length; i++) {
        const cell = active[i];
        if (cell.filter >= 0 && ((mask >>> cell.filter) & 1) === 0) continue;
        const value = cell.column < 0 ? 1 : rows[at + rowColumns + cell.column];
        const group = cell.by === undefined ? 0 : rows[at + rowColumns + cell.by];
        if (Number.isNaN(group) || (Number.isNaN(value) && !cell.takesNull)) continue;
        cell.state.add(value, time, seq, group);
        if (time > cell.latest) cell.latest = time;
      }
      if (this.#isOfLatest) this.#settledMs = time;
    }
    return true;
  }

  /** From the newest tile back: whole where the window and the position take all of it, else what is under it. */
  #sweepTiles(node: Float64Array, lane: LaneView): boolean {
    for (let end = node.length; end > 0; ) {
      const start = end - node[end - 1];
      if (node[start + tileMinTime] < this.#at) {
        const time = node[start + tileMaxTime];
        if (time < this.#settledMs || !this.#enter(time)) return false;
        if (this.#takesWhole(node, start)) this.#mergeTile(node, start);
        else if (!this.#sweepUnder(node[start + tileChild], node[start + tileLevel], lane)) return false;
      }
      end = start;
    }
    return true;
  }

  #takesWhole(node: Float64Array, start: number): boolean {
    return (
      node[start + tileMaxTime] < this.#at &&
      node[start + tileMinTime] >= this.#begin &&
      node[start + tileMaxSeq] <= this.#seqMax &&
      node[start + tileMaxReceivedAt] <= this.#receivedAtMax &&
      this.#excludedSeq < 0
    );
  }

  #sweepUnder(child: number, level: number, lane: LaneView): boolean {
    const page = lane.page(child);
    return level === 0 ? this.#sweepRows(page, 0, page.length / this.#stride) : this.#sweepTiles(page, lane);
  }

  #mergeTile(node: Float64Array, start: number): void {
    const { active } = this.#stages[this.#stage];
    let at = start + tileCells;
    let index = 0;
    for (let i = 0; i < active.length; i++) {
      const cell = active[i];
      for (; index < cell.index; index++) at += 1 + node[at];
      const end = at + 1 + node[at];
      if (node[at + 1] > cell.latest) cell.latest = node[at + 1];
      cell.state.merge(node, at + 2, end);
      at = end;
      index++;
    }
    if (this.#isOfLatest) this.#settledMs = node[start + tileMaxTime];
  }
}

const emptyPoint: ReadPoint = { at: 0, seqMax: 0, receivedAtMax: 0, excludedSeq: -1 };

/** Where a window that ends at `at` begins: with a hop, at the multiple of the hop before its exact beginning. */
export const windowBegin = (at: number, windowMs: number, hopMs: number): number =>
  hopMs > 0 ? Math.floor((at - windowMs) / hopMs) * hopMs : at - windowMs;
