/** Failures in a row after which nothing is asked for a while. */
const failuresMax = 5;
const openMsMin = 1_000;
const openMsMax = 30_000;

/**
 * Keeps calls from a server that fails: after some failures in a row it is left alone, then one call tries it. Each time
 * that fails too it is left alone for twice as long.
 */
export class CircuitBreaker {
  readonly #nowMs: () => number;
  #failures = 0;
  #openMs = openMsMin;
  #closedAtMs = Number.NEGATIVE_INFINITY;
  #isTrying = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** For how long nothing is asked; 0 where a call may pass. One that passes tells how it went. */
  get waitMs(): number {
    if (this.#failures < failuresMax) return 0;
    return this.#isTrying ? this.#openMs : Math.max(0, this.#closedAtMs - this.#nowMs());
  }

  /** A call passes. */
  enter(): void {
    if (this.#failures >= failuresMax) this.#isTrying = true;
  }

  succeed(): void {
    this.#failures = 0;
    this.#openMs = openMsMin;
    this.#isTrying = false;
  }

  fail(): void {
    this.#isTrying = false;
    this.#failures++;
    if (this.#failures < failuresMax) return;
    this.#closedAtMs = this.#nowMs() + this.#openMs;
    this.#openMs = Math.min(openMsMax, this.#openMs * 2);
  }

  /** The call ended for a reason of the caller's: it says nothing of the server. */
  leave(): void {
    this.#isTrying = false;
  }
}
