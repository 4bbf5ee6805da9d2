import type { Distribution } from "../../engine/profile/distribution.ts";

/** How the inputs of a version were spread when it learnt: what later values are compared with. */
export interface TrainingProfile {
  /** Examples that were looked at: evenly spaced ones where there were more. */
  readonly rows: number;
  /** The tenant of all of them; null where they are of several. */
  readonly tenant: number | null;
  readonly columns: Readonly<Record<string, Distribution>>;
}
