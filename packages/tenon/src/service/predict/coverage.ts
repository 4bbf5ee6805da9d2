/** The source had nothing before what the log holds: no window is incomplete for reaching back further. */
export const beforeEverythingMs = -8_640_000_000_000_000;

/** From when on the log holds everything, by tenant and event; and which lanes are still being filled. */
export class Coverage {
  readonly #from = new Map<string, number>();
  #filling: ReadonlySet<string> = new Set();
  /** The online store lacks entries of before the start: after a loss of it, for as long as it is made anew. */
  isCatchingUp = false;

  /** Windows that begin before this time are incomplete; Infinity where nothing is known yet. */
  coveredFromMs(tenant: number, event: string): number {
    return this.#from.get(`${tenant}/${event}`) ?? Number.POSITIVE_INFINITY;
  }

  set(tenant: number, event: string, coveredFromMs: number): void {
    const key = `${tenant}/${event}`;
    this.#from.set(key, Math.min(coveredFromMs, this.#from.get(key) ?? Number.POSITIVE_INFINITY));
  }

  has(tenant: number, event: string): boolean {
    return this.#from.has(`${tenant}/${event}`);
  }

  setFilling(laneIds: Iterable<string>): void {
    this.#filling = new Set(laneIds);
  }

  isFilling(laneId: string): boolean {
    return this.isCatchingUp || this.#filling.has(laneId);
  }
}
