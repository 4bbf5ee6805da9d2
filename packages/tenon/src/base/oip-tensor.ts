import { isUtf8 } from "node:buffer";
import { TenonError } from "./error.ts";
import { parseExactJson } from "./exact-json.ts";
import { limit } from "./limit.ts";
import {
  bytesOf,
  type Datatype,
  datatypeSizeBytes,
  elementsOf,
  isDatatype,
  type NumericData,
  type NumericDatatype,
  type TensorText,
  viewOf,
} from "./oip-datatype.ts";
import { isRecord } from "./record.ts";

/**
 * Wire: Open Inference Protocol v2, with the extension for binary tensors.
 *
 *   JSON:    {"id"?, "parameters"?, "inputs": [{"name", "shape", "datatype", "parameters"?, "data": nested or flat}]}
 *   binary:  the JSON, of as many bytes as the header Inference-Header-Content-Length tells, then the tensors that have
 *            "parameters": {"binary_data_size": bytes} instead of "data", in their order; little-endian, row-major;
 *            a text is u32 length, bytes
 */
interface TensorHead {
  readonly name: string;
  readonly shape: readonly number[];
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface TextTensor extends TensorHead {
  readonly datatype: "BYTES";
  readonly data: readonly TensorText[];
}

export interface NumericTensor extends TensorHead {
  readonly datatype: NumericDatatype;
  readonly data: NumericData;
}

export type Tensor = TextTensor | NumericTensor;

/** Where tensors stand in a request, and in an answer. */
export type TensorList = "inputs" | "outputs";

export interface TensorBody {
  /** All of the JSON but its tensors' data. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly tensors: readonly Tensor[];
}

const invalid = (message: string): TenonError => new TenonError("tensor.invalid", message);

/**
 * Reads a body: JSON alone, or `headerBytes` of JSON and the binary tensors behind it.
 * @throws body.unreadable, tensor.invalid: before anything is allocated that the body does not hold
 */
export function readTensorBody(body: Uint8Array, list: TensorList, headerBytes: number = body.length): TensorBody {
  if (!Number.isSafeInteger(headerBytes) || headerBytes < 0 || headerBytes > body.length)
    throw invalid(`the JSON is said to have ${headerBytes} bytes; the body has ${body.length}`);
  const header = parseExactJson(body.subarray(0, headerBytes));
  if (!isRecord(header)) throw invalid("the body is no JSON object");
  const told: unknown = header[list];
  if (!Array.isArray(told)) throw invalid(`"${list}" is no list of tensors`);
  if (told.length > limit.tensorsMax)
    throw invalid(`${told.length} tensors in "${list}"; one body takes ${limit.tensorsMax}`);
  const binary = new BinaryTensors(body.subarray(headerBytes));
  const tensors = told.map((one: unknown, i) => readTensor(one, `${list}[${i}]`, binary));
  binary.end();
  return { header, tensors };
}

function readTensor(told: unknown, place: string, binary: BinaryTensors): Tensor {
  if (!isRecord(told) || typeof told.name !== "string") throw invalid(`${place} has no "name"`);
  const { name, datatype } = told;
  const named = `${place} "${name.slice(0, 100)}"`;
  if (!isDatatype(datatype))
    throw invalid(`${named}: ${String(JSON.stringify(datatype)).slice(0, 60)} is no datatype of the protocol`);
  const shape = shapeOf(told.shape, named);
  const parameters = isRecord(told.parameters) ? told.parameters : {};
  const head = { name, shape, ...(told.parameters === undefined ? {} : { parameters }) };
  const count = shape.reduce((product, size) => product * size, 1);
  const sizeBytes = parameters.binary_data_size;
  if (datatype === "BYTES") {
    const data =
      sizeBytes === undefined
        ? jsonTexts(elementsIn(told.data, shape, count, named), parameters.content_type === "base64", named)
        : binary.texts(sizeBytes, count, named);
    return { ...head, datatype, data };
  }
  const data =
    sizeBytes === undefined
      ? jsonNumbers(elementsIn(told.data, shape, count, named), datatype, named)
      : binary.numbers(sizeBytes, datatype, count, named);
  return { ...head, datatype, data };
}

/** A shape whose product is exact. Nothing of that size is allocated yet. */
function shapeOf(told: unknown, named: string): readonly number[] {
  if (!Array.isArray(told) || told.length > limit.tensorRankMax)
    throw invalid(`${named}: the shape is a list of at most ${limit.tensorRankMax} whole numbers`);
  const shape: number[] = [];
  let count = 1;
  for (const size of told as readonly unknown[]) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
      throw invalid(`${named}: the shape holds ${shown(size)}; it is of whole numbers from 0 on`);
    shape.push(size);
    count *= size;
  }
  if (!Number.isSafeInteger(count)) throw invalid(`${named}: the shape [${shape.join(", ")}] has too many elements`);
  return shape;
}

/** Takes the binary parts in their order. */
class BinaryTensors {
  readonly #bytes: Uint8Array;
  #at = 0;
  #texts = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  numbers(sizeBytes: unknown, datatype: NumericDatatype, count: number, named: string): NumericData {
    const expected = count * datatypeSizeBytes[datatype];
    const bytes = this.#take(sizeBytes, named);
    if (expected === bytes.length) return viewOf(datatype, bytes);
    throw invalid(`${named}: ${count} elements of ${datatype} are ${expected} bytes; there are ${bytes.length}`);
  }

