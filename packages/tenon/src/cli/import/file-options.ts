import { limit } from "../../base/limit.ts";
import type { Option } from "../command.ts";

/** What every import of a file may say about it. */
export const fileOptions: readonly Option[] = [
  { flag: "--format", value: "FORMAT", about: "csv, ndjson or parquet; default by the file's extension" },
  {
    flag: "--map",
    value: "COLUMN=SOURCE",
    list: true,
    about: "Which column of the file a column is; those of the same name need no mapping",
  },
  { flag: "--set", value: "COLUMN=VALUE", list: true, about: "The same value for all rows" },
  { flag: "--time-unit", value: "UNIT", about: "What numbers count that are times: s or ms since 1970" },
  { flag: "--utc", about: "Times without a zone are UTC; those of Parquet's own types always are" },
  { flag: "--received-at", value: "COLUMN", about: "When the source knew each row; default its time and --latency" },
  { flag: "--delimiter", value: "SIGN", about: "Between the fields of CSV, or the word tab; default a comma" },
  { flag: "--rejects", value: "PATH", about: "Where rows go that are not taken; default FILE.rejects.ndjson" },
  {
    flag: "--rejects-max",
    value: "N",
    about: `Rows that may be refused before the import stops; default ${limit.importRejectsMax}`,
  },
  { flag: "--restart", about: "Begin at the first row, whatever an earlier run came to" },
];
