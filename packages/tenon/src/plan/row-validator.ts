import type { ErrorCode, ErrorPlace } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { suggestion } from "../base/nearest.ts";
import { isRecord } from "../base/record.ts";
import type { ColumnPlan } from "./plan.ts";
import type { StoredValue } from "./row-codec.ts";

/** An input row in order: what validation makes of a JSON object. */
export interface ValidRow {
  /** The envelope, where the row has one and the sender gave it. */
  readonly id: string | undefined;
  readonly atMs: number | undefined;
  readonly values: readonly StoredValue[];
}

export type Validation = { readonly row: ValidRow } | { readonly places: readonly ErrorPlace[] };

/** What a value came to: itself as it is stored, or what is wrong with it. */
type Checked = StoredValue | Mistake;

export class Mistake {
  readonly code: ErrorCode;
  readonly message: string;

  constructor(code: ErrorCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** Checks rows against columns. One instance a definition, made when the plan compiles. */
export class RowValidator {
  readonly #columns: readonly ColumnPlan[];
  readonly #names: ReadonlySet<string>;
  readonly #looked: ReadonlyMap<string, string>;
  readonly #checks: readonly ((value: unknown) => Checked)[];

  /** `envelope`: whether rows may carry `id` and `at`. `looked`: columns that are looked up, which no row brings. */
  constructor(columns: readonly ColumnPlan[], envelope: boolean, looked: readonly ColumnPlan[] = []) {
    this.#columns = columns;
    this.#looked = new Map(looked.map(({ name, lookup }) => [name, `${lookup?.set}.${lookup?.column}`]));
    this.#names = new Set([...columns.map((column) => column.name), ...(envelope ? ["id", "at"] : [])]);
    this.#checks = columns.map(valueCheck);
  }

  /** The row, or every mistake in it with its path. */
  validate(input: unknown, path = ""): Validation {
    if (!isRecord(input)) {
      return { places: [{ path, code: "field.type", message: `expected an object; found ${nameOf(input)}` }] };
    }
    const places: ErrorPlace[] = [];
    const values = new Array<StoredValue>(this.#columns.length);
    let seen = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i];
      const present = Object.hasOwn(input, column.name);
      if (present) seen++;
      const checked = present ? this.#checkPresent(i, input[column.name]) : this.#checkAbsent(column);
      if (checked instanceof Mistake)
        places.push({ path: `${path}/${column.name}`, code: checked.code, message: checked.message });
      else values[i] = checked;
    }
    const id = this.#names.has("id") && Object.hasOwn(input, "id") ? checkId(input.id) : undefined;
    const atMs = this.#names.has("at") && Object.hasOwn(input, "at") ? checkTime(input.at) : undefined;
    if (id instanceof Mistake) places.push({ path: `${path}/id`, code: id.code, message: id.message });
    if (atMs instanceof Mistake) places.push({ path: `${path}/at`, code: atMs.code, message: atMs.message });
    seen += (id === undefined ? 0 : 1) + (atMs === undefined ? 0 : 1);
    if (Object.keys(input).length !== seen) this.#unknownFields(input, path, places);
    if (places.length > 0 || id instanceof Mistake || atMs instanceof Mistake) return { places };
    return { row: { id, atMs, values } };
  }

  #checkPresent(i: number, value: unknown): Checked {
    if (value === null || value === undefined) return this.#checkAbsent(this.#columns[i]);
    if (value instanceof RoundedNumber) return new Mistake("field.range", `found ${nameOf(value)}`);
    return this.#checks[i](value);
  }

  #checkAbsent(column: ColumnPlan): Checked {
    return column.nullable
      ? null
      : new Mistake("field.missing", `"${column.name}" is missing; it is ${typeText(column)}`);
  }

  #unknownFields(input: object, path: string, places: ErrorPlace[]): void {
    for (const name of Object.keys(input)) {
      if (this.#names.has(name) || places.length >= limit.rejectsTold) continue;
      const shown = name.length > 64 ? `${name.slice(0, 64)}…` : name;
      places.push({
        path: `${path}/${shown}`,
        code: "field.unknown",
        message: this.#looked.has(name)
          ? `"${name}" is looked up in ${this.#looked.get(name)} when the event comes: leave it out`
          : `there is no field "${shown}".${suggestion(shown, this.#names)}`,
      });
    }
  }
}

