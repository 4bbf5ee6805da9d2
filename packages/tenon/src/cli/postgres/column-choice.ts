import type { TableColumn } from "../../ports/database-schema.ts";

/** What a column of a database becomes. */
export interface ChosenColumn {
  /** Such as `c.integer()`. */
  readonly builder: string;
  /** Its sum says something. */
  readonly isAmount: boolean;
}

const wholeTypes: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);
const textTypes: ReadonlySet<string> = new Set(["text", "varchar", "bpchar", "uuid", "enum", "citext", "name"]);
export const timeTypes: readonly string[] = ["timestamptz", "timestamp", "date"];
/** What a model has no business with. */
const secretName = /passw|secret|token|hash|salt|otp|api_?key|credential/i;
const personalName = /e?mail|phone|(first|last|full|sur)_?name|^name$|address|birth|^ip(_|$)|iban|tax_?id/i;
/** Ids and codes are numbers that nobody adds. */
const numberedName = /(^|_)(id|no|nr|number|code|year|month|day|version|status|zip|seq|sequence|position|rank|sort)$/i;
/** A double has no more digits. */
const scaleMax = 9;

export const isWholeKey = ({ type }: TableColumn): boolean => wholeTypes.has(type);
export const isKey = (column: TableColumn): boolean => isWholeKey(column) || textTypes.has(column.type);
export const isSecret = ({ name }: TableColumn): boolean => secretName.test(name);

export const isPersonal = ({ name }: TableColumn): boolean => personalName.test(name);

/** The builder of a column, or undefined for a type that no column takes. */
export function chooseColumn(column: TableColumn): ChosenColumn | undefined {
  const base = builderOf(column);
  if (base === undefined) return undefined;
  const personal = isPersonal(column) ? ".personal()" : "";
  const isNumber = /^c\.(integer|decimal|real)/.test(base);
  return {
    builder: `${base}${personal}${column.isNullable ? ".nullable()" : ""}`,
    isAmount: isNumber && !numberedName.test(column.name),
  };
}

function builderOf({ type, scale }: TableColumn): string | undefined {
  if (wholeTypes.has(type)) return "c.integer()";
  if (textTypes.has(type)) return "c.text()";
  if (timeTypes.includes(type)) return "c.time()";
  if (type === "bool") return "c.flag()";
  if (type === "float4" || type === "float8") return "c.real()";
  if (type !== "numeric") return undefined;
  if (scale === 0) return "c.integer()";
  return scale !== undefined && scale <= scaleMax ? `c.decimal(${scale})` : "c.real()";
}
