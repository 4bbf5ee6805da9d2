import type { AggregateCell } from "../aggregate/make-aggregate.ts";

/** One aggregate of a lane: over which column of the row (-1: over rows), behind which filter (-1: none). */
export interface LaneCell extends AggregateCell {
  readonly column: number;
  readonly filter: number;
}

/**
 * The shape of a lane: the rows of one event for one key, kept as numbers, and the aggregates that its tiles hold.
 * A row is `[time, seq, receivedAt, filter mask, column …]`, null as NaN; rows lie in order of (time, seq).
 */
export interface LaneLayout {
  readonly columnCount: number;
  readonly cells: readonly LaneCell[];
  readonly retentionMs: number;
}

export const rowTime = 0;
export const rowSeq = 1;
export const rowReceivedAt = 2;
export const rowMask = 3;
export const rowColumns = 4;

/** Numbers of one row. */
export const rowStride = (layout: LaneLayout): number => rowColumns + layout.columnCount;

/** Rows of a page when it is sealed; a page splits beyond twice as many. */
export const pageRows = 32;
/** Tiles of a node when it is sealed; a node splits beyond twice as many. */
export const nodeTiles = 32;