/** What a column takes, in words. */
export function typeText(column: ColumnPlan): string {
  switch (column.type) {
    case "ref":
      return `${column.to?.kind === "event" ? "the id" : "the key"} of "${column.to?.name}", ${column.to?.keyType === "integer" ? "a whole number" : "a text"}`;
    case "oneOf":
      return `one of ${column.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "integer":
      return "a whole number";
    case "decimal":
      return `a number with at most ${column.scale} digits behind the point`;
    case "real":
      return "a number";
    case "flag":
      return "true or false";
    case "time":
      return "a time, ISO 8601 with a zone or epoch milliseconds";
    case "text":
      return "a text";
  }
}

/** How a value that is not null becomes a stored one. */
export function valueCheck(column: ColumnPlan): (value: unknown) => Checked {
  const wrong = (value: unknown): Mistake =>
    new Mistake("field.type", `expected ${typeText(column)}; found ${nameOf(value)}`);
  switch (column.type) {
    case "text":
      return (value) => (typeof value === "string" ? checkText(value, limit.textBytesMax) : wrong(value));
    case "ref":
      if (column.to?.keyType === "integer") return (value) => checkInteger(value) ?? wrong(value);
      return (value) => (typeof value === "string" ? checkKey(value) : wrong(value));
    case "oneOf":
      return (value) => (typeof value === "string" && column.values.includes(value) ? value : wrong(value));
    case "flag":
      return (value) => (typeof value === "boolean" ? value : wrong(value));
    case "integer":
      return (value) => checkInteger(value) ?? wrong(value);
    case "real":
      return (value) => (typeof value === "number" ? checkReal(value) : wrong(value));
    case "decimal":
      return (value) => (typeof value === "number" ? checkDecimal(value, column.scale) : wrong(value));
    case "time":
      return checkTime;
  }
}

function checkText(value: string, bytesMax: number): string | Mistake {
  if (value.length > bytesMax || (value.length * 3 > bytesMax && Buffer.byteLength(value) > bytesMax)) {
    return new Mistake("field.range", `the text is longer than ${bytesMax} bytes`);
  }
  // A lone surrogate has no UTF-8: it would be stored as another text.
  return value.isWellFormed() ? value : new Mistake("field.type", "the text holds half a surrogate pair");
}

function checkKey(value: string): string | Mistake {
  if (value.length === 0) return new Mistake("field.range", "a key is at least one character");
  return checkText(value, limit.keyBytesMax);
}

function checkId(value: unknown): string | Mistake {
  return typeof value === "string"
    ? checkKey(value)
    : new Mistake("field.type", `expected a text; found ${nameOf(value)}`);
}

function checkInteger(value: unknown): number | Mistake | undefined {
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  if (!Number.isSafeInteger(value))
    return new Mistake("field.range", "the number is beyond 2^53 and would be rounded; send it as a text column");
  return value + 0;
}

function checkReal(value: number): number | Mistake {
  if (!Number.isFinite(value) || Math.abs(value) > limit.realMagnitudeMax) {
    return new Mistake("field.range", `the number is not finite or beyond ${limit.realMagnitudeMax}`);
  }
  return value + 0;
}

function checkDecimal(value: number, scale: number): number | Mistake {
  const scaled = Math.round(value * 10 ** scale);
  if (!Number.isSafeInteger(scaled)) return new Mistake("field.range", "the number is beyond 2^53 at its scale");
  if (scaled / 10 ** scale !== value)
    return new Mistake("field.range", `the number has more than ${scale} digits behind the point`);
  return scaled + 0;
}

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
/** Times from 1900 to 2200. */
const timeMsMin = -2_208_988_800_000;
const timeMsMax = 7_258_118_400_000;

/** Epoch milliseconds of an ISO time with zone, of a Date, or of a whole number of milliseconds. */
export function checkTime(value: unknown): number | Mistake {
  const ms =
    typeof value === "number"
      ? value
      : value instanceof Date
        ? value.getTime()
        : typeof value === "string" && isoPattern.test(value)
          ? Date.parse(value)
          : undefined;
  if (ms === undefined)
    return new Mistake(
      "field.type",
      `expected a time, ISO 8601 with a zone or epoch milliseconds; found ${nameOf(value)}`,
    );
  if (!Number.isInteger(ms) || ms < timeMsMin || ms > timeMsMax) {
    return new Mistake("field.range", "the time is no whole millisecond between 1900 and 2200");
  }
  return ms;
}

/** A whole number that was sent with more digits than a double holds: its field is refused, and its neighbours are not. */
export class RoundedNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

export const isMistake = (value: unknown): value is Mistake => value instanceof Mistake;

/** A value as messages name it: short, whatever was sent. */
export function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof RoundedNumber) return `${value.digits.slice(0, 40)}, which is beyond 2^53 and would be rounded`;
  if (typeof value === "string")
    return value.length > 40 ? `a text of ${value.length} characters` : JSON.stringify(value);
  if (typeof value === "object") return "an object";
  return String(value);
}
