import type { FeatureSetPlan } from "../../plan/plan.ts";
import type { LaneHistory } from "../materialize/lane-history.ts";
import type { SpineRow } from "./spine-rows.ts";
import { type SweepQueries, sweepLane } from "./sweep.ts";

/** A read of a lane for every spine row: by its key, at its time, as it was served then or as it is known now. */
export function queriesFor(
  spine: readonly SpineRow[],
  history: LaneHistory,
  keyOf: (row: SpineRow) => string,
  atOf: (row: SpineRow) => number,
  asOf: "served" | "corrected",
  excludedSeqOf: (row: SpineRow) => number,
): SweepQueries {
  const queries = {
    count: spine.length,
    key: new Int32Array(spine.length),
    at: new Float64Array(spine.length),
    knownAt: new Float64Array(spine.length),
    excludedSeq: new Float64Array(spine.length),
  };
  for (let i = 0; i < spine.length; i++) {
    const row = spine[i];
    queries.key[i] = history.key(row.tenant, keyOf(row)) ?? -1;
    queries.at[i] = atOf(row);
    queries.knownAt[i] = asOf === "served" ? queries.at[i] : Number.POSITIVE_INFINITY;
    queries.excludedSeq[i] = excludedSeqOf(row);
  }
  return queries;
}

/** Examples at whose time the table had a row of their key, as it was known then. */
export function rowsWhile(
  rows: readonly SpineRow[],
  table: FeatureSetPlan,
  histories: ReadonlyMap<number, LaneHistory>,
): SpineRow[] {
  const history = histories.get(table.columns[0].lane)!;
  const keyOf = (row: SpineRow): string => String(row.values[0]);
  const queries = queriesFor(
    rows,
    history,
    keyOf,
    (row) => row.atMs,
    "served",
    () => -1,
  );
  const isThere = new Uint8Array(rows.length);
  const exists = { cell: table.table?.existsCell ?? 0, windowMs: Number.POSITIVE_INFINITY };
  sweepLane(history, [exists], queries, (query, { values }) => {
    isThere[query] = values[0] === 0 ? 1 : 0;
  });
  return rows.filter((_, i) => isThere[i] === 1);
}
