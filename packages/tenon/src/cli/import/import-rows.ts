import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { ImportState } from "./import-state.ts";
import type { Taken } from "./import-target.ts";
import type { RejectedRow, RejectsFile } from "./rejects-file.ts";
import type { RowSource, SourceRow } from "./row-source.ts";

export interface ImportRows {
  readonly source: RowSource;
  readonly wanted: readonly string[];
  readonly make: (row: SourceRow) => Readonly<Record<string, unknown>> | TenonError;
  readonly rejects: RejectsFile;
  readonly rejectsMax: number;
  readonly send: (rows: readonly unknown[]) => Promise<Taken>;
  readonly keep: (state: ImportState) => Promise<void>;
}

/** Rows on their way, in the order of the file. */
interface Step {
  readonly made: unknown[];
  readonly sent: SourceRow[];
  readonly rejected: RejectedRow[];
  bytes: number;
  last: SourceRow | undefined;
}

const emptyStep = (): Step => ({ made: [], sent: [], rejected: [], bytes: 0, last: undefined });

/**
 * Sends a file's rows step by step; after each, what it came to is kept.
 * @throws import.stopped beyond the rejects that are allowed, and what sending throws
 */
export async function importRows(o: ImportRows, from: ImportState): Promise<ImportState> {
  let state = from;
  let sending: Promise<void> = Promise.resolve();
  const settle = async (step: Step): Promise<void> => {
    state = await settled(o, state, step);
    await o.keep(state);
    if (state.rejected <= o.rejectsMax) return;
    const last = o.rejects.last;
    const why = last === undefined ? "" : `; the last, of line ${last.line}: ${last.message}`;
    const until = `${state.rejected} rows were refused up to line ${state.place.line - 1}`;
    throw new TenonError("import.stopped", `${until}${why}. All of them are in ${o.rejects.file}`);
  };
  /** One step is under way while the next is read. */
  const flush = async (step: Step): Promise<void> => {
    await sending;
    sending = settle(step);
    // It is awaited before the next step; what it throws in between is not lost.
    sending.catch(() => {});
  };
  let step = emptyStep();
  for await (const rows of o.source.read(o.wanted, from.place)) {
    for (const row of rows) {
      take(step, row, o.make(row));
      if (step.sent.length + step.rejected.length < limit.importRowsMax && step.bytes < limit.importBytesMax) continue;
      await flush(step);
      step = emptyStep();
    }
  }
  if (step.last !== undefined) await flush(step);
  await sending;
  return state;
}

function take(step: Step, row: SourceRow, made: Readonly<Record<string, unknown>> | TenonError): void {
  step.last = row;
  const bytes = made instanceof TenonError ? 0 : Buffer.byteLength(JSON.stringify(made));
  if (made instanceof TenonError) step.rejected.push(rejectOf(row, made.code, made.message));
  else if (bytes > limit.lineBytesMax)
    step.rejected.push(
      rejectOf(row, "body.too-large", `the row has ${bytes} bytes; a row may have ${limit.lineBytesMax}`),
    );
  else {
    step.made.push(made);
    step.sent.push(row);
    step.bytes += bytes;
  }
}

const rejectOf = (row: SourceRow, code: string, message: string): RejectedRow => ({
  line: row.line,
  code,
  message,
  row: row.raw,
});

async function settled(o: ImportRows, state: ImportState, step: Step): Promise<ImportState> {
  const answer = step.made.length === 0 ? undefined : await o.send(step.made);
  const refused = (answer?.rejected ?? []).map(({ index, code, message }) => rejectOf(step.sent[index], code, message));
  const rejected = [...step.rejected, ...refused].sort((a, b) => a.line - b.line);
  await o.rejects.add(rejected);
  return {
    place: step.last?.next ?? state.place,
    isDone: false,
    accepted: state.accepted + (answer?.accepted ?? 0),
    duplicate: state.duplicate + (answer?.duplicate ?? 0),
    conflict: state.conflict + (answer?.conflict ?? 0),
    rejected: state.rejected + rejected.length,
    rejectsBytes: o.rejects.bytes,
  };
}
