import { limit } from "../../base/limit.ts";

/** How long a sample is shown before it is drawn anew, on the machine's clock. */
const freshMs = 30_000;

interface Recent<T> {
  readonly madeAtMs: number;
  readonly sample: Promise<T>;
  cells: number;
}

/** Samples of late, so that a page that is looked at often is not drawn for every look. */
export class RecentSamples<T> {
  readonly #recent = new Map<string, Recent<T>>();
  readonly #cellsOf: (sample: T) => number;
  readonly #machineNowMs: () => number;

  constructor(cellsOf: (sample: T) => number, machineNowMs: () => number) {
    this.#cellsOf = cellsOf;
    this.#machineNowMs = machineNowMs;
  }

  /** The sample of this name, drawn where there is none or it is old; two that ask at once get one. */
  get(name: string, draw: () => Promise<T>): Promise<T> {
    const known = this.#recent.get(name);
    if (known !== undefined && this.#machineNowMs() - known.madeAtMs < freshMs) return known.sample;
    this.#recent.delete(name);
    const drawn: Recent<T> = { madeAtMs: this.#machineNowMs(), sample: draw(), cells: 1 };
    this.#recent.set(name, drawn);
    drawn.sample.then(
      (sample) => {
        drawn.cells = this.#cellsOf(sample);
        // The first values are seen as soon as they are there.
        if (drawn.cells === 0) this.#forget(name, drawn);
        else this.#trim();
      },
      () => this.#forget(name, drawn),
    );
    return drawn.sample;
  }

  #forget(name: string, recent: Recent<T>): void {
    if (this.#recent.get(name) === recent) this.#recent.delete(name);
  }

  /** The oldest go first, the newest stays. */
  #trim(): void {
    let cells = [...this.#recent.values()].reduce((sum, recent) => sum + recent.cells, 0);
    for (const [name, recent] of this.#recent) {
      if (cells <= limit.catalogCellsMax || this.#recent.size === 1) return;
      this.#recent.delete(name);
      cells -= recent.cells;
    }
  }
}
