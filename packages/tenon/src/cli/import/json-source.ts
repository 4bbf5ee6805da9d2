import { statSync } from "node:fs";
import { TenonError } from "../../base/error.ts";
import { isRecord } from "../../base/record.ts";
import { parseJson } from "../../server/http-request.ts";
import { filePieces, lineEnd } from "./file-pieces.ts";
import type { RowSource, SourceRow } from "./row-source.ts";

/** Names that are remembered for being told. */
const ignoredMax = 20;

/** A file of JSON objects, one a line. */
export function jsonSource(file: string): RowSource {
  const ignored = new Set<string>();
  return {
    columns: undefined,
    size: statSync(file).size,
    ignored: () => [...ignored],
    async *read(wanted, from) {
      const known = new Set(wanted);
      let { row } = from;
      for await (const pieces of filePieces(file, from, lineEnd)) {
        yield pieces.map((piece): SourceRow => {
          const value = objectOf(withoutMark(piece.bytes, piece.begin));
          const here = row++;
          const place = { line: piece.line, row: here, raw: piece.bytes.toString("utf8") };
          const next = { offset: piece.end, line: piece.nextLine, row };
          if (value instanceof TenonError) return { ...place, cells: value, next };
          for (const name of Object.keys(value)) if (!known.has(name) && ignored.size < ignoredMax) ignored.add(name);
          const cells = wanted.map((name) => (Object.hasOwn(value, name) ? value[name] : null));
          return { ...place, cells, next };
        });
      }
    },
  };
}

/** Without the mark that some programs put before a file of UTF-8. */
const withoutMark = (bytes: Buffer, begin: number): Buffer =>
  begin === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function objectOf(bytes: Buffer): Readonly<Record<string, unknown>> | TenonError {
  try {
    const value = parseJson(bytes);
    if (isRecord(value)) return value;
    return new TenonError("file.unreadable", "the line is no JSON object");
  } catch (thrown) {
    if (!(thrown instanceof TenonError)) throw thrown;
    return new TenonError("file.unreadable", thrown.message.replace("the body", "the line"));
  }
}
