import { createHash } from "node:crypto";
import { join } from "node:path";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { suggestion } from "../../base/nearest.ts";
import type { TableFiles } from "../../ports/table-file.ts";
import { openTableFiles } from "../../run/table-files.ts";
import type { AppDescription, ColumnDescription, EventsAnswer } from "../../server/wire.ts";
import { patiently } from "../../service/ingest/patiently.ts";
import type { AppSocket } from "../app-socket.ts";
import { type Command, type CommandCall, exitCodes, tenantOption } from "../command.ts";
import { flagText } from "../flags.ts";
import { mappedColumns } from "../import/column-mapping.ts";
import { eventRows } from "../import/event-row.ts";
import { type ImportCall, importCall } from "../import/import-call.ts";
import { importPace } from "../import/import-pace.ts";
import { importRows } from "../import/import-rows.ts";
import { forgetImportState, type ImportState, keepImportState, loadImportState } from "../import/import-state.ts";
import { fileHash, openSource } from "../import/open-source.ts";
import { openRejects } from "../import/rejects-file.ts";
import type { RowSource } from "../import/row-source.ts";
import { importOptions } from "../import-terms.ts";
import { withApp } from "../reach-app.ts";

/** Digits of a file's hash in the ids of its rows. */
const idDigits = 24;

export const eventsImport: Command = {
  name: "events import",
  summary: "Import history from a CSV, NDJSON or Parquet file; run again, it goes on where it stopped",
  usage: "tenon events import NAME FILE [--at COLUMN] [--map COLUMN=SOURCE]",
  options: [
    { flag: "--format", value: "FORMAT", about: "csv, ndjson or parquet; default by the file's extension" },
    { flag: "--at", value: "COLUMN", about: "The file's column of the event's time; default `at`" },
    {
      flag: "--map",
      value: "COLUMN=SOURCE",
      list: true,
      about: "Which column of the file a column of the event is, also `id`; those of the same name need no mapping",
    },
    { flag: "--set", value: "COLUMN=VALUE", list: true, about: "The same value for all rows" },
    { flag: "--time-unit", value: "UNIT", about: "What numbers count that are times: s or ms since 1970" },
    { flag: "--utc", about: "Times without a zone are UTC; those of Parquet's own types always are" },
    {
      flag: "--received-at",
      value: "COLUMN",
      about: "When the source knew each event; default its time and --latency",
    },
    ...importOptions,
    { flag: "--delimiter", value: "SIGN", about: "Between the fields of CSV, or the word tab; default a comma" },
    { flag: "--rejects", value: "PATH", about: "Where rows go that are not taken; default FILE.rejects.ndjson" },
    {
      flag: "--rejects-max",
      value: "N",
      about: `Rows that may be refused before the import stops; default ${limit.importRejectsMax}`,
    },
    { flag: "--restart", about: "Begin at the first row, whatever an earlier run came to" },
    tenantOption,
  ],
  examples: [
    "tenon events import payment payments.csv --map id=order_no,cents=amount --at created --utc --complete",
    "tenon events import payment payments.parquet --at created_at --received-at loaded_at",
    "tenon events import payment stripe.ndjson --at created --time-unit s --set country=DE --rejects-max 0",
  ],
  run: (call) => withApp(call, "refuse", (app) => importFile(call, app)),
};

async function importFile(call: CommandCall, app: AppSocket): Promise<number> {
  const asked = importCall(call);
  const described = await describedEvent(app, asked.event);
  let tables: TableFiles | undefined;
  try {
    const source = await openSource(asked, () => {
      tables = openTableFiles(join(call.places.dataDir, "tmp"));
      return tables;
    });
    return await importSource(call, app, { asked, source, ...described });
  } finally {
    await tables?.close();
  }
}

interface Importing {
  readonly asked: ImportCall;
  readonly source: RowSource;
  readonly columns: readonly ColumnDescription[];
  readonly wholeKeys: ReadonlySet<string>;
}

async function importSource(call: CommandCall, app: AppSocket, importing: Importing): Promise<number> {
  const { asked, source, columns, wholeKeys } = importing;
  const mapped = mappedColumns(asked.mapping, columns, source);
  const hash = await fileHash(asked.file);
  const { wanted, make } = eventRows({
    mapped,
    wholeKeys,
    columns: source.columns,
    times: asked.times,
    idPrefix: hash.slice(0, idDigits),
  });
  const stateFile = join(call.places.dataDir, "imports", `${keyOf(call, importing, hash)}.json`);
  if (call.flags.restart === true) await forgetImportState(stateFile);
  const begun = await loadImportState(stateFile);
  const rejects = await openRejects(asked.rejectsFile, begun.rejectsBytes);
  const pace = importPace(call.output.progress(`Importing ${asked.event}`), begun.place.offset / source.size, () =>
    performance.now(),
  );
  const path = `/events/${encodeURIComponent(asked.event)}`;
  const keep = async (state: ImportState): Promise<void> => {
    await keepImportState(stateFile, state);
    pace(state.place.offset / source.size, state.place.row - begun.place.row);
  };
  try {
    if (begun.place.row > 1 && !begun.isDone) call.output.text(`Going on at row ${begun.place.row}`);
    const send = (events: readonly unknown[]): Promise<EventsAnswer> =>
      patiently(
        () => app.post<EventsAnswer>(`${path}?${asked.terms}`, events),
        () => "the rows before were taken",
      );
    const ended = begun.isDone
      ? begun
      : await importRows({ source, wanted, make, rejects, rejectsMax: asked.rejectsMax, send, keep }, begun);
    // What an import holds all of is declared once all of it is there.
    if (asked.lastTerms.size > asked.terms.size) await app.post(`${path}?${asked.lastTerms}`, []);
    if (!begun.isDone) await keepImportState(stateFile, { ...ended, isDone: true });
    return tell(call, { asked, ignored: ignoredColumns(source, wanted), begun, ended });
  } finally {
    await rejects.close();
  }
}

/** The same file, mapped in the same way into the same columns, goes on; anything else begins. */
function keyOf(call: CommandCall, { asked, columns }: Importing, hash: string): string {
  const { event, format, delimiter, mapping, times, terms } = asked;
  const tenant = flagText(call, "tenant") ?? null;
  const said = [hash, tenant, event, columns, format, delimiter, times, `${terms}`];
  const text = JSON.stringify([...said, [...mapping.sources], [...mapping.constants]]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

async function describedEvent(app: AppSocket, name: string): Promise<Pick<Importing, "columns" | "wholeKeys">> {
  const { events, entities } = await app.get<AppDescription>("/app");
  const event = events.find((candidate) => candidate.name === name);
  if (event === undefined) {
    const names = events.map((candidate) => candidate.name);
    throw new TenonError("event.unknown", `the app has no event "${name}".${suggestion(name, names)}`);
  }
  const whole = entities.filter(({ keyType }) => keyType === "integer").map((entity) => entity.name);
  const columns = event.columns.filter(({ lookup }) => lookup === undefined);
  const keys = columns.filter(({ to }) => to !== undefined && whole.includes(to)).map((column) => column.name);
  return { columns, wholeKeys: new Set(keys) };
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
