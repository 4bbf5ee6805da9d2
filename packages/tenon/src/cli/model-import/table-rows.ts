import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { messageOf, TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { isRecord } from "../../base/record.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { ModelValue } from "../../ports/model-runtime.ts";
import { definitionName } from "../../run/model-file.ts";
import { textValue } from "../import/cell-value.ts";
import { csvSource } from "../import/csv-source.ts";
import { sourceStart } from "../import/row-source.ts";

/** Rows to check a model with, as they stand in a file. */
export interface TableRows {
  readonly file: string;
  readonly names: readonly string[];
  /** Cells by row, in the order of the names: texts of a CSV, values of JSON. */
  readonly rows: readonly (readonly unknown[])[];
  readonly isText: boolean;
}

const missingTexts: ReadonlySet<string> = new Set(["", "nan", "na", "null", "none", "<na>"]);

/**
 * The rows of a CSV file whose first line names the columns, or of a JSON list of objects.
 * @throws cli.usage, file.unreadable
 */
export async function readTableRows(file: string): Promise<TableRows> {
  const table = extname(file).toLowerCase() === ".json" ? await jsonRows(file) : await csvRows(file);
  if (table.rows.length === 0) throw new TenonError("file.unreadable", `${file} has no row to check the model with`);
  return table;
}

async function csvRows(file: string): Promise<TableRows> {
  const source = await csvSource(file, ",").catch((thrown: unknown) => {
    throw thrown instanceof TenonError ? thrown : new TenonError("cli.usage", `${file}: ${messageOf(thrown)}`);
  });
  const names = source.columns?.map(({ name }) => name) ?? [];
  const rows: (readonly unknown[])[] = [];
  for await (const part of source.read(names, sourceStart)) {
    for (const { cells, line } of part) {
      if (cells instanceof TenonError) throw new TenonError(cells.code, `${file}, line ${line}: ${cells.message}`);
      if (rows.length < limit.modelCheckRowsMax) rows.push(cells);
    }
  }
  return { file, names, rows, isText: true };
}

async function jsonRows(file: string): Promise<TableRows> {
  let list: unknown;
  try {
    list = JSON.parse(await readFile(file, "utf8"));
  } catch (thrown) {
    throw new TenonError("file.unreadable", `${file} cannot be read as JSON: ${messageOf(thrown)}`);
  }
  if (!Array.isArray(list) || !list.every(isRecord))
    throw new TenonError("file.unreadable", `${file} is no list of objects, such as [{"age": 41, "score": 0.3}]`);
  const names = Object.keys(list[0] ?? {});
  const rows = list.slice(0, limit.modelCheckRowsMax).map((row) => names.map((name) => row[name] ?? null));
  return { file, names, rows, isText: false };
}

/** The place of a column that goes by a name of the model's file or of the definition; -1 where none does. */
export function placeOf({ names }: TableRows, wanted: readonly (string | undefined)[]): number {
  const exact = names.findIndex((name) => wanted.includes(name));
  return exact >= 0 ? exact : names.findIndex((name) => wanted.includes(definitionName(name, "column")));
}

/**
 * The values of a column as a model takes them.
 * @throws file.unreadable with the row
 */
export function columnValues(table: TableRows, place: number, column: ColumnPlan): readonly ModelValue[] {
  return table.rows.map((row, i) => {
    const cell = row[place];
    if (cell === null || cell === undefined || (typeof cell === "string" && isMissing(cell, column))) return null;
    const value = table.isText ? cellValue(String(cell), column) : cell;
    if (isModelValue(value, column)) return value;
    const why = value instanceof TenonError ? value.message : `expected ${column.type}, found ${JSON.stringify(cell)}`;
    throw new TenonError("file.unreadable", `${table.file}, row ${i + 1}, ${table.names[place]}: ${why}`);
  });
}

/** A text of a CSV that stands for nothing; a category may be called "none". */
const isMissing = (text: string, { type }: ColumnPlan): boolean =>
  text === "" || (type !== "text" && type !== "oneOf" && missingTexts.has(text.trim().toLowerCase()));

const cellValue = (text: string, { type }: ColumnPlan): unknown =>
  textValue(text, { type, isWholeKey: false }, { unit: "ms", isUtc: true });

function isModelValue(value: unknown, { type }: ColumnPlan): value is ModelValue {
  if (type === "flag") return typeof value === "boolean";
  return type === "text" || type === "oneOf" ? typeof value === "string" : typeof value === "number";
}
