import { type Command, tenantOption } from "../command.ts";
import { fileOptions } from "../import/file-options.ts";
import { importFile } from "../import/import-file.ts";
import { eventTarget } from "../import/import-target.ts";
import { importOptions } from "../import-terms.ts";
import { withApp } from "../reach-app.ts";

export const eventsImport: Command = {
  name: "events import",
  summary: "Import history from a CSV, NDJSON or Parquet file; run again, it goes on where it stopped",
  usage: "tenon events import NAME FILE [--at COLUMN] [--map COLUMN=SOURCE]",
  options: [
    { flag: "--at", value: "COLUMN", about: "The file's column of the event's time; default `at`" },
    ...fileOptions,
    ...importOptions,
    tenantOption,
  ],
  examples: [
    "tenon events import payment payments.csv --map id=order_no,cents=amount --at created --utc --complete",
    "tenon events import payment payments.parquet --at created_at --received-at loaded_at",
    "tenon events import payment stripe.ndjson --at created --time-unit s --set country=DE --rejects-max 0",
  ],
  run: (call) => withApp(call, "refuse", (app) => importFile(call, app, eventTarget)),
};
