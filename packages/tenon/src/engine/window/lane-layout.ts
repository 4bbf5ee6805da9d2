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

/**
 * A retraction is a row right behind the one that it takes back, with its time and log position, the retraction's own
 * receipt, and this mask. Reads of before it pass over it and see the row; later ones pass over both.
 */
export const retractionMask = (retractionSeq: number): number => -1 - retractionSeq;
export const isRetraction = (rows: Float64Array, at: number): boolean => rows[at + rowMask] < 0;
export const retractedAtSeq = (rows: Float64Array, at: number): number => -1 - rows[at + rowMask];

/** Numbers of one row. */
export const rowStride = (layout: LaneLayout): number => rowColumns + layout.columnCount;

/** Rows of a page when it is sealed; a page splits beyond twice as many. */
export const pageRows = 32;
/** Tiles of a node when it is sealed; a node splits beyond twice as many. */
export const nodeTiles = 32;
