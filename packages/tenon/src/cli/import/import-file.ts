import { createHash } from "node:crypto";
import { join } from "node:path";
import type { TableFiles } from "../../ports/table-file.ts";
import { openTableFiles } from "../../run/table-files.ts";
import { patiently } from "../../service/ingest/patiently.ts";
import type { AppSocket } from "../app-socket.ts";
import { type CommandCall, exitCodes } from "../command.ts";
import { flagText } from "../flags.ts";
import { mappedColumns } from "./column-mapping.ts";
import { type ImportCall, importCall } from "./import-call.ts";
import { importPace } from "./import-pace.ts";
import { importedRows } from "./import-row.ts";
import { importRows } from "./import-rows.ts";
import { forgetImportState, type ImportState, keepImportState, loadImportState } from "./import-state.ts";
import type { ImportTarget, Taken, TargetOf } from "./import-target.ts";
import { fileHash, openSource } from "./open-source.ts";
import { openRejects } from "./rejects-file.ts";
import type { RowSource } from "./row-source.ts";

/** Digits of a file's hash in the ids of its rows. */
const idDigits = 24;

/** Imports the file that a call names; the exit code. */
export async function importFile(call: CommandCall, app: AppSocket, targetOf: TargetOf): Promise<number> {
  const asked = importCall(call);
  const target = await targetOf(app, asked.target);
  let tables: TableFiles | undefined;
  try {
    const source = await openSource(asked, () => {
      tables = openTableFiles(join(call.places.dataDir, "tmp"));
      return tables;
    });
    return await importSource(call, { asked, source, target });
  } finally {
    await tables?.close();
  }
}

interface Importing {
  readonly asked: ImportCall;
  readonly source: RowSource;
  readonly target: ImportTarget;
}

async function importSource(call: CommandCall, importing: Importing): Promise<number> {
  const { asked, source, target } = importing;
  const mapped = mappedColumns(asked.mapping, target, source);
  const hash = await fileHash(asked.file);
  const { wanted, make } = importedRows({
    mapped,
    wholeKeys: target.wholeKeys,
    columns: source.columns,
    times: asked.times,
    idPrefix: target.kind === "event" ? hash.slice(0, idDigits) : undefined,
  });
  const stateFile = join(call.places.dataDir, "imports", `${keyOf(call, importing, hash)}.json`);
  if (call.flags.restart === true) await forgetImportState(stateFile);
  const begun = await loadImportState(stateFile);
  const rejects = await openRejects(asked.rejectsFile, begun.rejectsBytes);
  const pace = importPace(call.output.progress(`Importing ${target.name}`), begun.place.offset / source.size, () =>
    performance.now(),
  );
  const keep = async (state: ImportState): Promise<void> => {
    await keepImportState(stateFile, state);
    pace(state.place.offset / source.size, state.place.row - begun.place.row);
  };
  try {
    if (begun.place.row > 1 && !begun.isDone) call.output.text(`Going on at row ${begun.place.row}`);
    const send = (rows: readonly unknown[]): Promise<Taken> =>
      patiently(
        () => target.send(asked.terms, rows),
        () => "the rows before were taken",
      );
    const ended = begun.isDone
      ? begun
      : await importRows({ source, wanted, make, rejects, rejectsMax: asked.rejectsMax, send, keep }, begun);
    // What an import holds all of is declared once all of it is there.
    if (asked.lastTerms.size > asked.terms.size) await target.send(asked.lastTerms, []);
    if (!begun.isDone) await keepImportState(stateFile, { ...ended, isDone: true });
    return tell(call, { asked, ignored: ignoredColumns(source, wanted), begun, ended });
  } finally {
    await rejects.close();
  }
}

/** The same file, mapped in the same way into the same columns, goes on; anything else begins. */
function keyOf(call: CommandCall, { asked, target }: Importing, hash: string): string {
  const { format, delimiter, mapping, times, terms } = asked;
  const tenant = flagText(call, "tenant") ?? null;
  const said = [hash, tenant, target.kind, target.name, target.columns, format, delimiter, times, `${terms}`];
  const text = JSON.stringify([...said, [...mapping.sources], [...mapping.constants]]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

const ignoredColumns = (source: RowSource, wanted: readonly string[]): readonly string[] =>
  source.columns?.map(({ name }) => name).filter((name) => !wanted.includes(name)) ?? source.ignored();

function tell(
  { output }: CommandCall,
  o: {
    readonly asked: ImportCall;
    readonly ignored: readonly string[];
    readonly begun: ImportState;
    readonly ended: ImportState;
  },
): number {
  const { place, accepted, duplicate, conflict, rejected } = o.ended;
  const { rejectsFile } = o.asked;
  const { ignored } = o;
  const count = (n: number): string => n.toLocaleString("en");
  const parts = [
    `${count(accepted)} accepted`,
    ...(duplicate === 0 ? [] : [`${count(duplicate)} duplicate`]),
    ...(conflict === 0 ? [] : [`${count(conflict)} of them with another payload`]),
    ...(rejected === 0 ? [] : [`${count(rejected)} rejected: see ${rejectsFile}`]),
  ];
  output.text(`${o.begun.isDone ? "Imported before: " : ""}${parts.join(", ")}`);
  if (ignored.length > 0) output.text(`  Not imported: the columns ${ignored.join(", ")}`);
  output.value({
    rows: place.row - 1,
    accepted,
    duplicate,
    conflict,
    rejected,
    rejects: rejected === 0 ? null : rejectsFile,
    begunAtRow: o.begun.place.row,
    ignoredColumns: ignored,
  });
  return rejected > 0 ? exitCodes.failed : exitCodes.ok;
}
