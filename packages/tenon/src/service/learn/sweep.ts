import { Lane } from "../../engine/window/lane.ts";
import { rowReceivedAt } from "../../engine/window/lane-layout.ts";
import { MemoryPages } from "../../engine/window/memory-pages.ts";
import { TileMaker } from "../../engine/window/tile.ts";
import { type WindowColumn, WindowReader } from "../../engine/window/window-reader.ts";
import type { WindowValues } from "../../engine/window/window-sweep.ts";
import type { LaneHistory } from "../materialize/lane-history.ts";
import { laneLayout } from "../materialize/lane-rows.ts";

/** A read of the past: the row that it is for, its key's number, its time, and how much was known. */
export interface SweepQueries {
  readonly count: number;
  /** By query: the number of its key in the lane, or -1 where no row has it. */
  readonly key: Int32Array;
  readonly at: Float64Array;
  /** What had been received by this time is seen; Infinity: everything. */
  readonly knownAt: Float64Array;
  /** The log position that never counts, or -1. */
  readonly excludedSeq: Float64Array;
}

/**
 * Answers point-in-time reads of a lane, key by key in the order of what was known: rows are put into the lane as they
 * arrive and windows are read with the code that serves them online, so both give one number. Holds one key's rows.
 */
export function sweepLane(
  history: LaneHistory,
  columns: readonly WindowColumn[],
  queries: SweepQueries,
  write: (query: number, read: WindowValues) => void,
): void {
  const layout = laneLayout(history.lane);
  const maker = new TileMaker(layout);
  const reader = new WindowReader(layout, columns);
  const { order, begin } = history.byKey();
  const { data, stride } = history;
  const byKey = queriesByKey(queries, begin.length - 1);
  for (let key = -1; key < begin.length - 1; key++) {
    const asked = byKey.order.subarray(byKey.begin[key + 1], byKey.begin[key + 2]);
    if (asked.length === 0) continue;
    const lane = new Lane(layout, new MemoryPages(), maker);
    let next = key < 0 ? 0 : begin[key];
    const end = key < 0 ? 0 : begin[key + 1];
    for (const query of asked) {
      const knownAt = queries.knownAt[query];
      for (; next < end && data[order[next] * stride + rowReceivedAt] <= knownAt; next++)
        lane.insert(data, order[next] * stride);
      reader.read(lane, {
        at: queries.at[query],
        seqMax: Number.POSITIVE_INFINITY,
        receivedAtMax: Number.POSITIVE_INFINITY,
        excludedSeq: queries.excludedSeq[query],
      });
      write(query, reader);
    }
  }
}

/** Queries grouped by key (-1 first) and ordered by what was known. */
function queriesByKey(queries: SweepQueries, keys: number): { readonly order: Int32Array; readonly begin: Int32Array } {
  const { count, key, knownAt } = queries;
  const sorted = Int32Array.from({ length: count }, (_, i) => i);
  let ordered = true;
  for (let i = 1; i < count && ordered; i++) ordered = knownAt[i - 1] <= knownAt[i];
  if (!ordered) sorted.sort((a, b) => knownAt[a] - knownAt[b] || a - b);
  const begin = new Int32Array(keys + 2);
  for (let i = 0; i < count; i++) begin[key[i] + 2]++;
  for (let k = 1; k < begin.length; k++) begin[k] += begin[k - 1];
  const next = begin.slice();
  const order = new Int32Array(count);
  for (const query of sorted) order[next[key[query] + 1]++] = query;
  return { order, begin };
}
