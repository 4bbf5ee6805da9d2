import { type Command, tenantOption } from "../command.ts";
import { fileOptions } from "../import/file-options.ts";
import { importFile } from "../import/import-file.ts";
import { tableTarget } from "../import/import-target.ts";
import { latencyOption } from "../import-terms.ts";
import { withApp } from "../reach-app.ts";

export const tablesImport: Command = {
  name: "tables import",
  summary: "Import rows of a table from a CSV, NDJSON or Parquet file; run again, it goes on where it stopped",
  usage: "tenon tables import NAME FILE [--valid-from COLUMN] [--map COLUMN=SOURCE]",
  options: [
    {
      flag: "--valid-from",
      value: "COLUMN",
      about: "The file's column of when each row begins to hold; default `validFrom`, and now where there is none",
    },
    ...fileOptions,
    latencyOption,
    tenantOption,
  ],
  examples: [
    "tenon tables import plan accounts.csv --map account=id,tier=plan_name",
    "tenon tables import plan plan_history.parquet --valid-from changed_at --received-at loaded_at",
  ],
  run: (call) => withApp(call, "refuse", (app) => importFile(call, app, tableTarget)),
};
