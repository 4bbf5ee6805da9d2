import type { Expected } from "../../service/verify/expected-feature.ts";

/** What was compared. */
export class VerifyTally {
  histories = 0;
  rows = 0;
  restarts = 0;
  reads = 0;
  /** Reads behind the online rows beyond those that go by way of the log. */
  passedOver = 0;
  pastReadsOfStory = 0;
  /** Values beyond the bound up to which their aggregate is exact. */
  estimates = 0;
  /** Batches of the app: stories run no SQL. */
  batches: readonly string[] = [];
  /** Values by feature set, and by training set. */
  readonly values = new Map<string, number>();

  count(name: string, { isEstimate }: Expected): void {
    if (isEstimate) this.estimates++;
    else this.values.set(name, (this.values.get(name) ?? 0) + 1);
  }
}
