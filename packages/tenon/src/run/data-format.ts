import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TenonError } from "../base/error.ts";

/** The layout of a data directory; a newer one is refused, an older one upgraded. */
const dataFormat = 1;

/** @throws data.corrupt, data.newer */
export async function checkFormat(dataDir: string): Promise<void> {
  const file = join(dataDir, "format.json");
  if (!existsSync(file)) {
    await mkdir(dataDir, { recursive: true });
    await writeFile(`${file}.tmp`, JSON.stringify({ format: dataFormat }), { flush: true });
    await rename(`${file}.tmp`, file);
    return;
  }
  const format = formatIn(readFileSync(file, "utf8"));
  if (format === undefined)
    throw new TenonError("data.corrupt", `${file} tells no format; it should be {"format":${dataFormat}}`);
  if (format > dataFormat)
    throw new TenonError("data.newer", `${dataDir} has format ${format}; this version reads up to ${dataFormat}`);
}

function formatIn(text: string): number | undefined {
  try {
    const { format }: { format?: unknown } = JSON.parse(text);
    return typeof format === "number" ? format : undefined;
  } catch {
    return undefined;
  }
}
