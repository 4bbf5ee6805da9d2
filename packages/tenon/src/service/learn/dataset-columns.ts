import { type InputColumn, type InputRow, modelNumber } from "../predict/input-row.ts";

/** Categories of one column at most; later ones read as missing, as unseen ones do. */
const categoriesMax = 65_000;

/** An input column as a trainer takes it: numbers, or codes of categories in the order of their first row. NaN: missing. */
export interface DatasetColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  readonly values: Float64Array;
  readonly categories: readonly string[];
  /** Made of personal data. */
  readonly personal: boolean;
}

interface GrowingColumn {
  readonly name: string;
  kind: InputColumn["kind"];
  readonly values: Float64Array;
  readonly categories: string[];
  readonly codes: Map<string, number>;
  readonly personal: boolean;
}

/** Fills input columns row by row; an on-demand column is made at its first row, and its kind by its first value. */
export class DatasetColumns {
  readonly #rowCount: number;
  readonly #input: Pick<InputRow, "isPersonal">;
  readonly #columns = new Map<string, GrowingColumn>();

  constructor(rowCount: number, input: Pick<InputRow, "fixedColumns" | "isPersonal">) {
    this.#input = input;
    this.#rowCount = rowCount;
    for (const { name, kind } of input.fixedColumns) this.#add(name, kind);
  }

  put(row: number, name: string, value: unknown, kind: InputColumn["kind"]): void {
    if (value === null || value === undefined) return;
    const column = this.#columns.get(name) ?? this.#add(name, kind);
    if (column.kind === "unknown") column.kind = typeof value === "string" ? "category" : "number";
    column.values[row] = column.kind === "category" ? codeIn(column, String(value)) : modelNumber(value);
  }

  /** A number's values for all rows. */
  putAll(name: string, values: Float64Array): void {
    this.#columns.get(name)?.values.set(values);
  }

  /** The columns, without those that no row gave a value. */
  finish(): DatasetColumn[] {
    return [...this.#columns.values()].flatMap(({ name, kind, values, categories, personal }) =>
      kind === "unknown" ? [] : [{ name, kind, values, categories, personal }],
    );
  }

  #add(name: string, kind: InputColumn["kind"]): GrowingColumn {
    const personal = this.#input.isPersonal(name);
    const values = new Float64Array(this.#rowCount).fill(Number.NaN);
    const column: GrowingColumn = { name, kind, values, categories: [], codes: new Map(), personal };
    this.#columns.set(name, column);
    return column;
  }
}

function codeIn(column: GrowingColumn, text: string): number {
  let code = column.codes.get(text);
  if (code === undefined) {
    if (column.categories.length >= categoriesMax) return Number.NaN;
    code = column.categories.push(text) - 1;
    column.codes.set(text, code);
  }
  return code;
}
