import { open } from "node:fs/promises";
import {
  BLOB,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBBlobVector,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDoubleVector,
} from "@duckdb/node-api";
import type { ParquetField, ParquetFile } from "../../ports/parquet.ts";
import { checksumOf } from "./checksum.ts";
import type { PackedColumn } from "./message.ts";
import { piecesOf } from "./packed-column.ts";
import { identifier, literal } from "./sql-text.ts";

/** Rows that the engine takes at once. */
const vectorRows = 2_048;

const isBytes = ({ type }: ParquetField): boolean => type === "VARCHAR" || type === "BLOB";

/**
 * Rows on their way to a Parquet file: gathered in a table of the engine, which moves to its temporary folder what
 * exceeds the memory it may have. Numbers are gathered as doubles and texts as bytes (assigned texts would end at a
 * NUL); the copy gives them their types.
 */
export class EngineDraft {
  readonly #connection: DuckDBConnection;
  readonly #table: string;
  readonly #fields: readonly ParquetField[];
  #rows = 0;

  private constructor(connection: DuckDBConnection, table: string, fields: readonly ParquetField[]) {
    this.#connection = connection;
    this.#table = table;
    this.#fields = fields;
  }

  static async create(
    connection: DuckDBConnection,
    table: string,
    fields: readonly ParquetField[],
  ): Promise<EngineDraft> {
    const columns = fields.map((field, i) => `c${i} ${isBytes(field) ? "BLOB" : "DOUBLE"}`);
    await connection.run(`create table ${table} (${columns.join(", ")})`);
    return new EngineDraft(connection, table, fields);
  }

  async append(rows: number, columns: readonly PackedColumn[]): Promise<void> {
    const appender = await this.#connection.createAppender(this.#table);
    const types = this.#fields.map((field) => (isBytes(field) ? BLOB : DOUBLE));
    const pieces = columns.map((column) => (column.kind === "bytes" ? piecesOf(column) : undefined));
    for (let from = 0; from < rows; from += vectorRows) {
      const count = Math.min(vectorRows, rows - from);
      const chunk = DuckDBDataChunk.create(types, count);
      for (let i = 0; i < columns.length; i++) fill(chunk, i, columns[i], pieces[i], from);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    this.#rows += rows;
  }

  async finish(file: string): Promise<ParquetFile> {
    const columns = this.#fields.map((field, i) => `${valueSql(field, `c${i}`)} as ${identifier(field.name)}`);
    const query = `select ${columns.join(", ")} from ${this.#table} order by rowid`;
    await this.#connection.run(
      `copy (${query}) to ${literal(file)} (format parquet, compression zstd, row_group_size 122880)`,
    );
    await this.drop();
    // The engine leaves its writes to the kernel; whoever renames or announces the file relies on the disk.
    const handle = await open(file, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { rows: this.#rows, ...(await checksumOf(file)) };
  }

  async drop(): Promise<void> {
    await this.#connection.run(`drop table if exists ${this.#table}`);
  }
}

/** A gathered value with its type. */
function valueSql({ type }: ParquetField, column: string): string {
  if (type === "BLOB") return column;
  if (type === "VARCHAR") return `decode(${column})`;
  const number = `nullif(${column}, 'nan'::double)`;
  if (type === "TIMESTAMPTZ") return `to_timestamp(${number} / 1000)`;
  return type === "DOUBLE" ? number : `cast(${number} as ${type})`;
}

function fill(
  chunk: DuckDBDataChunk,
  place: number,
  column: PackedColumn,
  pieces: readonly (Uint8Array | null)[] | undefined,
  from: number,
): void {
  const vector = chunk.getColumnVector(place);
  if (column.kind === "numbers" && vector instanceof DuckDBDoubleVector) {
    for (let i = 0; i < vector.itemCount; i++) vector.setItem(i, column.numbers[from + i]);
  } else if (pieces !== undefined && vector instanceof DuckDBBlobVector) {
    for (let i = 0; i < vector.itemCount; i++) {
      const piece = pieces[from + i];
      vector.setItem(i, piece === null ? null : new DuckDBBlobValue(piece));
    }
  } else throw new TypeError(`column ${place} came as another type than it was declared`);
  vector.flush();
}
