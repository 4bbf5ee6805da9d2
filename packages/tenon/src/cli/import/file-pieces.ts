import { createReadStream } from "node:fs";
import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";

/** One record of a text file: a line, or several where a quoted field holds line ends. */
export interface Piece {
  readonly bytes: Buffer;
  /** Of its first and of the following record's first byte, in the file. */
  readonly begin: number;
  readonly end: number;
  readonly line: number;
  readonly nextLine: number;
}

/** The place of the byte behind a record that begins at `begin`, or -1 where the bytes end before it does. */
export type FindEnd = (bytes: Buffer, begin: number) => number;

const newline = 10;
const carriageReturn = 13;
const chunkBytes = 256 * 1024;

export const lineEnd: FindEnd = (bytes, begin) => bytes.indexOf(newline, begin) + 1 || -1;

/**
 * The records of a file from a byte on, without their line ends and without empty ones.
 * @throws file.unreadable for a record that is too long to be one
 */
export async function* filePieces(
  file: string,
  from: { readonly offset: number; readonly line: number },
  findEnd: FindEnd,
  bytesMax: number = limit.lineBytesMax,
): AsyncGenerator<readonly Piece[], void> {
  let rest: Buffer = Buffer.alloc(0);
  let { offset, line } = from;
  const checkLength = (bytes: number): void => {
    if (bytes <= bytesMax + chunkBytes) return;
    throw new TenonError(
      "file.unreadable",
      `${file}: line ${line} begins a row of more than ${bytesMax} bytes; a quote may never be closed`,
    );
  };
  const take = (bytes: Buffer, isLast: boolean): Piece[] => {
    const pieces: Piece[] = [];
    let begin = 0;
    while (begin < bytes.length) {
      const found = findEnd(bytes, begin);
      if (found < 0 && !isLast) break;
      const end = found < 0 ? bytes.length : found;
      checkLength(end - begin);
      const nextLine = line + linesIn(bytes, begin, end);
      const text = withoutLineEnd(bytes.subarray(begin, end));
      if (text.length > 0) pieces.push({ bytes: text, begin: offset + begin, end: offset + end, line, nextLine });
      line = nextLine;
      begin = end;
    }
    offset += begin;
    rest = bytes.subarray(begin);
    return pieces;
  };
  for await (const chunk of createReadStream(file, { start: offset, highWaterMark: chunkBytes })) {
    const pieces = take(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), false);
    checkLength(rest.length);
    if (pieces.length > 0) yield pieces;
  }
  const last = take(rest, true);
  if (last.length > 0) yield last;
}

function linesIn(bytes: Buffer, begin: number, end: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(newline, begin); i >= 0 && i < end; i = bytes.indexOf(newline, i + 1)) lines++;
  return lines;
}

function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (bytes[end - 1] === newline) end--;
  if (bytes[end - 1] === carriageReturn) end--;
  return bytes.subarray(0, end);
}
