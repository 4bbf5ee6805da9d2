import { createReadStream, statSync } from "node:fs";
import { Readable, Transform } from "node:stream";
import { messageOf, TenonError } from "../base/error.ts";
import { isRecord } from "../base/record.ts";
import type { Progress } from "./progress.ts";

/**
 * A file's events, or standard input's for `-`, as lines of JSON: NDJSON streams through, an array or one object is read whole.
 * @throws cli.usage
 */
export async function eventLines(file: string, told: Progress): Promise<Readable> {
  const isInput = file === "-";
  const sizeBytes = isInput ? 0 : sizeOf(file);
  const source: Readable = isInput ? process.stdin : createReadStream(file);
  const begun: Buffer[] = [];
  const chunks = source[Symbol.asyncIterator]();
  // A first line decides: whole, it is NDJSON.
  while (!hasLine(begun)) {
    const { value, done } = await chunks.next();
    if (done === true) return wholeLines(Buffer.concat(begun).toString("utf8"), file);
    begun.push(Buffer.from(value));
  }
  const head = Buffer.concat(begun);
  if (isWhole(head.subarray(0, head.indexOf(10, firstByte(head))).toString("utf8"))) {
    return Readable.from(joined(head, chunks)).pipe(counted(sizeBytes, told));
  }
  const rest: Buffer[] = [head];
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
    rest.push(Buffer.from(next.value));
  return wholeLines(Buffer.concat(rest).toString("utf8"), file);
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (thrown) {
    throw new TenonError("cli.usage", `${file} cannot be read: ${messageOf(thrown)}`);
  }
}

/** Behind white space. */
const firstByte = (bytes: Buffer): number =>
  Math.max(
    0,
    bytes.findIndex((byte) => byte > 32),
  );
const hasLine = (chunks: readonly Buffer[]): boolean =>
  chunks.length > 0 &&
  chunks.at(-1)!.includes(10) &&
  Buffer.concat(chunks).indexOf(10, firstByte(Buffer.concat(chunks))) >= 0;

function isWhole(line: string): boolean {
  try {
    return isRecord(JSON.parse(line));
  } catch {
    // What is no JSON at all is told line by line by the server; what only begins here is read whole.
    return !/^\s*[[{]/.test(line) || /^\s*\{.*\}\s*$/.test(line);
  }
}

function wholeLines(text: string, file: string): Readable {
  if (text.trim() === "")
    throw new TenonError(
      "cli.usage",
      `${file === "-" ? "standard input" : file} is empty: it holds one event, an array, or lines of events`,
    );
  try {
    const value: unknown = JSON.parse(text);
    return Readable.from((Array.isArray(value) ? value : [value]).map((row) => `${JSON.stringify(row)}\n`));
  } catch (thrown) {
    throw new TenonError(
      "cli.usage",
      `${file === "-" ? "standard input" : file} is neither JSON nor NDJSON: ${messageOf(thrown)}`,
    );
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<unknown>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next())
    yield Buffer.from(next.value as Uint8Array);
}

function counted(sizeBytes: number, told: Progress): Transform {
  let sentBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      sentBytes += chunk.length;
      if (sizeBytes > 0) told(sentBytes / sizeBytes, `${(sentBytes / 1e6).toFixed(1)} MB`);
      done(null, chunk);
    },
  });
}
