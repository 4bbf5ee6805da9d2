import { limit } from "../../base/limit.ts";
import type { Refuse } from "./model-file-error.ts";

// Protocol Buffers' wire: a message is fields, each a varint of number * 8 + type and its value.
//   type 0 a varint, 1 eight bytes (read as a double), 2 a varint of a length and as many bytes, 5 four bytes (read as a float)

/** The fields of a message by their numbers, as far as they were read: bytes are a part of the file and no copy. */
export class Message {
  readonly #fields = new Map<number, (number | Buffer)[]>();
  readonly #refuse: Refuse;

  constructor(bytes: Buffer, refuse: Refuse) {
    this.#refuse = refuse;
    const at = { at: 0 };
    let parts = 0;
    for (let count = 0; at.at < bytes.length; count++) {
      if (count >= limit.modelValuesMax || parts > limit.modelPartsMax)
        refuse(`it has more than ${limit.modelValuesMax} values, or ${limit.modelPartsMax} parts`);
      const key = readVarint(bytes, at, refuse);
      const field = Math.floor(key / 8);
      const values = this.#fields.get(field) ?? [];
      const value = readValue(bytes, at, { type: key % 8, refuse });
      if (typeof value !== "number") parts++;
      values.push(value);
      this.#fields.set(field, values);
    }
  }

  messages(field: number): readonly Message[] {
    return this.#bytes(field).map((bytes) => new Message(bytes, this.#refuse));
  }

  texts(field: number): readonly string[] {
    return this.#bytes(field).map((bytes) => bytes.toString("utf8"));
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }

  /** Whole numbers, packed or one by one. */
  integers(field: number): readonly number[] {
    return this.#all(field).flatMap((value) =>
      typeof value === "number" ? [value] : unpackVarints(value, this.#refuse),
    );
  }

  integer(field: number): number {
    return this.integers(field).at(-1) ?? 0;
  }

  /** Numbers of single precision, packed or one by one. */
  floats(field: number): Float64Array {
    return this.#fixed(field, 4, (bytes, at) => bytes.readFloatLE(at));
  }

  doubles(field: number): Float64Array {
    return this.#fixed(field, 8, (bytes, at) => bytes.readDoubleLE(at));
  }

  bytes(field: number): Buffer | undefined {
    return this.#bytes(field).at(-1);
  }

  #all(field: number): readonly (number | Buffer)[] {
    return this.#fields.get(field) ?? [];
  }

  #bytes(field: number): readonly Buffer[] {
    return this.#all(field).map((value) =>
      typeof value === "number" ? this.#refuse(`field ${field} is a number where bytes belong`) : value,
    );
  }

  #fixed(field: number, size: number, read: (bytes: Buffer, at: number) => number): Float64Array {
    const parts = this.#all(field);
    const count = parts.reduce<number>((sum, part) => sum + (typeof part === "number" ? 1 : part.length / size), 0);
    if (!Number.isInteger(count)) this.#refuse(`field ${field} breaks off within a number`);
    const values = new Float64Array(count);
    let i = 0;
    for (const part of parts) {
      if (typeof part === "number") values[i++] = part;
      else for (let at = 0; at < part.length; at += size) values[i++] = read(part, at);
    }
    return values;
  }
}

function readValue(bytes: Buffer, at: { at: number }, { type, refuse }: { type: number; refuse: Refuse }) {
  if (type === 0) return readVarint(bytes, at, refuse);
  const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? readVarint(bytes, at, refuse) : -1;
  if (length < 0 || length > bytes.length - at.at)
    return refuse(
      `it is damaged, or breaks off: a field of type ${type} and ${length} bytes has ${bytes.length - at.at}`,
    );
  at.at += length;
  if (type === 1) return bytes.readDoubleLE(at.at - 8);
  if (type === 5) return bytes.readFloatLE(at.at - 4);
  return bytes.subarray(at.at - length, at.at);
}

/** A varint as a signed number of 64 bits; beyond 2^53 it is not exact, which no number of a model that is read may be. */
function readVarint(bytes: Buffer, at: { at: number }, refuse: Refuse): number {
  let low = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at.at++];
    if (byte === undefined) return refuse("it breaks off within a number");
    // The tenth byte has the sign alone: a negative number is written as 2^64 and the number.
    low += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return i === 9 ? negativeOf(bytes, at.at - 10) : low;
  }
  return refuse("a number is longer than 10 bytes");
}

function negativeOf(bytes: Buffer, begin: number): number {
  let value = 0n;
  for (let i = 0; i < 10; i++) value |= BigInt(bytes[begin + i]! & 127) << BigInt(7 * i);
  return Number(BigInt.asIntN(64, value));
}

function unpackVarints(bytes: Buffer, refuse: Refuse): readonly number[] {
  const values: number[] = [];
  const at = { at: 0 };
  while (at.at < bytes.length) {
    if (values.length >= limit.modelValuesMax) refuse(`it has more than ${limit.modelValuesMax} values`);
    values.push(readVarint(bytes, at, refuse));
  }
  return values;
}
