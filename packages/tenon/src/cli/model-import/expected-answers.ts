import { TenonError } from "../../base/error.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { ModelColumns, ModelValue } from "../../ports/model-runtime.ts";
import { classColumn, type ModelFile } from "../../run/model-file.ts";
import { columnValues, type TableRows } from "./table-rows.ts";

/** Columns of the output that are compared, with what the library answered. */
export interface Expected {
  readonly columns: readonly ColumnPlan[];
  readonly values: ModelColumns;
}

export interface Difference {
  /** From 1. */
  readonly row: number;
  readonly column: string;
  readonly found: ModelValue;
  readonly expected: ModelValue;
}

/** How far a number may be from the library's, as a share of it where that is above 1. */
export const toleranceOf = ({ isSinglePrecision }: ModelFile): number => (isSinglePrecision ? 1e-5 : 1e-9);

/**
 * What the named columns of a file say that the model answers: one for a number, of several classes one for the class or one
 * for each class's probability.
 * @throws cli.usage, file.unreadable
 */
export function expectedAnswers({ model, proposed }: ModelFile, table: TableRows, names: readonly string[]): Expected {
  const places = names.map((name) => {
    const place = table.names.indexOf(name);
    if (place >= 0) return place;
    throw new TenonError("cli.usage", `--expect names ${name}; ${table.file} has ${table.names.join(", ")}`);
  });
  const valuesOf = (columns: readonly ColumnPlan[]): Expected => ({
    columns,
    values: columns.map((column, i) => columnValues(table, places[i]!, column)),
  });
  if (names.length === proposed.numbers.length) return valuesOf(proposed.numbers);
  const { class: asked } = proposed;
  if (names.length === 1 && asked !== undefined)
    return valuesOf([(model.classes === undefined ? labelled(table, places[0]!, model.outputs) : undefined) ?? asked]);
  const many = `${proposed.numbers.length} columns${asked === undefined ? "" : ", or one with the class"}`;
  throw new TenonError("cli.usage", `--expect takes ${many} of this model, with a comma between them`);
}

/** Classes that the file does not know, where the rows have all of them as texts: libraries number them in their sorted order. */
function labelled({ rows }: TableRows, place: number, count: number): ColumnPlan | undefined {
  const labels = [...new Set(rows.map((row) => row[place]))].filter((label) => typeof label === "string");
  return labels.length === count && labels.some((label) => !/^\d+$/.test(label))
    ? classColumn(labels.sort((a, b) => (a < b ? -1 : 1)))
    : undefined;
}

/** Where answers differ from what was expected. */
export function differencesOf({ columns, values }: Expected, found: ModelColumns, tolerance: number): Difference[] {
  const differences: Difference[] = [];
  for (const [c, { name: column }] of columns.entries()) {
    for (const [i, expected] of values[c]!.entries()) {
      const answer = found[c]![i] ?? null;
      if (!isNear(answer, expected, tolerance)) differences.push({ row: i + 1, column, found: answer, expected });
    }
  }
  return differences.sort((a, b) => a.row - b.row);
}

function isNear(found: ModelValue, expected: ModelValue, tolerance: number): boolean {
  if (typeof found !== "number" || typeof expected !== "number") return found === expected;
  return Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
}
