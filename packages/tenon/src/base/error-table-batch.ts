import { type ErrorKind, kind } from "./error-kind.ts";

/** The part of the error table that is about batches. */
export const batchErrors = {
  // Batches
  "batch.unknown": kind(404, "changed", "The app has no batch of this name", "`tenon batches list` lists them."),
  "batch.busy": kind(
    409,
    "later",
    "A run of the batch waits for its turn already",
    "Wait for its run: `tenon batches show <name>`.",
  ),
  "batch.sql": kind(
    422,
    "changed",
    "The SQL of a batch cannot be run",
    "Mend the SQL in the configuration as the message says; `tenon batches run <name>` tries it at once.",
  ),
  "batch.rows": kind(
    422,
    "changed",
    "What the SQL of a batch answers is no run of it",
    "Answer one row for each key, with values that the declared columns take.",
  ),
  "batch.time": kind(
    504,
    "changed",
    "A run of a batch took longer than it may",
    "Let the SQL read less, or give the batch a longer `timeLimit`.",
  ),
  "batch.memory": kind(
    507,
    "changed",
    "A run of a batch needs more memory than it may have",
    "Give the batch more `memoryMb`, or let its SQL keep less at once.",
  ),
} as const satisfies Readonly<Record<string, ErrorKind>>;
