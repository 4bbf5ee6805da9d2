import { WindowReader } from "../../engine/window/window-reader.ts";
import type { ReadPoint } from "../../engine/window/window-sweep.ts";
import type { BatchPlan } from "../../plan/batch-plan.ts";
import type { Plan } from "../../plan/plan.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import { laneLayout } from "../materialize/lane-rows.ts";

/** Which run of a batch a read at a time sees: the latest that was published by then. */
export class RunPointer {
  readonly laneId: string;
  readonly #runsKey: string;
  readonly #ttlMs: number;
  readonly #reader: WindowReader;
  readonly #online: OnlineReader;
  /** The time that the run was computed for; NaN where there is none. */
  asOfMs = Number.NaN;
  /** The run is older than what the batch calls valid. */
  isExpired = false;

  constructor({ runsLane, runsKey, rowsAtCell, asOfCell, ttlMs }: BatchPlan, plan: Plan, online: OnlineReader) {
    const lane = plan.lanes[runsLane];
    const windowMs = Number.POSITIVE_INFINITY;
    this.laneId = lane.id;
    this.#runsKey = runsKey;
    this.#ttlMs = ttlMs ?? Number.POSITIVE_INFINITY;
    this.#online = online;
    this.#reader = new WindowReader(laneLayout(lane), [
      { cell: rowsAtCell, windowMs },
      { cell: asOfCell, windowMs },
    ]);
  }

  /** Where the rows of the run are read; undefined where no run was published by then, or it is too old. */
  read(tenant: number, point: ReadPoint): ReadPoint | undefined {
    const lane = this.#online.lane(tenant, this.laneId, this.#runsKey);
    if (lane === undefined) this.#reader.readEmpty();
    else this.#reader.read(lane, point);
    const [rowsAtMs, asOfMs] = this.#reader.values;
    this.asOfMs = asOfMs;
    this.isExpired = point.at - asOfMs > this.#ttlMs;
    if (Number.isNaN(rowsAtMs) || this.isExpired) return undefined;
    // Its rows were there before it was published.
    return { at: rowsAtMs, seqMax: point.seqMax, receivedAtMax: Number.POSITIVE_INFINITY, excludedSeq: -1 };
  }
}
