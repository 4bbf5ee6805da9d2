import {
  DuckDBBlobVector,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBDoubleVector,
  type DuckDBInstance,
  type DuckDBResult,
  type DuckDBVector,
} from "@duckdb/node-api";
import { messageOf, TenonError } from "../../base/error.ts";
import type { ParquetField, ParquetRead } from "../../ports/parquet.ts";
import { checksumOf } from "./checksum.ts";
import type { PackedBatch, PackedColumn } from "./message.ts";
import { packBytes } from "./packed-column.ts";
import { identifier, literal } from "./sql-text.ts";

/** Rows of a batch at most, and bytes of texts and blobs after which it ends. */
const batchRowsMax = 8_192;
const batchBytesMax = 8 * 1024 * 1024;

/**
 * Merges files that are each sorted by one column: a sort of all would hold them, this holds a chunk of each. Every file
 * is streamed by a connection of its own.
 */
export class EngineCursor {
  readonly #fields: readonly ParquetField[];
  readonly #files: FileStream[];

  private constructor(fields: readonly ParquetField[], files: FileStream[]) {
    this.#fields = fields;
    this.#files = files;
  }

  /** @throws data.corrupt */
  static async open(instance: DuckDBInstance, read: ParquetRead): Promise<EngineCursor> {
    const files: FileStream[] = [];
    const cursor = new EngineCursor(read.fields, files);
    try {
      for (const [source, { file, sha256 }] of read.files.entries()) {
        await checkContent(file, sha256);
        files.push(await FileStream.open(instance, file, source, read));
      }
      return cursor;
    } catch (thrown) {
      cursor.close();
      throw thrown;
    }
  }

  /** The next rows, or undefined at the end. */
  async next(): Promise<PackedBatch | undefined> {
    const source = new Uint32Array(batchRowsMax);
    const columns = this.#fields.map(({ type }) =>
      type === "VARCHAR" || type === "BLOB" ? [] : new Float64Array(batchRowsMax),
    );
    let rows = 0;
    let bytes = 0;
    while (rows < batchRowsMax && bytes < batchBytesMax) {
      const file = this.#least();
      if (file === undefined) break;
      source[rows] = file.source;
      for (let i = 0; i < columns.length; i++) bytes += file.put(i, columns[i], rows);
      rows++;
      if (file.step()) await file.fetch();
    }
    if (rows === 0) return undefined;
    return { rows, source: source.slice(0, rows), columns: columns.map((column) => packed(column, rows)) };
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #least(): FileStream | undefined {
    let least: FileStream | undefined;
    for (const file of this.#files) if (!file.done && (least === undefined || file.key < least.key)) least = file;
    return least;
  }
}

type GrowingColumn = Float64Array | (Uint8Array | null)[];

const packed = (column: GrowingColumn, rows: number): PackedColumn =>
  column instanceof Float64Array ? { kind: "numbers", numbers: column.slice(0, rows) } : packBytes(column);

/** The rows of one file, a chunk at a time. */
class FileStream {
  readonly source: number;
  readonly #file: string;
  readonly #connection: DuckDBConnection;
  readonly #result: DuckDBResult;
  readonly #keyPlace: number;
  #columns: readonly ChunkColumn[] = [];
  #keys: Float64Array = new Float64Array(0);
  #row = 0;
  done = false;

  private constructor(o: {
    source: number;
    file: string;
    connection: DuckDBConnection;
    result: DuckDBResult;
    keyPlace: number;
  }) {
    this.source = o.source;
    this.#file = o.file;
    this.#connection = o.connection;
    this.#result = o.result;
    this.#keyPlace = o.keyPlace;
  }

  static async open(instance: DuckDBInstance, file: string, source: number, read: ParquetRead): Promise<FileStream> {
    const connection = await instance.connect();
    try {
      const key = identifier(read.sortedBy);
      const columns = read.fields.map((field) => readSql(field));
      const { only: filter } = read;
      const texts = filter?.texts.map(literal).join(", ");
      const only = filter === undefined ? "" : ` and ${identifier(filter.column)} in (${texts})`;
      const sql = `select ${columns.join(", ")} from read_parquet(${literal(file)}) where ${key} > ${read.above}${only}`;
      const result = await connection.stream(sql);
      const keyPlace = read.fields.findIndex(({ name }) => name === read.sortedBy);
      const stream = new FileStream({ source, file, connection, result, keyPlace });
      await stream.fetch();
      return stream;
    } catch (thrown) {
      connection.closeSync();
      throw unreadable(file, thrown);
    }
  }

  get key(): number {
    return this.#keys[this.#row];
  }

  /** Goes to the next row; true where it has to be fetched. */
  step(): boolean {
    this.#row++;
    return this.#row === this.#keys.length;
  }

  async fetch(): Promise<void> {
    let chunk: DuckDBDataChunk | null;
    try {
      chunk = await this.#result.fetchChunk();
    } catch (thrown) {
      throw unreadable(this.#file, thrown);
    }
    this.#row = 0;
    this.done = chunk === null || chunk.rowCount === 0;
    if (chunk === null || this.done) return;
    const whole = chunk;
    this.#columns = Array.from({ length: whole.columnCount }, (_, i) => copied(whole.getColumnVector(i)));
    const keys = this.#columns[this.#keyPlace];
    if (!(keys instanceof Float64Array)) throw new TypeError("files are sorted by a number");
    this.#keys = keys;
  }

  /** Gives a value of the present row; answers the bytes that it takes. */
  put(place: number, column: GrowingColumn, at: number): number {
    const values = this.#columns[place];
    if (column instanceof Float64Array) {
      if (values instanceof Float64Array) column[at] = values[this.#row];
      return 8;
    }
    const bytes = values instanceof Float64Array ? null : values[this.#row];
    column.push(bytes);
    return bytes?.length ?? 0;
  }

  close(): void {
    this.#connection.closeSync();
  }
}

/** The values of a chunk, copied: its memory is the engine's, and goes when the chunk or its file is done. */
type ChunkColumn = Float64Array | readonly (Uint8Array | null)[];

function copied(vector: DuckDBVector): ChunkColumn {
  const length = vector.itemCount;
  if (vector instanceof DuckDBDoubleVector)
    return Float64Array.from({ length }, (_, i) => vector.getItem(i) ?? Number.NaN);
  if (!(vector instanceof DuckDBBlobVector)) throw new TypeError("a column came as another type than asked");
  return Array.from({ length }, (_, i) => vector.getItemBytes(i)?.slice() ?? null);
}

/** A column as it is read: bytes, or doubles with NaN for null. */
function readSql({ name, type }: ParquetField): string {
  const column = identifier(name);
  if (type === "BLOB") return column;
  if (type === "VARCHAR") return `encode(${column})`;
  return `coalesce(cast(${column} as double), 'nan'::double)`;
}

async function checkContent(file: string, sha256: string | undefined): Promise<void> {
  if (sha256 === undefined) return;
  const found = await checksumOf(file).catch((thrown) => Promise.reject(unreadable(file, thrown)));
  if (found.sha256 !== sha256) throw new TenonError("data.corrupt", `${file} has other content than its manifest says`);
}

export function unreadable(file: string, thrown: unknown): TenonError {
  if (thrown instanceof TenonError) return thrown;
  return new TenonError("data.corrupt", `${file} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
}
