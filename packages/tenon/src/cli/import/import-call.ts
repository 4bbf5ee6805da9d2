import { extname } from "node:path";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { checkTime, isMistake } from "../../plan/row-validator.ts";
import type { CommandCall } from "../command.ts";
import { flagCount, flagText } from "../flags.ts";
import { importTerms } from "../import-terms.ts";
import type { TimeReading } from "./cell-value.ts";
import { type AskedMapping, askedMapping } from "./column-mapping.ts";

const formats = ["csv", "ndjson", "parquet"] as const;
type Format = (typeof formats)[number];
const byExtension: Readonly<Record<string, Format>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".parquet": "parquet",
};

/** A call that imports a file, read. */
export interface ImportCall {
  readonly target: string;
  readonly file: string;
  readonly format: Format;
  readonly delimiter: string;
  readonly mapping: AskedMapping;
  readonly times: TimeReading;
  /** Of each step, and of the last call, which may also declare the import whole. */
  readonly terms: URLSearchParams;
  readonly lastTerms: URLSearchParams;
  readonly rejectsFile: string;
  readonly rejectsMax: number;
}

/** @throws cli.usage */
export function importCall(call: CommandCall): ImportCall {
  const [target = "", file = ""] = call.words;
  const mapping = askedMapping(call);
  const lastTerms = importTerms(call);
  const completeFrom = lastTerms.get("completeFrom");
  if (completeFrom !== null && isMistake(checkTime(completeFrom)))
    throw new TenonError("cli.usage", `--complete-from takes a time with a zone; "${completeFrom}" is none`);
  if (lastTerms.has("latency") && mapping.sources.has("receivedAt"))
    throw new TenonError("cli.usage", "--latency and a column for `receivedAt` both say when rows were known");
  const terms = new URLSearchParams(lastTerms);
  terms.delete("complete");
  terms.delete("completeFrom");
  return {
    target,
    file,
    format: formatOf(call, file),
    delimiter: delimiterOf(call, file),
    mapping,
    times: { unit: unitOf(call), isUtc: call.flags.utc === true },
    terms,
    lastTerms,
    rejectsFile: flagText(call, "rejects") ?? `${file}.rejects.ndjson`,
    rejectsMax: flagCount(call, "rejects-max", { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? limit.importRejectsMax,
  };
}

function formatOf(call: CommandCall, file: string): Format {
  const named = flagText(call, "format");
  const format = named === undefined ? byExtension[extname(file).toLowerCase()] : formats.find((one) => one === named);
  if (format !== undefined) return format;
  throw new TenonError(
    "cli.usage",
    named === undefined
      ? `${file} tells no format by its name: --format ${formats.join("|")}`
      : `--format is one of ${formats.join(", ")}; found "${named}"`,
  );
}

function delimiterOf(call: CommandCall, file: string): string {
  const named = flagText(call, "delimiter") ?? (extname(file).toLowerCase() === ".tsv" ? "tab" : ",");
  const sign = named === "tab" ? "\t" : named;
  if (/^[^"\r\n\w]$/.test(sign) && sign.charCodeAt(0) < 128) return sign;
  throw new TenonError("cli.usage", `--delimiter takes one sign such as ; or the word tab; found "${named}"`);
}

function unitOf(call: CommandCall): "s" | "ms" | undefined {
  const unit = flagText(call, "time-unit");
  if (unit === undefined || unit === "s" || unit === "ms") return unit;
  throw new TenonError("cli.usage", `--time-unit is s or ms; found "${unit}"`);
}
