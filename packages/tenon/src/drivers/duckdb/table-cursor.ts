import { DuckDBBlobVector, type DuckDBConnection, type DuckDBInstance, type DuckDBResult } from "@duckdb/node-api";
import { messageOf, TenonError } from "../../base/error.ts";
import type { TableColumn, TableFile, TableRead } from "../../ports/table-file.ts";
import type { PackedBatch } from "./message.ts";
import { packBytes } from "./packed-column.ts";
import { identifier, literal } from "./sql-text.ts";

/** The rows of a file that somebody else wrote, streamed as texts. */
export class TableCursor {
  readonly #file: string;
  readonly #connection: DuckDBConnection;
  readonly #result: DuckDBResult;

  private constructor(file: string, connection: DuckDBConnection, result: DuckDBResult) {
    this.#file = file;
    this.#connection = connection;
    this.#result = result;
  }

  static async open(instance: DuckDBInstance, { file, columns, skip }: TableRead): Promise<TableCursor> {
    const connection = await instance.connect();
    try {
      const texts = columns.map((column) => `encode(${textSql(column)})`).join(", ");
      // One thread keeps the order of the file, so that skipping passes over the same rows each time.
      const sql = `select ${texts} from read_parquet(${literal(file)}) offset ${skip}`;
      return new TableCursor(file, connection, await connection.stream(sql));
    } catch (thrown) {
      connection.closeSync();
      throw unreadable(file, thrown);
    }
  }

  async next(): Promise<PackedBatch | undefined> {
    const chunk = await this.#result.fetchChunk().catch((thrown) => Promise.reject(unreadable(this.#file, thrown)));
    if (chunk === null || chunk.rowCount === 0) return undefined;
    const rows = chunk.rowCount;
    const columns = Array.from({ length: chunk.columnCount }, (_, i) => {
      const vector = chunk.getColumnVector(i);
      if (!(vector instanceof DuckDBBlobVector)) throw new TypeError(`column ${i} came as another type than asked`);
      return packBytes(Array.from({ length: rows }, (_row, row) => vector.getItemBytes(row)));
    });
    return { rows, source: new Uint32Array(rows), columns };
  }

  close(): void {
    this.#connection.closeSync();
  }
}

/** @throws file.unreadable */
export async function describeTable(connection: DuckDBConnection, file: string): Promise<TableFile> {
  try {
    const from = `read_parquet(${literal(file)})`;
    const described = await (await connection.run(`describe select * from ${from}`)).getRows();
    const [[rows]] = await (await connection.run(`select count(*)::double from ${from}`)).getRows();
    const columns = described.map(([name, type]) => ({
      name: String(name),
      kind: kindOf(String(type)),
      type: String(type),
    }));
    return { rows: Number(rows), columns };
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
}

function kindOf(type: string): TableColumn["kind"] {
  if (type.endsWith("]")) return "other";
  if (/^(TIMESTAMP|DATE)/.test(type)) return "time";
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/.test(type)) return "number";
  if (type === "BOOLEAN") return "flag";
  return /^(VARCHAR|UUID|ENUM)/.test(type) ? "text" : "other";
}

function textSql({ name, kind }: TableColumn): string {
  const column = identifier(name);
  return kind === "time" ? `epoch_ms(${column})::varchar` : `${column}::varchar`;
}

const unreadable = (file: string, thrown: unknown): TenonError =>
  new TenonError("file.unreadable", `${file} cannot be read as Parquet: ${messageOf(thrown).split("\n")[0]}`, {
    cause: thrown,
  });
