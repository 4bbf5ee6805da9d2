import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { limit } from "../../base/limit.ts";
import { filePieces, lineEnd } from "../import/file-pieces.ts";
import type { ScoredRow } from "./score-column.ts";

/** Rows that are scored and not yet handed over: a line of JSON each. */
export interface ScoreSpool {
  readonly bytes: number;
  add(rows: readonly ScoredRow[]): Promise<void>;
  close(): Promise<void>;
}

/** Goes on behind the bytes that are known to be whole. */
export async function openSpool(file: string, wholeBytes: number): Promise<ScoreSpool> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  await handle.truncate(wholeBytes);
  let bytes = wholeBytes;
  return {
    get bytes() {
      return bytes;
    },
    async add(rows) {
      if (rows.length === 0) return;
      const text = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      for (let at = 0; at < text.length; ) {
        const { bytesWritten } = await handle.write(text, at, text.length - at, bytes + at);
        at += bytesWritten;
      }
      bytes += text.length;
    },
    close: () => handle.close(),
  };
}

/** Some rows of the spool, and the byte behind them. */
export interface SpoolPart {
  readonly rows: readonly ScoredRow[];
  readonly end: number;
}

/** The rows from a byte on, in parts that are the same each time. */
export async function* readSpool(file: string, from: number): AsyncGenerator<SpoolPart, void> {
  let rows: ScoredRow[] = [];
  let end = from;
  for await (const pieces of filePieces(file, { offset: from, line: 1 }, lineEnd, limit.scoreLineBytesMax)) {
    for (const piece of pieces) {
      rows.push(JSON.parse(piece.bytes.toString("utf8")));
      end = piece.end;
      if (rows.length < limit.scorePartRows) continue;
      yield { rows, end };
      rows = [];
    }
  }
  if (rows.length > 0) yield { rows, end };
}
