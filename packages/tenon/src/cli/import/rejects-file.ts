import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { messageOf, TenonError } from "../../base/error.ts";

export interface RejectedRow {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly row: unknown;
}

/** The report of rows that were not taken: a line of JSON each. */
export interface RejectsFile {
  readonly file: string;
  readonly bytes: number;
  /** The last that was added. */
  readonly last: RejectedRow | undefined;
  add(rows: readonly RejectedRow[]): Promise<void>;
  /** An empty report goes. */
  close(): Promise<void>;
}

/** Goes on behind the bytes that are known to be whole; what a killed import wrote after them is written again. */
export async function openRejects(file: string, wholeBytes: number): Promise<RejectsFile> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT).catch((thrown) => {
    throw new TenonError("cli.usage", `${file} cannot be written: ${messageOf(thrown)}; name another with --rejects`);
  });
  let bytes = Math.min(wholeBytes, (await handle.stat()).size);
  await handle.truncate(bytes);
  let last: RejectedRow | undefined;
  return {
    file,
    get last() {
      return last;
    },
    get bytes() {
      return bytes;
    },
    async add(rows) {
      if (rows.length === 0) return;
      const text = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      await handle.write(text, 0, text.length, bytes);
      bytes += text.length;
      last = rows.at(-1);
    },
    async close() {
      await handle.close();
      if (bytes === 0) await rm(file, { force: true });
    },
  };
}
