import type { ColumnPlan } from "../../plan/plan.ts";
import { RoundedNumber } from "../../plan/row-validator.ts";

/** A value that PostgreSQL wrote as text, as the event's column takes it; what does not fit is left for the validation. */
export function columnValue(column: ColumnPlan, text: string | null): unknown {
  if (text === null) return null;
  switch (column.type) {
    case "text":
    case "oneOf":
      return text;
    case "ref":
      return column.to?.keyType === "integer" ? numberOf(text) : text;
    case "flag":
      return text === "true" ? true : text === "false" ? false : text;
    case "integer":
    case "decimal":
    case "real":
      return numberOf(text);
    case "time":
      return timeValue(text);
  }
}

/** What a double would round is refused by the validation, not rounded. */
function numberOf(text: string): unknown {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) return text;
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? new RoundedNumber(text) : value;
}

const timePattern = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(?:\+00)?)?$/;

/** A time as ISO 8601; one without a zone, and a date, are UTC. */
export function timeValue(text: string): unknown {
  const found = timePattern.exec(text);
  if (found !== null) return `${found[1]}T${found[2] ?? "00:00:00"}Z`;
  return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
}
