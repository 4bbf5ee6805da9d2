import { TenonError } from "../../base/error.ts";

/** What a column holds: numbers, or the codes 0..n-1 of a list of categories. NaN is a missing value in both. */
export type ColumnKind = "number" | "category";

/** One feature column of a training table. */
export interface TrainingColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** One value a row. Of a category column: the code of its category. NaN is missing. */
  readonly values: Float64Array;
  /** The categories' names, in the order of their codes. */
  readonly categories?: readonly string[];
}

/** Examples in columns, in the order of their time: the last rows are the newest. */
export interface TrainingTable {
  readonly rowCount: number;
  readonly columns: readonly TrainingColumn[];
  /** 0 or 1 for a binary task, a number for a regression; one a row. */
  readonly target: Float64Array;
  /** How much each row counts, above 0; absent: every row counts once. */
  readonly weight?: Float64Array;
}

/** Columns that one table may have: the row of a model file's node keeps its column in 16 bits. */
export const columnsMax = 65_535;
/** Codes that a category column may use: a split keeps one bit a code. */
export const categoryCodesMax = 65_536;

const refuse = (message: string): never => {
  throw new TenonError("input.invalid", message);
};

/**
 * Checks that a table is whole: every column as long as the table, every number finite or missing, every code a code.
 * @throws {TenonError} `input.invalid` with the column and the row; `dataset.empty` for a table without rows or columns
 */
export function checkTable(table: TrainingTable): void {
  const { rowCount, columns, target, weight } = table;
  if (rowCount === 0 || columns.length === 0) {
    throw new TenonError("dataset.empty", `The training table has ${rowCount} rows and ${columns.length} columns.`);
  }
  if (columns.length > columnsMax)
    refuse(`The training table has ${columns.length} columns, at most ${columnsMax} fit.`);
  if (target.length !== rowCount) refuse(`The target has ${target.length} values, the table has ${rowCount} rows.`);
  for (let row = 0; row < rowCount; row++) {
    if (!Number.isFinite(target[row]!))
      refuse(`The target of row ${row} is ${target[row]}, a finite number is needed.`);
  }
  for (const column of columns) checkColumn(column, rowCount);
  if (weight !== undefined) checkWeight(weight, rowCount);
}

function checkColumn({ name, kind, values, categories }: TrainingColumn, rowCount: number): void {
  if (values.length !== rowCount) refuse(`Column ${name} has ${values.length} values, the table has ${rowCount} rows.`);
  const codes = categories === undefined ? categoryCodesMax : Math.min(categories.length, categoryCodesMax);
  for (let row = 0; row < rowCount; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    if (kind === "number" ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < codes) continue;
    const needed = kind === "number" ? "a finite number or NaN" : `a code from 0 to ${codes - 1} or NaN`;
    refuse(`Column ${name} holds ${value} in row ${row}, ${needed} is needed.`);
  }
}

function checkWeight(weight: Float64Array, rowCount: number): void {
  if (weight.length !== rowCount) refuse(`There are ${weight.length} weights, the table has ${rowCount} rows.`);
  for (let row = 0; row < rowCount; row++) {
    if (!(weight[row]! > 0 && weight[row]! < Infinity))
      refuse(`The weight of row ${row} is ${weight[row]}, it must be above 0.`);
  }
}

/** The rows `begin` to `end` of a table, sharing its memory. */
export function sliceTable(table: TrainingTable, begin: number, end: number): TrainingTable {
  return {
    rowCount: end - begin,
    columns: table.columns.map((column) => ({ ...column, values: column.values.subarray(begin, end) })),
    target: table.target.subarray(begin, end),
    ...(table.weight === undefined ? {} : { weight: table.weight.subarray(begin, end) }),
  };
}
