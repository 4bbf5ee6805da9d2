import { isUtf8 } from "node:buffer";
import { statSync } from "node:fs";
import { csvEnd, csvFields } from "../../base/csv-fields.ts";
import { TenonError } from "../../base/error.ts";
import { filePieces, type Piece } from "./file-pieces.ts";
import type { RowSource, SourceRow } from "./row-source.ts";

/** A CSV file: the first record names the columns. DuckDB would read it too, but tells no line of a row that it took. */
export async function csvSource(file: string, delimiter: string): Promise<RowSource> {
  const findEnd = csvEnd(delimiter);
  const header = await headerOf(file, delimiter);
  const { names } = header;
  return {
    columns: names.map((name) => ({ name, kind: "text", type: "text" })),
    size: statSync(file).size,
    ignored: () => [],
    async *read(wanted, from) {
      const places = wanted.map((name) => names.indexOf(name));
      let { row } = from;
      // The header is no row: the first one begins behind it.
      const begin = from.offset === 0 ? header.next : from;
      for await (const pieces of filePieces(file, begin, findEnd)) {
        yield pieces.map((piece): SourceRow => {
          const raw = piece.bytes.toString("utf8");
          const cells = cellsOf(piece, raw, { delimiter, count: names.length, places });
          const here = row++;
          return { line: piece.line, row: here, cells, raw, next: { offset: piece.end, line: piece.nextLine, row } };
        });
      }
    },
  };
}

function cellsOf(
  { bytes }: Piece,
  raw: string,
  o: { readonly delimiter: string; readonly count: number; readonly places: readonly number[] },
): readonly (string | null)[] | TenonError {
  if (!isUtf8(bytes)) return new TenonError("file.unreadable", "the row is not UTF-8");
  const fields = csvFields(raw, o.delimiter);
  if (typeof fields === "string") return new TenonError("file.unreadable", fields);
  if (fields.length !== o.count)
    return new TenonError("file.unreadable", `the row has ${fields.length} fields; the header has ${o.count}`);
  return o.places.map((place) => fields[place] ?? null);
}

async function headerOf(
  file: string,
  delimiter: string,
): Promise<{ readonly names: readonly string[]; readonly next: { readonly offset: number; readonly line: number } }> {
  for await (const [first] of filePieces(file, { offset: 0, line: 1 }, csvEnd(delimiter))) {
    if (!isUtf8(first.bytes))
      throw new TenonError("file.unreadable", `${file}: the first line is not UTF-8; convert the file`);
    const text = first.bytes.toString("utf8").replace(/^\uFEFF/, "");
    const fields = csvFields(text, delimiter);
    if (typeof fields === "string") throw new TenonError("file.unreadable", `${file}, line ${first.line}: ${fields}`);
    const names = fields.map((field) => field ?? "");
    const twice = names.find((name, i) => name !== "" && names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new TenonError("file.unreadable", `${file}, line ${first.line}: two columns are called "${twice}"`);
    return { names, next: { offset: first.end, line: first.nextLine } };
  }
  throw new TenonError("file.unreadable", `${file} is empty: a CSV file begins with the names of its columns`);
}
