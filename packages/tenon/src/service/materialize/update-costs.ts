import type { UpdateCost } from "../../ports/workers.ts";

/** One batch of so many is measured, and of the first ones more: knowing costs far less than what is known. */
const measuredEvery = 16;

/**
 * What an update of each lane costs: of every so manyth batch, the processor's time of the thread, the commit included,
 * is shared among the lanes as their rows took it.
 */
export class UpdateCosts {
  readonly #cpuMicros: () => number;
  readonly #elapsedMs: () => number;
  readonly #totals = new Map<string, { updates: number; cpuMicros: number }>();
  readonly #batch = new Map<string, { updates: number; elapsedMs: number }>();
  #batches = 0;
  #isMeasured = false;
  #measured = 0;
  #startedMicros = 0;

  /** `cpuMicros` of this thread, and `elapsedMs` of a clock that is cheap to read. */
  constructor(cpuMicros: () => number, elapsedMs: () => number) {
    this.#cpuMicros = cpuMicros;
    this.#elapsedMs = elapsedMs;
  }

  /** Before a batch; one that had no rows is not ended, and the next one takes its place. */
  begin(): void {
    const isEarly = this.#batches < measuredEvery && Number.isInteger(Math.log2(this.#batches));
    this.#isMeasured = this.#batches > 0 && (isEarly || this.#batches % measuredEvery === 0);
    if (!this.#isMeasured) return;
    this.#batch.clear();
    this.#startedMicros = this.#cpuMicros();
  }

  startRow(): number {
    return this.#isMeasured ? this.#elapsedMs() : 0;
  }

  endRow(laneId: string, startedMs: number): void {
    if (!this.#isMeasured) return;
    const elapsedMs = this.#elapsedMs() - startedMs;
    const lane = this.#batch.get(laneId);
    if (lane === undefined) this.#batch.set(laneId, { updates: 1, elapsedMs });
    else {
      lane.updates++;
      lane.elapsedMs += elapsedMs;
    }
  }

  /** After the batch's commit. */
  end(): void {
    this.#batches++;
    if (!this.#isMeasured) return;
    this.#measured++;
    const spentMicros = this.#cpuMicros() - this.#startedMicros;
    const lanes = [...this.#batch];
    const elapsedMs = lanes.reduce((sum, [, lane]) => sum + lane.elapsedMs, 0);
    const updates = lanes.reduce((sum, [, lane]) => sum + lane.updates, 0);
    for (const [id, lane] of lanes) {
      // A clock that did not move shares by rows.
      const share = elapsedMs > 0 ? lane.elapsedMs / elapsedMs : lane.updates / updates;
      const total = this.#totals.get(id) ?? { updates: 0, cpuMicros: 0 };
      this.#totals.set(id, {
        updates: total.updates + lane.updates,
        cpuMicros: total.cpuMicros + spentMicros * share,
      });
    }
  }

  get byLane(): Readonly<Record<string, UpdateCost>> {
    return Object.fromEntries(this.#totals);
  }

  /** How often a batch was measured. */
  get measured(): number {
    return this.#measured;
  }
}
