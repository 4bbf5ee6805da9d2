import type { StoredValue } from "../../plan/row-codec.ts";
import type { ParquetColumn, ParquetField } from "../../ports/parquet.ts";
import type { EngineTable } from "./duckdb.ts";

/** Rows that are gathered before they go to the engine. */
const gatherRows = 8_192;

type GatheredColumn = Float64Array | (string | null)[];

const emptyColumn = ({ type }: ParquetField): GatheredColumn =>
  type === "VARCHAR" ? [] : new Float64Array(gatherRows);

/** A table of the engine that takes its rows one by one. */
export class GatheredTable {
  readonly #table: EngineTable;
  readonly #fields: readonly ParquetField[];
  #columns: GatheredColumn[];
  #rows = 0;

  constructor(table: EngineTable, fields: readonly ParquetField[]) {
    this.#table = table;
    this.#fields = fields;
    this.#columns = fields.map(emptyColumn);
  }

  get name(): string {
    return this.#table.name;
  }

  async add(values: readonly StoredValue[]): Promise<void> {
    for (const [i, column] of this.#columns.entries()) {
      const value = values[i];
      if (column instanceof Float64Array) column[this.#rows] = numberOf(value);
      else column.push(value === null ? null : String(value));
    }
    this.#rows++;
    if (this.#rows === gatherRows) await this.flush();
  }

  /** What was gathered goes to the engine. */
  async flush(): Promise<void> {
    if (this.#rows === 0) return;
    const columns = this.#columns.map((column, i): ParquetColumn => {
      const { name } = this.#fields[i];
      return column instanceof Float64Array
        ? { name, type: "DOUBLE", values: column.slice(0, this.#rows) }
        : { name, type: "VARCHAR", values: column };
    });
    this.#columns = this.#fields.map(emptyColumn);
    this.#rows = 0;
    await this.#table.append(columns);
  }

  async clear(): Promise<void> {
    this.#columns = this.#fields.map(emptyColumn);
    this.#rows = 0;
    await this.#table.clear();
  }
}

const numberOf = (value: StoredValue): number =>
  typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : Number.NaN;
