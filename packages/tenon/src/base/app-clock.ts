/** How fast the clock goes, of its rate, while it waits for a machine's clock that was set back. */
const slowShare = 0.5;

/**
 * The one clock of an app: default times, receipt, lateness and schedules read it. It never goes back, whatever the
 * machine's clock does, and may run faster than it: a replay of history lives a day in seconds. Where the machine's
 * clock is set back it goes on, slower, until that one has caught up: a clock that stood still would give events one
 * time and hide them from the reads of that time.
 */
export class AppClock {
  readonly #machineNowMs: () => number;
  #anchorAppMs: number;
  #anchorMachineMs: number;
  #rate: number;
  #lastMs: number;
  #lastMachineMs: number;

  /** `floorMs`: the latest time that was ever told, such as that of the last commit. */
  constructor(o: { machineNowMs: () => number; floorMs: number; startMs?: number; rate?: number }) {
    this.#machineNowMs = o.machineNowMs;
    this.#anchorMachineMs = o.machineNowMs();
    this.#anchorAppMs = o.startMs === undefined ? this.#anchorMachineMs : Math.max(o.startMs, o.floorMs);
    this.#rate = o.rate ?? 1;
    this.#lastMs = Math.max(this.#anchorAppMs, o.floorMs);
    this.#lastMachineMs = this.#anchorMachineMs;
  }

  /** App seconds in a second of the machine's. */
  get rate(): number {
    return this.#rate;
  }

  nowMs(): number {
    const machineMs = this.#machineNowMs();
    const passedMs = Math.max(0, machineMs - this.#lastMachineMs);
    this.#lastMachineMs = machineMs;
    const targetMs = this.#anchorAppMs + (machineMs - this.#anchorMachineMs) * this.#rate;
    this.#lastMs = Math.max(targetMs, this.#lastMs + (targetMs < this.#lastMs ? passedMs * this.#rate * slowShare : 0));
    return Math.floor(this.#lastMs);
  }

  /** How far it is ahead of where the machine's clock would have it. */
  get aheadMs(): number {
    const nowMs = this.nowMs();
    return Math.max(
      0,
      nowMs - Math.ceil(this.#anchorAppMs + (this.#lastMachineMs - this.#anchorMachineMs) * this.#rate),
    );
  }

  /** Goes on from now at another rate; 0 stands still. */
  setRate(rate: number): void {
    this.#anchorAppMs = this.nowMs();
    this.#anchorMachineMs = this.#lastMachineMs;
    this.#rate = rate;
  }

  /** Goes forward to a time; never back. */
  advanceTo(ms: number): void {
    this.#anchorAppMs = Math.max(this.nowMs(), ms);
    this.#anchorMachineMs = this.#lastMachineMs;
    this.#lastMs = this.#anchorAppMs;
  }
}
