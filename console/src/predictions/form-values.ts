import type { AppDescription, ColumnDescription, Json } from "../../../packages/tenon/src/server/wire.ts";
import type { PredictInput } from "../api/actions.ts";
import { fieldOfIso, isoOfField } from "../format/time.ts";

export type PredictionDescription = AppDescription["predictions"][number];

/** What stands in the controls: text everywhere, a checkbox as true or false. */
export type FormValues = Readonly<Record<string, string | boolean>>;

/** The envelope's own fields, beside the columns. */
export const idField = "id";
export const atField = "at";

/** The example of the prediction, in the controls. */
export function valuesOf({ input, example }: PredictionDescription): FormValues {
  return Object.fromEntries(input.map((column) => [column.name, controlValue(column, example?.[column.name])]));
}

function controlValue(column: ColumnDescription, value: Json | undefined): string | boolean {
  if (column.type === "flag") return value === true;
  if (value === null || value === undefined)
    return column.type === "oneOf" && !column.nullable ? (column.values?.[0] ?? "") : "";
  return column.type === "time" ? fieldOfIso(String(value)) : String(value);
}

/** The body of the call. A control left empty is null where the column is nullable, and left out where it is not. */
export function inputOf(
  prediction: PredictionDescription,
  values: FormValues,
  integerKeys: ReadonlySet<string>,
): PredictInput {
  const input: Record<string, Json> = {};
  for (const column of prediction.input) {
    const value = values[column.name] ?? "";
    if (typeof value === "boolean") input[column.name] = value;
    else if (value !== "") input[column.name] = jsonOf(column, value, integerKeys);
    else if (column.nullable) input[column.name] = null;
  }
  const id = values[idField];
  const at = values[atField];
  if (prediction.takesId && typeof id === "string" && id !== "") input.id = id;
  if (prediction.takesAt && typeof at === "string" && at !== "") input.at = isoOfField(at);
  return input;
}

function jsonOf(column: ColumnDescription, text: string, integerKeys: ReadonlySet<string>): Json {
  switch (column.type) {
    case "integer":
    case "real":
    case "decimal":
      return numberOr(text);
    case "time":
      return isoOfField(text);
    case "ref":
      return integerKeys.has(column.to ?? "") ? numberOr(text) : text;
    default:
      return text;
  }
}

/** What is no number goes as it was typed: the server says what is wrong with it. */
function numberOr(text: string): Json {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
