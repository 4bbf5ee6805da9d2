import type { ColumnDescription } from "../../server/wire.ts";

/** What a column of the scores holds; null is in all of them. */
export type ColumnKind = "text" | "integer" | "number" | "decimal" | "flag" | "time" | "texts" | "json" | "nothing";

export interface ScoreColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Where a scored row has it. */
  readonly from: { readonly part: "input" | "output"; readonly name: string } | { readonly part: OwnPart };
}

type OwnPart = "model" | "predictionId" | "predictedAt" | "degraded" | "features";

/** One row of the spool. */
export interface ScoredRow {
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly predictionId: string;
  readonly predictedAt: string;
  readonly degraded: readonly string[];
  readonly features?: unknown;
}

const ownColumns: readonly ScoreColumn[] = [
  { name: "model", kind: "text", from: { part: "model" } },
  { name: "predicted_at", kind: "time", from: { part: "predictedAt" } },
  { name: "prediction_id", kind: "text", from: { part: "predictionId" } },
  { name: "degraded", kind: "texts", from: { part: "degraded" } },
];
const featuresColumn: ScoreColumn = { name: "features", kind: "json", from: { part: "features" } };

export interface ScoreColumns {
  /** Of the prediction's input. */
  readonly input: readonly ColumnDescription[];
  readonly wholeKeys: ReadonlySet<string>;
  /** Whether rows have ids of their own. */
  readonly hasIds: boolean;
  readonly outputs: Readonly<Record<string, ColumnKind>>;
  readonly explains: boolean;
}

/**
 * The columns of the scores: of the input, of the answers, and of their receipts. A name that is taken already, in any case
 * of its letters, is led by `input_` or `output_`.
 */
export function scoreColumns({ input, wholeKeys, hasIds, outputs, explains }: ScoreColumns): readonly ScoreColumn[] {
  const own = explains ? [...ownColumns, featuresColumn] : ownColumns;
  const taken = new Set(own.map(({ name }) => name));
  const free = (name: string, lead: string): string => {
    let found = name;
    while (taken.has(found.toLowerCase())) found = `${lead}${found}`;
    taken.add(found.toLowerCase());
    return found;
  };
  const answered = Object.entries(outputs).map(
    ([name, kind]): ScoreColumn => ({ name: free(name, "output_"), kind, from: { part: "output", name } }),
  );
  const kindOf = ({ name, type }: ColumnDescription): ColumnKind => inputKinds(wholeKeys.has(name))[type];
  const sent = input.map((column) => ({ name: column.name, kind: kindOf(column) }));
  const given = [...(hasIds ? [{ name: "id", kind: "text" as const }] : []), ...sent].map(
    ({ name, kind }): ScoreColumn => ({ name: free(name, "input_"), kind, from: { part: "input", name } }),
  );
  return [...given, ...answered, ...own];
}

const inputKinds = (isWholeKey: boolean): Readonly<Record<ColumnDescription["type"], ColumnKind>> => ({
  text: "text",
  oneOf: "text",
  ref: isWholeKey ? "integer" : "text",
  integer: "integer",
  decimal: "decimal",
  real: "number",
  flag: "flag",
  time: "time",
});

/** What a column holds once this value is in it too. */
export function widened(kind: ColumnKind | undefined, value: unknown): ColumnKind {
  const own = kindOfValue(value);
  if (kind === undefined || kind === "nothing") return own;
  return own === "nothing" || own === kind ? kind : "json";
}

function kindOfValue(value: unknown): ColumnKind {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "flag";
  return typeof value === "string" ? "text" : "json";
}

/** A column's value of a row: times as epoch milliseconds, null where there is none. */
export function cellOf(row: ScoredRow, { from, kind }: ScoreColumn): unknown {
  const value = "name" in from ? row[from.part][from.name] : row[from.part];
  if (kind === "time" && typeof value === "string") return Date.parse(value);
  return value ?? null;
}

/** The same as JSON has it: times as ISO 8601. */
export function jsonCell(row: ScoredRow, column: ScoreColumn): unknown {
  const value = cellOf(row, column);
  return column.kind === "time" && typeof value === "number" ? new Date(value).toISOString() : value;
}
