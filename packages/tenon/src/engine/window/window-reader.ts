import type { LaneView } from "./lane.ts";
import type { LaneLayout } from "./lane-layout.ts";
import { type ReadPoint, WindowSweep, type WindowValues } from "./window-sweep.ts";

/** One column to read: a cell of the lane over a window that ends at the time of the read. */
export interface WindowColumn {
  readonly cell: number;
  readonly windowMs: number;
  /** The window begins at the multiple of this before its exact beginning. */
  readonly hopMs?: number;
}

/** Reads columns of a lane, by one sweep for each hop that its windows have. */
export class WindowReader implements WindowValues {
  readonly values: Float64Array;
  readonly latest: Float64Array;
  readonly lists: (readonly number[] | undefined)[];
  readonly #sweeps: readonly WindowSweep[];

  constructor(layout: LaneLayout, columns: readonly WindowColumn[]) {
    this.values = new Float64Array(columns.length);
    this.latest = new Float64Array(columns.length);
    this.lists = columns.map(() => undefined);
    const swept = columns.map(({ cell, windowMs, hopMs = 0 }, out) => ({ cell, windowMs, hopMs, out }));
    this.#sweeps = [...new Set(swept.map(({ hopMs }) => hopMs))].map((hop) => {
      const together = swept.filter(({ hopMs }) => hopMs === hop);
      return new WindowSweep(layout, together, hop, this);
    });
  }

  /** Reads all columns into `values`, `latest` and `lists`. */
  read(lane: LaneView, point: ReadPoint): void {
    for (const sweep of this.#sweeps) sweep.read(lane, point);
  }

  /** The values of a key that has no rows. */
  readEmpty(): void {
    for (const sweep of this.#sweeps) sweep.readEmpty();
  }
}
