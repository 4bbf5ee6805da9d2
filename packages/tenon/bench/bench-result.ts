/** What a bench answers; lower is always better, and `ratio` is compared with `target` within one run. */
export interface BenchResult {
  readonly bench: string;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly ratio: number;
  readonly target: number;
  readonly met: boolean;
}

export interface BenchOptions {
  readonly runs: number;
  /** Less work: for a look, and for CI. */
  readonly quick: boolean;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** `1.92 [1.85–2.03]` */
export const spread = (numbers: readonly number[], digits = 2): string =>
  `${median(numbers).toFixed(digits)} [${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)}]`;
