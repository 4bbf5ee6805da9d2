import { TenonError } from "../../base/error.ts";
import { RoundedNumber } from "../../plan/row-validator.ts";
import type { TableColumn } from "../../ports/table-file.ts";
import { type TimeReading, textValue, timeOf } from "./cell-value.ts";
import type { MappedColumn } from "./column-mapping.ts";
import type { SourceRow } from "./row-source.ts";

export interface ImportRowOptions {
  readonly mapped: readonly MappedColumn[];
  /** Columns whose key is a whole number. */
  readonly wholeKeys: ReadonlySet<string>;
  readonly columns: readonly TableColumn[] | undefined;
  readonly times: TimeReading;
  /** Before the row's number, where the file has no id; undefined where rows have none. */
  readonly idPrefix: string | undefined;
}

type Cell = (cells: readonly unknown[]) => unknown;

/** Makes rows to send of a file's rows: compiled once for the mapping. */
export function importedRows(o: ImportRowOptions): {
  readonly wanted: readonly string[];
  readonly make: (row: SourceRow) => Readonly<Record<string, unknown>> | TenonError;
} {
  const wanted = [...new Set(o.mapped.flatMap(({ from }) => ("source" in from ? [from.source] : [])))];
  const cells = o.mapped.map((column) => ({
    name: column.name,
    isNeeded: column.isNeeded,
    cell: cellOf(column, wanted, o),
  }));
  return {
    wanted,
    make: (row) => {
      if (row.cells instanceof TenonError) return row.cells;
      const made: Record<string, unknown> = o.idPrefix === undefined ? {} : { id: `${o.idPrefix}-${row.row}` };
      for (const { name, isNeeded, cell } of cells) {
        const value = cell(row.cells);
        if (value instanceof TenonError) return new TenonError(value.code, `/${name}: ${value.message}`);
        if (value !== null) made[name] = value;
        else if (isNeeded) return new TenonError("field.missing", `/${name}: the row has none`);
      }
      return made;
    },
  };
}

function cellOf(column: MappedColumn, wanted: readonly string[], o: ImportRowOptions): Cell {
  const target = { type: column.type, isWholeKey: o.wholeKeys.has(column.name) };
  const { from } = column;
  if ("constant" in from) {
    const value = textValue(from.constant, target, o.times);
    if (value instanceof TenonError)
      throw new TenonError("cli.usage", `--set ${column.name}=${from.constant}: ${value.message}`);
    return () => value;
  }
  const place = wanted.indexOf(from.source);
  const kind = o.columns?.find(({ name }) => name === from.source)?.kind;
  if (kind === "time") return (cells) => timeCell(cells[place], column.type);
  return (cells) => {
    const cell = cells[place];
    if (cell === null || cell === undefined) return null;
    if (typeof cell === "string") return textValue(cell, target, o.times);
    if (cell instanceof RoundedNumber)
      return new TenonError("field.range", `${cell.digits.slice(0, 40)} is beyond 2^53 and would be rounded`);
    if (column.type === "time" && typeof cell === "number")
      return timeOf(String(cell), { ...o.times, unit: o.times.unit ?? "ms" });
    // Ids are texts, and numbers in many files.
    return column.name === "id" && typeof cell === "number" ? String(cell) : cell;
  };
}

/** What a file says is a time came as epoch milliseconds. */
function timeCell(cell: unknown, type: MappedColumn["type"]): unknown {
  if (typeof cell !== "string") return null;
  const ms = Number(cell);
  if (type === "time") return ms;
  if (type === "text") return new Date(ms).toISOString();
  return new TenonError("field.type", "the file has a time here, and the column takes none");
}