  texts(sizeBytes: unknown, count: number, named: string): readonly Uint8Array[] {
    this.#texts += count;
    if (this.#texts > limit.tensorTextsMax)
      throw invalid(`${named}: ${this.#texts} texts in one body; it takes ${limit.tensorTextsMax}`);
    return readTexts(this.#take(sizeBytes, named), count, named);
  }

  #take(sizeBytes: unknown, named: string): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (typeof sizeBytes !== "number" || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > left)
      throw invalid(`${named}: binary_data_size is ${shown(sizeBytes)}; ${left} bytes are left in the body`);
    this.#at += sizeBytes;
    return this.#bytes.subarray(this.#at - sizeBytes, this.#at);
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw invalid(`${left} bytes stand behind the last tensor that has a binary_data_size`);
  }
}

function readTexts(bytes: Uint8Array, count: number, named: string): readonly Uint8Array[] {
  if (count * 4 > bytes.length)
    throw invalid(`${named}: ${count} texts have at least ${count * 4} bytes; there are ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const sizeBytes = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (at + 4 + sizeBytes > bytes.length) throw invalid(`${named}: the bytes end within element ${i}`);
    texts.push(bytes.subarray(at + 4, at + 4 + sizeBytes));
    at += 4 + sizeBytes;
  }
  if (at < bytes.length) throw invalid(`${named}: ${bytes.length - at} bytes stand behind its ${count} elements`);
  return texts;
}

/** The elements of "data", which is flat or nested as the shape says. */
function elementsIn(data: unknown, shape: readonly number[], count: number, named: string): readonly unknown[] {
  if (!Array.isArray(data)) throw invalid(`${named}: "data" is no list, and there is no binary_data_size`);
  const flat: readonly unknown[] = Array.isArray(data[0]) ? flattened(data, shape, named) : data;
  if (flat.length === count) return flat;
  throw invalid(`${named}: the shape [${shape.join(", ")}] has ${count} elements; "data" has ${flat.length}`);
}

function jsonNumbers(flat: readonly unknown[], datatype: NumericDatatype, named: string): NumericData {
  const read = elementsOf(datatype, flat);
  if ("data" in read) return read.data;
  throw invalid(`${named}: element ${read.wrong} is ${shown(flat[read.wrong])}, which is no ${datatype}`);
}

function jsonTexts(flat: readonly unknown[], isBase64: boolean, named: string): readonly TensorText[] {
  return flat.map((value, i): TensorText => {
    if (value === null) return null;
    if (typeof value === "string") return isBase64 ? Buffer.from(value, "base64") : value;
    throw invalid(`${named}: element ${i} is ${shown(value)}, which is no text`);
  });
}

/** The elements of lists that are nested as the shape says. */
function flattened(data: readonly unknown[], shape: readonly number[], named: string): readonly unknown[] {
  let level = data;
  for (let depth = 0; depth + 1 < shape.length; depth++) {
    const next: unknown[] = [];
    for (const part of level) {
      if (!Array.isArray(part) || part.length !== shape[depth + 1])
        throw invalid(`${named}: "data" is not nested as its shape [${shape.join(", ")}]`);
      for (const value of part) next.push(value);
    }
    level = next;
  }
  return level;
}

const shown = (value: unknown): string =>
  typeof value === "bigint" ? String(value).slice(0, 40) : String(JSON.stringify(value)).slice(0, 40);

/** Bytes as a single tensor: the body of a request whose JSON is empty. One text, or as many elements as there are. */
export function readRawTensor(body: Uint8Array, name: string, datatype: Datatype): Tensor {
  if (datatype === "BYTES") return { name, datatype, shape: [1], data: [body] };
  const count = body.length / datatypeSizeBytes[datatype];
  if (!Number.isInteger(count)) throw invalid(`${body.length} bytes are no whole number of ${datatype} elements`);
  return { name, datatype, shape: [count], data: viewOf(datatype, body) };
}

export interface WrittenTensors {
  readonly body: Buffer;
  /** Of the JSON, where binary tensors stand behind it. */
  readonly headerBytes: number | undefined;
}

/** Writes a body; the JSON before binary tensors is padded, so that the first of them is read without a copy. */
export function writeTensorBody(
  header: Readonly<Record<string, unknown>>,
  list: TensorList,
  tensors: readonly (Tensor & { readonly isBinary?: boolean })[],
): WrittenTensors {
  const parts: Uint8Array[] = [];
  const entries = tensors.map((tensor) => {
    const { name, shape, datatype, parameters } = tensor;
    if (tensor.isBinary !== true) {
      const entry = JSON.stringify({ name, shape, datatype, parameters });
      return `${entry.slice(0, -1)},"data":${dataText(tensor)}}`;
    }
    const bytes = binaryOf(tensor);
    parts.push(bytes);
    return JSON.stringify({ name, shape, datatype, parameters: { ...parameters, binary_data_size: bytes.length } });
  });
  const before = JSON.stringify({ ...header, [list]: [] }).slice(0, -2);
  const text = `${before}${entries.join(",")}]}`;
  if (parts.length === 0) return { body: Buffer.from(text), headerBytes: undefined };
  const sizeBytes = Buffer.byteLength(text);
  const headerBytes = Math.ceil(sizeBytes / 8) * 8;
  const json = Buffer.from(text + " ".repeat(headerBytes - sizeBytes));
  return { body: Buffer.concat([json, ...parts]), headerBytes };
}

function dataText(tensor: Tensor): string {
  if (tensor.datatype === "BYTES") {
    const isBase64 = tensor.parameters?.content_type === "base64";
    return JSON.stringify(tensor.data.map((one) => (isBase64 && one !== null ? base64Of(one) : textOf(one))));
  }
  const { datatype, data } = tensor;
  // The digits of a bigint are JSON as they stand.
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return `[${data.join(",")}]`;
  const numbers = Array.from<number>(data);
  return JSON.stringify(datatype === "BOOL" ? numbers.map((one) => one !== 0) : numbers);
}

function binaryOf(tensor: Tensor): Uint8Array {
  if (tensor.datatype !== "BYTES") return bytesOf(tensor.datatype, tensor.data);
  const texts = tensor.data.map((one) => (one instanceof Uint8Array ? one : Buffer.from(one ?? "")));
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const text of texts) {
    bytes.writeUInt32LE(text.length, at);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

const base64Of = (one: string | Uint8Array): string =>
  (typeof one === "string" ? Buffer.from(one) : Buffer.from(one.buffer, one.byteOffset, one.length)).toString("base64");

/** A text element as a string. @throws tensor.invalid where its bytes are no UTF-8 */
export function textOf(one: TensorText): string | null {
  if (one === null || typeof one === "string") return one;
  if (!isUtf8(one)) throw invalid("the bytes of a text are not UTF-8");
  return Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString("utf8");
}
