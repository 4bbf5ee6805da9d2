import type { BatchPlan } from "../../plan/batch-plan.ts";
import type { LaneHistory } from "../materialize/lane-history.ts";
import { queriesFor } from "./spine-queries.ts";
import type { SpineRow } from "./spine-rows.ts";
import { type SweepQueries, sweepLane } from "./sweep.ts";

/** By spine row, the run of a batch that a read at its time sees. */
export interface RunPoints {
  /** Moves queries of the batch's rows to the rows of each one's run; away where there is none, or it is too old. */
  moveTo(queries: SweepQueries): void;
}

export function runPoints(
  { runsKey, runsLane, rowsAtCell, asOfCell, ttlMs = Number.POSITIVE_INFINITY }: BatchPlan,
  spine: readonly SpineRow[],
  histories: ReadonlyMap<number, LaneHistory>,
  asOf: "served" | "corrected",
): RunPoints {
  const history = histories.get(runsLane)!;
  const queries = queriesFor(
    spine,
    history,
    () => runsKey,
    (row) => row.atMs,
    asOf,
    () => -1,
  );
  const rowsAtMs = new Float64Array(spine.length);
  const windowMs = Number.POSITIVE_INFINITY;
  const cells = [
    { cell: rowsAtCell, windowMs },
    { cell: asOfCell, windowMs },
  ];
  sweepLane(history, cells, queries, (query, { values }) => {
    const isExpired = spine[query].atMs - values[1] > ttlMs;
    rowsAtMs[query] = isExpired ? Number.NaN : values[0];
  });
  return {
    moveTo(moved) {
      for (let i = 0; i < spine.length; i++) {
        const isThere = !Number.isNaN(rowsAtMs[i]);
        if (!isThere) moved.key[i] = -1;
        moved.at[i] = isThere ? rowsAtMs[i] : moved.at[i];
        moved.knownAt[i] = Number.POSITIVE_INFINITY;
      }
    },
  };
}
