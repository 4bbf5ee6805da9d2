/** What an evaluation found, as it is stored, answered and shown: types alone, so that every layer may read them. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Rows of like scores: what was predicted and what happened, with its interval. */
export interface CalibrationBin {
  readonly meanPredicted: number;
  readonly observedRate: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** The evaluation of a version on rows that came after those it learnt from, as it is stored and answered. */
export interface EvaluationReport {
  readonly task: "binary" | "regression";
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Interval>>;
  readonly threshold: number | null;
  readonly confusion: {
    readonly truePositive: number;
    readonly falsePositive: number;
    readonly trueNegative: number;
    readonly falseNegative: number;
  } | null;
  readonly calibration: readonly CalibrationBin[];
  readonly slices: readonly {
    readonly column: string;
    readonly value: string;
    readonly rows: number;
    readonly positiveRate: number | null;
    readonly metric: Interval | null;
  }[];
}

export interface GateResult {
  readonly metric: string;
  readonly direction: "atLeast" | "atMost";
  readonly bound: number;
  /** Null where the rows allow no figure: such a gate is inconclusive. */
  readonly estimate: Interval | null;
  readonly outcome: "pass" | "fail" | "inconclusive";
}
