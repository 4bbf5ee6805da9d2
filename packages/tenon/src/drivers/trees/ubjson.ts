import { limit } from "../../base/limit.ts";
import type { Refuse } from "./model-file-error.ts";

// Universal Binary JSON, draft 12, as XGBoost writes it: big-endian; a value is a marker and its bytes.
//   Z null, T true, F false; i int8, U uint8, I int16, u uint16, l int32, L int64, d float32, D float64
//   C one character; S and H a text behind its length, itself an integer with its marker
//   [ … ] a list; [#n … a list of n values; [$t#n … a list of n values of one type, without markers
//   { … } and {#n … an object: keys are texts without their marker

const depthMax = 64;

const numberBytes: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, u: 2, l: 4, L: 8, d: 4, D: 8 };

/** The value of a UBJSON file. Lists of one type of number come as typed arrays. */
export function readUbjson(bytes: Buffer, refuse: Refuse): unknown {
  const reader = new UbjsonReader(bytes, refuse);
  return reader.file();
}

class UbjsonReader {
  readonly #bytes: Buffer;
  readonly #refuse: Refuse;
  #at = 0;
  #valuesLeft: number;
  #numbersLeft: number;

  constructor(bytes: Buffer, refuse: Refuse) {
    this.#bytes = bytes;
    this.#refuse = refuse;
    this.#valuesLeft = limit.modelPartsMax;
    this.#numbersLeft = limit.modelValuesMax;
  }

  file(): unknown {
    const value = this.#value(this.#marker(), 0);
    if (this.#at !== this.#bytes.length) this.#refuse(`${this.#bytes.length - this.#at} bytes follow its end`);
    return value;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) this.#refuse(`it breaks off at byte ${this.#bytes.length}`);
    this.#at += length;
    return at;
  }

  #marker(): string {
    return String.fromCharCode(this.#bytes[this.#take(1)]!);
  }

  #value(marker: string, depth: number): unknown {
    if (--this.#valuesLeft < 0) this.#refuse(`it has more than ${limit.modelPartsMax} values, at byte ${this.#at}`);
    if (depth > depthMax) this.#refuse(`it is nested deeper than ${depthMax}, at byte ${this.#at}`);
    if (marker in numberBytes) return this.#number(marker);
    switch (marker) {
      case "Z":
        return null;
      case "T":
        return true;
      case "F":
        return false;
      case "C":
        return this.#marker();
      case "S":
      case "H":
        return this.#text();
      case "[":
        return this.#list(depth);
      case "{":
        return this.#object(depth);
      default:
        return this.#refuse(`byte ${this.#at - 1} is no marker of UBJSON`);
    }
  }

  #number(marker: string): number {
    const at = this.#take(numberBytes[marker]!);
    switch (marker) {
      case "i":
        return this.#bytes.readInt8(at);
      case "U":
        return this.#bytes.readUInt8(at);
      case "I":
        return this.#bytes.readInt16BE(at);
      case "u":
        return this.#bytes.readUInt16BE(at);
      case "l":
        return this.#bytes.readInt32BE(at);
      case "d":
        return this.#bytes.readFloatBE(at);
      case "D":
        return this.#bytes.readDoubleBE(at);
      default:
        return Number(this.#bytes.readBigInt64BE(at));
    }
  }

  #length(): number {
    const marker = this.#marker();
    const length = "iUIulL".includes(marker) ? this.#number(marker) : -1;
    // A value of a list takes a byte at least; but for nulls and flags, and no model has lists of those.
    if (length >= 0 && length <= this.#bytes.length - this.#at) return length;
    return this.#refuse(`byte ${this.#at} has the length ${length}, longer than the rest of the file`);
  }

  #text(): string {
    const length = this.#length();
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  #next(): string {
    return String.fromCharCode(this.#bytes[this.#at] ?? 0);
  }

  #list(depth: number): unknown {
    let type: string | undefined;
    if (this.#next() === "$") {
      this.#take(1);
      type = this.#marker();
      if (this.#next() !== "#") this.#refuse(`byte ${this.#at} gives a list a type and no length`);
    }
    if (this.#next() !== "#") {
      const values: unknown[] = [];
      for (let marker = this.#marker(); marker !== "]"; marker = this.#marker())
        values.push(this.#value(marker, depth + 1));
      return values;
    }
    this.#take(1);
    const length = this.#length();
    if (type !== undefined && type in numberBytes) return this.#numbers(type, length);
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(this.#value(type ?? this.#marker(), depth + 1));
    return values;
  }

  /** Room is made only for what the file holds. */
  #numbers(type: string, length: number): Float64Array {
    if (length * numberBytes[type]! > this.#bytes.length - this.#at)
      this.#refuse(`it breaks off at byte ${this.#bytes.length}, within a list of ${length} numbers`);
    this.#numbersLeft -= length;
    if (this.#numbersLeft < 0) this.#refuse(`it has more than ${limit.modelValuesMax} numbers, at byte ${this.#at}`);
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++) values[i] = this.#number(type);
    return values;
  }

  #object(depth: number): Readonly<Record<string, unknown>> {
    const values: Record<string, unknown> = Object.create(null);
    if (this.#next() === "$") this.#refuse(`byte ${this.#at} gives an object a type`);
    if (this.#next() === "#") {
      this.#take(1);
      const length = this.#length();
      for (let i = 0; i < length; i++) this.#field(values, depth);
      return values;
    }
    while (this.#next() !== "}") this.#field(values, depth);
    this.#take(1);
    return values;
  }

  #field(values: Record<string, unknown>, depth: number): void {
    const key = this.#text();
    values[key] = this.#value(this.#marker(), depth + 1);
  }
}
