import type { ParquetColumn, ParquetField } from "../../ports/parquet.ts";
import type { PackedColumn } from "./message.ts";

const emptyBytes = new Uint8Array(0);

/** Rows `from` to `to` of a column for the way to another process. */
export function packColumn(column: ParquetColumn, from: number, to: number): PackedColumn {
  switch (column.type) {
    case "VARCHAR":
      return packBytes(column.values.slice(from, to).map((text) => (text === null ? null : Buffer.from(text, "utf8"))));
    case "BLOB":
      return packBytes(column.values.slice(from, to));
    default:
      return { kind: "numbers", numbers: column.values.slice(from, to) };
  }
}

/** Pieces of bytes as one run. */
export function packBytes(pieces: readonly (Uint8Array | null)[]): PackedColumn {
  const ends = new Uint32Array(pieces.length);
  let length = 0;
  let nulls: Uint8Array | undefined;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === null) {
      nulls ??= new Uint8Array(pieces.length);
      nulls[i] = 1;
    } else length += piece.length;
    ends[i] = length;
  }
  const bytes = length === 0 ? emptyBytes : new Uint8Array(length);
  for (let i = 0; i < pieces.length; i++) bytes.set(pieces[i] ?? emptyBytes, i === 0 ? 0 : ends[i - 1]);
  return { kind: "bytes", bytes, ends, nulls };
}

/** The pieces of a packed column, as views of its bytes. */
export function piecesOf(column: PackedColumn): (Uint8Array | null)[] {
  if (column.kind !== "bytes") throw new TypeError("the column holds numbers");
  const { bytes, ends, nulls } = column;
  return Array.from(ends, (end, i) => (nulls?.[i] === 1 ? null : bytes.subarray(i === 0 ? 0 : ends[i - 1], end)));
}

export function unpackColumn({ name, type }: ParquetField, packed: PackedColumn): ParquetColumn {
  if (type === "BLOB") return { name, type, values: piecesOf(packed) };
  if (type === "VARCHAR") return { name, type, values: textsOf(packed) };
  if (packed.kind !== "numbers") throw new TypeError(`the column ${name} holds bytes`);
  return { name, type, values: packed.numbers };
}

export function textsOf(packed: PackedColumn): (string | null)[] {
  return piecesOf(packed).map((piece) =>
    piece === null ? null : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("utf8"),
  );
}

/** A copy whose buffers hold nothing else, so that a thread can be given them. */
export function ownedColumn(column: PackedColumn): {
  readonly column: PackedColumn;
  readonly buffers: readonly ArrayBuffer[];
} {
  if (column.kind === "numbers") {
    const numbers = new Float64Array(column.numbers);
    return { column: { kind: "numbers", numbers }, buffers: [numbers.buffer] };
  }
  const bytes = new Uint8Array(column.bytes);
  const ends = new Uint32Array(column.ends);
  const nulls = column.nulls === undefined ? undefined : new Uint8Array(column.nulls);
  const buffers = [bytes.buffer, ends.buffer, ...(nulls === undefined ? [] : [nulls.buffer])];
  return { column: { kind: "bytes", bytes, ends, nulls }, buffers };
}
