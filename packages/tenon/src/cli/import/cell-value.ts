import { type ErrorCode, TenonError } from "../../base/error.ts";
import { checkTime, isMistake } from "../../plan/row-validator.ts";
import type { ColumnDescription } from "../../server/wire.ts";

/** How times are written in a file. */
export interface TimeReading {
  /** Of numbers. */
  readonly unit: "s" | "ms" | undefined;
  /** A time without a zone is UTC. */
  readonly isUtc: boolean;
}

const wholePattern = /^[+-]?\d+$/;
/** As a column of doubles writes a whole number. */
const wholeDoublePattern = /^([+-]?\d+)\.0*$/;
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const plainTimePattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const flags: Readonly<Record<string, boolean>> = { true: true, false: false, t: true, f: false, "1": true, "0": false };

const mistake = (code: ErrorCode, message: string): TenonError => new TenonError(code, message);
const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** A cell's text as the JSON that its column takes; what no double holds is refused, not rounded. */
export function textValue(
  text: string,
  column: { readonly type: ColumnDescription["type"]; readonly isWholeKey: boolean },
  times: TimeReading,
): unknown {
  switch (column.type) {
    case "text":
    case "oneOf":
      return text;
    case "ref":
      return column.isWholeKey ? wholeOf(text) : text;
    case "integer":
      return wholeOf(text);
    case "decimal":
      return numberOf(text, isExact);
    case "real":
      return numberOf(text, isWholeExact);
    case "flag":
      return flags[text.toLowerCase()] ?? mistake("field.type", `expected true or false; found ${shown(text)}`);
    case "time":
      return timeOf(text, times);
  }
}

function wholeOf(text: string): number | TenonError {
  const digits = wholeDoublePattern.exec(text)?.[1] ?? text;
  if (!wholePattern.test(digits)) return mistake("field.type", `expected a whole number; found ${shown(text)}`);
  const value = Number(digits);
  return Number.isSafeInteger(value)
    ? value
    : mistake("field.range", `${shown(text)} is beyond 2^53 and would be rounded`);
}

function numberOf(text: string, isKept: (text: string, value: number) => boolean): number | TenonError {
  if (!numberPattern.test(text)) return mistake("field.type", `expected a number; found ${shown(text)}`);
  const value = Number(text);
  if (/[eE]/.test(text) || isKept(text, value)) return value;
  return mistake("field.range", `${shown(text)} has more digits than a number keeps and would be rounded`);
}

/** A real number is the double nearest to its text, as everywhere; a whole one is itself or refused. */
const isWholeExact = (text: string, value: number): boolean =>
  Number.isSafeInteger(value) || !wholePattern.test(text) || (Number.isFinite(value) && BigInt(text) === BigInt(value));

/** A double keeps 15 digits of any number, and more of those that it is the shortest text of. */
function isExact(text: string, value: number): boolean {
  if (wholePattern.test(text)) return isWholeExact(text, value);
  const [whole = "", fraction = ""] = text.replace(/^[+-]/, "").split(".");
  const places = fraction.replace(/0+$/, "");
  const digits = (whole + places).replace(/^0+/, "");
  if (digits.length <= 15) return true;
  return plainDigits(value) === `${whole.replace(/^0+(?=\d)/, "") || "0"}${places === "" ? "" : `.${places}`}`;
}

/** The shortest text of a number, without its sign. */
const plainDigits = (value: number): string => String(Math.abs(value));

/** Epoch milliseconds. */
export function timeOf(text: string, { unit, isUtc }: TimeReading): number | TenonError {
  if (numberPattern.test(text)) {
    if (unit === undefined)
      return mistake("field.type", `${shown(text)} is a number: say with --time-unit whether it counts s or ms`);
    return epochOf(text, unit);
  }
  const [, day, hour, zone] = plainTimePattern.exec(text) ?? [];
  if (day === undefined)
    return mistake("field.type", `expected a time such as 2025-01-31T12:00:00Z; found ${shown(text)}`);
  if (zone === undefined && !isUtc)
    return mistake("field.type", `${shown(text)} has no zone: --utc takes such times as UTC`);
  const ms = checkTime(`${day}T${hour ?? "00:00:00"}${zoneOf(zone)}`);
  return isMistake(ms) ? mistake(ms.code, ms.message) : ms;
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone === "Z") return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** To the millisecond, which is as fine as a time is kept. */
function epochOf(text: string, unit: "s" | "ms"): number | TenonError {
  const ms = checkTime(Math.floor(unit === "s" ? Math.round(Number(text) * 1e6) / 1e3 : Number(text)));
  return isMistake(ms) ? mistake(ms.code, `${shown(text)} in ${unit}: ${ms.message}`) : ms;
}
