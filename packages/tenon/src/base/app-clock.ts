/**
 * The one clock of an app: default times, receipt, lateness and schedules read it. It never goes back, whatever the
 * machine's clock does, and may run faster than it: a replay of history lives a day in seconds.
 */
export class AppClock {
  readonly #machineNowMs: () => number;
  #anchorAppMs: number;
  #anchorMachineMs: number;
  #rate: number;
  #lastMs: number;

  /** `floorMs`: the latest time that was ever told, such as that of the last commit. */
  constructor(o: { machineNowMs: () => number; floorMs: number; startMs?: number; rate?: number }) {
    this.#machineNowMs = o.machineNowMs;
    this.#anchorMachineMs = o.machineNowMs();
    this.#anchorAppMs = Math.max(o.startMs ?? this.#anchorMachineMs, o.floorMs);
    this.#rate = o.rate ?? 1;
    this.#lastMs = this.#anchorAppMs;
  }

  /** App seconds in a second of the machine's. */
  get rate(): number {
    return this.#rate;
  }

  nowMs(): number {
    const elapsedMs = Math.max(0, this.#machineNowMs() - this.#anchorMachineMs);
    const nowMs = Math.floor(this.#anchorAppMs + elapsedMs * this.#rate);
    if (nowMs > this.#lastMs) this.#lastMs = nowMs;
    return this.#lastMs;
  }

  /** Goes on from now at another rate; 0 stands still. */
  setRate(rate: number): void {
    this.#anchorAppMs = this.nowMs();
    this.#anchorMachineMs = this.#machineNowMs();
    this.#rate = rate;
  }

  /** Goes forward to a time; never back. */
  advanceTo(ms: number): void {
    this.#anchorAppMs = Math.max(this.nowMs(), ms);
    this.#anchorMachineMs = this.#machineNowMs();
    this.#lastMs = this.#anchorAppMs;
  }
}
