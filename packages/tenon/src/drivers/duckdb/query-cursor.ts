import {
  DuckDBBlobVector,
  type DuckDBConnection,
  DuckDBDoubleVector,
  type DuckDBInstance,
  type DuckDBResult,
} from "@duckdb/node-api";
import { messageOf, TenonError } from "../../base/error.ts";
import type { ParquetField } from "../../ports/parquet.ts";
import type { PackedBatch, PackedColumn } from "./message.ts";
import { packBytes } from "./packed-column.ts";

/** The rows of a select, streamed. */
export class QueryCursor {
  readonly #connection: DuckDBConnection;
  readonly #result: DuckDBResult;

  private constructor(connection: DuckDBConnection, result: DuckDBResult) {
    this.#connection = connection;
    this.#result = result;
  }

  /** @throws batch.sql, batch.memory */
  static async open(instance: DuckDBInstance, sql: string, fields: readonly ParquetField[]): Promise<QueryCursor> {
    const connection = await instance.connect();
    try {
      const columns = fields.map((field, i) => readSql(field, `c${i}`)).join(", ");
      const names = fields.map((_, i) => `c${i}`).join(", ");
      const result = await connection.stream(`select ${columns} from (${sql}\n) as result(${names})`);
      return new QueryCursor(connection, result);
    } catch (thrown) {
      connection.closeSync();
      throw sqlError(thrown);
    }
  }

  async next(): Promise<PackedBatch | undefined> {
    const chunk = await this.#result.fetchChunk().catch((thrown) => Promise.reject(sqlError(thrown)));
    if (chunk === null || chunk.rowCount === 0) return undefined;
    const rows = chunk.rowCount;
    const columns = Array.from({ length: chunk.columnCount }, (_, i): PackedColumn => {
      const vector = chunk.getColumnVector(i);
      if (vector instanceof DuckDBBlobVector)
        return packBytes(Array.from({ length: rows }, (_row, row) => vector.getItemBytes(row)));
      if (!(vector instanceof DuckDBDoubleVector)) throw new TypeError(`column ${i} came as another type than asked`);
      const numbers = Float64Array.from({ length: rows }, (_row, row) => vector.getItem(row) ?? Number.NaN);
      return { kind: "numbers", numbers };
    });
    return { rows, source: new Uint32Array(rows), columns };
  }

  close(): void {
    this.#connection.closeSync();
  }
}

const readSql = ({ type }: ParquetField, column: string): string =>
  type === "VARCHAR" ? `encode(cast(${column} as varchar))` : `cast(${column} as double)`;

/** What DuckDB says of a statement that somebody wrote: its first lines, which name the place. */
export function sqlError(thrown: unknown): TenonError {
  if (thrown instanceof TenonError) return thrown;
  const message = messageOf(thrown);
  if (/out of memory/i.test(message)) return new TenonError("batch.memory", message.split("\n")[0].slice(0, 500));
  return new TenonError("batch.sql", message.trim().slice(0, 1_000));
}
