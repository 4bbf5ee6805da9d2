import { ByteReader, type ByteWriter } from "../base/bytes.ts";
import type { ColumnPlan } from "./plan.ts";

/** A stored value: text, a number (decimals scaled, times in ms), true or false, or null. */
export type StoredValue = string | number | boolean | null;

/**
 * The values of a row in the order of its columns, as bytes:
 *
 *   u8 codec (1: plain; others are free for encryption per subject), u32 schema, null bitmap, value …
 *   value: text and ref by text: u32 length + UTF-8; flag: u8; oneOf: u32 place in its values; numbers and times: f64
 */
export const plainCodec = 1;

const isText = (column: ColumnPlan): boolean =>
  column.type === "text" || (column.type === "ref" && column.to?.keyType !== "integer");

/** Writes rows of these columns. */
export class RowEncoder {
  readonly #columns: readonly ColumnPlan[];
  readonly #schema: number;

  constructor(columns: readonly ColumnPlan[], schema: number) {
    this.#columns = columns;
    this.#schema = schema;
  }

  encode(values: readonly StoredValue[], out: ByteWriter): void {
    out.u8(plainCodec);
    out.u32(this.#schema);
    for (let at = 0; at < this.#columns.length; at += 8) {
      let bits = 0;
      for (let i = at; i < Math.min(at + 8, this.#columns.length); i++) if (values[i] === null) bits |= 1 << (i - at);
      out.u8(bits);
    }
    for (let i = 0; i < this.#columns.length; i++) {
      const value = values[i];
      if (typeof value === "number") out.f64(value);
      else if (typeof value === "boolean") out.u8(value ? 1 : 0);
      else if (typeof value === "string") {
        if (this.#columns[i].type === "oneOf") out.u32(this.#columns[i].values.indexOf(value));
        else out.text(value);
      }
    }
  }
}

/**
 * Reads rows that were written with `written` columns as rows of `wanted` ones: by name, so that a column that was added
 * since reads null, and one that is gone is passed over.
 */
export class RowDecoder {
  readonly #written: readonly ColumnPlan[];
  readonly #places: readonly number[];
  readonly #width: number;
  /** How many of the written columns have to be looked at. */
  readonly #end: number;

  constructor(written: readonly ColumnPlan[], wanted: readonly { readonly name: string }[]) {
    this.#written = written;
    this.#places = written.map((column) => wanted.findIndex((candidate) => candidate.name === column.name));
    this.#width = wanted.length;
    this.#end = this.#places.findLastIndex((place) => place >= 0) + 1;
  }

  /** The values in the order of the wanted columns. */
  decode(payload: Uint8Array): StoredValue[] {
    const reader = new ByteReader(payload, 5);
    const nulls: number[] = [];
    for (let at = 0; at < this.#written.length; at += 8) nulls.push(reader.u8());
    const values = new Array<StoredValue>(this.#width).fill(null);
    for (let i = 0; i < this.#end; i++) {
      if ((nulls[i >> 3] >> (i & 7)) & 1) continue;
      const value = readValue(this.#written[i], reader);
      if (this.#places[i] >= 0) values[this.#places[i]] = value;
    }
    return values;
  }
}

function readValue(column: ColumnPlan, reader: ByteReader): StoredValue {
  if (isText(column)) return reader.text();
  if (column.type === "flag") return reader.u8() === 1;
  if (column.type === "oneOf") return column.values[reader.u32()] ?? null;
  return reader.f64();
}

/** The schema that a payload was written with. */
export const payloadSchema = (payload: Uint8Array): number =>
  payload[1] | (payload[2] << 8) | (payload[3] << 16) | (payload[4] * 2 ** 24);

/** A stored value as users meet it: decimals unscaled, times as dates. */
export function presentValue(column: ColumnPlan, value: StoredValue): string | number | boolean | Date | null {
  if (value === null) return null;
  if (column.type === "time" && typeof value === "number") return new Date(value);
  if (column.scale > 0 && typeof value === "number") return value / 10 ** column.scale;
  return value;
}

/** A value as models take it: decimals unscaled, times in epoch milliseconds. */
export const modelValue = ({ scale }: ColumnPlan, value: StoredValue): string | number | boolean | null =>
  scale > 0 && typeof value === "number" ? value / 10 ** scale : value;
