import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { messageOf, TenonError } from "../../base/error.ts";
import type { TableFiles } from "../../ports/table-file.ts";
import { csvSource } from "./csv-source.ts";
import type { ImportCall } from "./import-call.ts";
import { jsonSource } from "./json-source.ts";
import { parquetSource } from "./parquet-source.ts";
import type { RowSource } from "./row-source.ts";

/** @throws cli.usage for a file that is not there, file.unreadable for one of another format */
export async function openSource(
  { file, format, delimiter }: ImportCall,
  tables: () => TableFiles,
): Promise<RowSource> {
  checkFile(file);
  switch (format) {
    case "csv":
      return csvSource(file, delimiter);
    case "ndjson":
      return jsonSource(file);
    case "parquet":
      return parquetSource(tables(), file);
  }
}

function checkFile(file: string): void {
  try {
    if (statSync(file).isFile()) return;
  } catch (thrown) {
    throw new TenonError("cli.usage", `${file} cannot be read: ${messageOf(thrown)}`);
  }
  throw new TenonError("cli.usage", `${file} is no file: an import reads it more than once`);
}

/** The SHA-256 of a file: what an import goes on by, and what names the rows of a file without ids. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
