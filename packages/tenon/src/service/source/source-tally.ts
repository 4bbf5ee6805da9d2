import { limit } from "../../base/limit.ts";

/** What became of a source's rows since the start. */
export interface SourceCounts {
  readonly accepted: number;
  readonly duplicate: number;
  /** Duplicates whose values differ from the first ones. */
  readonly conflict: number;
  readonly late: number;
  readonly rejected: number;
  /** Deliveries of types that the source does not take. */
  readonly unhandled: number;
  /** Deliveries whose signature was wrong. */
  readonly unsigned: number;
}

/** A row that was not taken, and why. */
export interface SourceReject {
  readonly tenant: number | undefined;
  readonly atMs: number;
  readonly id: string;
  readonly message: string;
}

const none: SourceCounts = {
  accepted: 0,
  duplicate: 0,
  conflict: 0,
  late: 0,
  rejected: 0,
  unhandled: 0,
  unsigned: 0,
};
const names = Object.keys(none) as (keyof SourceCounts)[];

const sum = (a: SourceCounts, b: Partial<SourceCounts>): SourceCounts => {
  const total = { ...a };
  for (const name of names) total[name] += b[name] ?? 0;
  return total;
};

/** Counts a source's rows by tenant; those of nobody known are under `undefined`. */
export class SourceTally {
  readonly #counts = new Map<number | undefined, SourceCounts>();
  readonly #rejects: SourceReject[] = [];

  count(tenant: number | undefined, counts: Partial<SourceCounts>): void {
    this.#counts.set(tenant, sum(this.#counts.get(tenant) ?? none, counts));
  }

  /** Counts a row that was not taken, and keeps the newest reasons. */
  reject(reject: SourceReject): void {
    this.count(reject.tenant, { rejected: 1 });
    this.#rejects.unshift({ ...reject, message: reject.message.slice(0, 500) });
    this.#rejects.length = Math.min(this.#rejects.length, limit.sourceRejectsKept);
  }

  /** Of one tenant, or of all. */
  counts(tenant: number | "all"): SourceCounts {
    if (tenant !== "all") return this.#counts.get(tenant) ?? none;
    return [...this.#counts.values()].reduce(sum, none);
  }

  rejects(tenant: number | "all"): readonly SourceReject[] {
    return tenant === "all" ? this.#rejects : this.#rejects.filter((reject) => reject.tenant === tenant);
  }
}
