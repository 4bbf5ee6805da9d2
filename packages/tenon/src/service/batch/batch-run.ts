import type { ErrorCode } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { MetadataStore } from "../../ports/metadata-store.ts";

/** One run of a batch, or one backfill: what it was for, and what came of it. */
export interface BatchRun {
  readonly runsKey: string;
  readonly state: "running" | "published" | "failed";
  /** `backfill`: for past times of the schedule, all published as of their times. */
  readonly kind: "run" | "backfill";
  /** The time that it was computed for; of a backfill the last one. */
  readonly asOfMs: number;
  /** Of a backfill: the first one, and how many there are. */
  readonly fromMs?: number;
  readonly times?: number;
  /** The time that its rows have in the log; of a backfill those of the first. */
  readonly rowsAtMs: number;
  /** The log position that it knew. */
  readonly seqMax: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly rows: number;
  readonly tenants: number;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

const settingOf = (batch: string): string => `batch ${batch}`;

/** Runs of a batch, newest first; what ran when the process ended did not come to its end. */
export async function readRuns(metadata: MetadataStore, batch: string): Promise<readonly BatchRun[]> {
  const text = await metadata.setting(settingOf(batch));
  const runs: readonly BatchRun[] = text === undefined ? [] : JSON.parse(text);
  const error = { code: "internal", message: "the process ended during the run" } as const;
  return runs.map((run) =>
    run.state === "running" ? { ...run, state: "failed", endedAtMs: run.startedAtMs, error } : run,
  );
}

export const saveRuns = (metadata: MetadataStore, batch: string, runs: readonly BatchRun[]): Promise<void> =>
  metadata.setSetting(settingOf(batch), JSON.stringify(runs.slice(0, limit.batchRunsKept)));
