import type { EventLog } from "../../ports/event-log.ts";
import type { ApplierControl } from "../../ports/workers.ts";

/** Beyond either of them features are too old to be called live. */
export interface LagBounds {
  readonly eventsMax: number;
  readonly msMax: number;
}

export const lagBoundsDefault: LagBounds = { eventsMax: 100_000, msMax: 300_000 };

/** Ends of the log that are remembered with their times: an hour of seconds. */
const marksMax = 3_600;

export interface ApplierLagParts {
  readonly log: Pick<EventLog, "lastSeq">;
  readonly applier: Pick<ApplierControl, "appliedSeq">;
  readonly machineNowMs: () => number;
}

/** How far features are behind the log: by entries, and by how long the oldest of them has waited. */
export class ApplierLag {
  readonly #parts: ApplierLagParts;
  readonly bounds: LagBounds;
  /** Where the log ended at a time, oldest first: those that are applied are gone. */
  #marks: { readonly seq: number; readonly atMs: number }[] = [];

  constructor(parts: ApplierLagParts, bounds: Partial<LagBounds> = {}) {
    this.#parts = parts;
    this.bounds = { ...lagBoundsDefault, ...bounds };
  }

  get events(): number {
    return Math.max(0, this.#parts.log.lastSeq - this.#parts.applier.appliedSeq);
  }

  /** Since the log was seen to hold what features lack: a second less than the truth at most, where `mark` is called each second. */
  get ms(): number {
    this.#forget();
    const [oldest] = this.#marks;
    return oldest === undefined ? 0 : Math.max(0, this.#parts.machineNowMs() - oldest.atMs);
  }

  get isWithinBounds(): boolean {
    return this.events <= this.bounds.eventsMax && this.ms <= this.bounds.msMax;
  }

  /** Called once a second. */
  mark(): void {
    this.#forget();
    const seq = this.#parts.log.lastSeq;
    const newest = this.#marks.at(-1)?.seq ?? this.#parts.applier.appliedSeq;
    if (seq > newest && this.#marks.length < marksMax) this.#marks.push({ seq, atMs: this.#parts.machineNowMs() });
  }

  #forget(): void {
    const { appliedSeq } = this.#parts.applier;
    const applied = this.#marks.findIndex(({ seq }) => seq > appliedSeq);
    this.#marks = applied < 0 ? [] : this.#marks.slice(applied);
  }
}
