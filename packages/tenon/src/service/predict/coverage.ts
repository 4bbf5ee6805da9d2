/** The source had nothing before what the log holds: no window is incomplete for reaching back further. */
export const beforeEverythingMs = -8_640_000_000_000_000;

/** From when on the log holds everything, by tenant and event; and which lanes are still being filled. */
export class Coverage {
  /** By event and tenant. */
  readonly #from = new Map<string, Map<number, number>>();
  #filling: ReadonlySet<string> = new Set();
  #isBehind: (() => boolean) | undefined;

  /** Windows that begin before this time are incomplete; Infinity where nothing is known yet. */
  coveredFromMs(tenant: number, event: string): number {
    return this.#from.get(event)?.get(tenant) ?? Number.POSITIVE_INFINITY;
  }

  set(tenant: number, event: string, coveredFromMs: number): void {
    const byTenant = this.#from.get(event) ?? new Map<number, number>();
    this.#from.set(event, byTenant);
    byTenant.set(tenant, Math.min(coveredFromMs, byTenant.get(tenant) ?? Number.POSITIVE_INFINITY));
  }

  has(tenant: number, event: string): boolean {
    return this.#from.get(event)?.has(tenant) === true;
  }

  /** Says that the online store lacks entries of before the start, for as long as `isBehind` does. */
  catchUp(isBehind: () => boolean): void {
    this.#isBehind = isBehind;
  }

  /** After a loss of the online store, until it is made anew. */
  get isCatchingUp(): boolean {
    if (this.#isBehind?.() === false) this.#isBehind = undefined;
    return this.#isBehind !== undefined;
  }

  setFilling(laneIds: Iterable<string>): void {
    this.#filling = new Set(laneIds);
  }

  /** No lane lacks a part of the log. */
  get isWhole(): boolean {
    return this.#filling.size === 0;
  }

  isFilling(laneId: string): boolean {
    return this.isCatchingUp || this.#filling.has(laneId);
  }
}
