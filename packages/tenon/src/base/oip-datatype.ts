/// <reference lib="es2025.float16" />

/** Bytes of one element by the protocol's name; a text has its own length before it. */
export const datatypeSizeBytes = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: undefined,
} as const satisfies Readonly<Record<string, number | undefined>>;

export type Datatype = keyof typeof datatypeSizeBytes;
export type NumericDatatype = Exclude<Datatype, "BYTES">;

/** A text as it came: of JSON a string, of binary its bytes. JSON alone can say that there is none. */
export type TensorText = string | Uint8Array | null;

export type NumericData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** Elements in row-major order. BF16 is widened to Float32Array, the rest is as it is sent; BOOL is 0 or 1. */
export type TensorData = NumericData | readonly TensorText[];

export const isDatatype = (name: unknown): name is Datatype =>
  typeof name === "string" && Object.hasOwn(datatypeSizeBytes, name);

type View = (buffer: ArrayBufferLike, at: number, count: number) => NumericData;

const views: Readonly<Record<NumericDatatype, View>> = {
  BOOL: (buffer, at, count) => new Uint8Array(buffer, at, count),
  UINT8: (buffer, at, count) => new Uint8Array(buffer, at, count),
  UINT16: (buffer, at, count) => new Uint16Array(buffer, at, count),
  UINT32: (buffer, at, count) => new Uint32Array(buffer, at, count),
  UINT64: (buffer, at, count) => new BigUint64Array(buffer, at, count),
  INT8: (buffer, at, count) => new Int8Array(buffer, at, count),
  INT16: (buffer, at, count) => new Int16Array(buffer, at, count),
  INT32: (buffer, at, count) => new Int32Array(buffer, at, count),
  INT64: (buffer, at, count) => new BigInt64Array(buffer, at, count),
  FP16: (buffer, at, count) => new Float16Array(buffer, at, count),
  BF16: (buffer, at, count) => widened(new Uint16Array(buffer, at, count)),
  FP32: (buffer, at, count) => new Float32Array(buffer, at, count),
  FP64: (buffer, at, count) => new Float64Array(buffer, at, count),
};

/** Elements of little-endian bytes: a view where these lie aligned, a copy else. */
export function viewOf(datatype: NumericDatatype, bytes: Uint8Array): NumericData {
  const sizeBytes = datatypeSizeBytes[datatype];
  const aligned = bytes.byteOffset % sizeBytes === 0 ? bytes : new Uint8Array(bytes);
  return views[datatype](aligned.buffer, aligned.byteOffset, bytes.length / sizeBytes);
}

/** The bytes of elements as they are sent. */
export function bytesOf(datatype: NumericDatatype, data: NumericData): Uint8Array {
  if (datatype === "BF16" && data instanceof Float32Array) return narrowed(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** BF16 is the upper half of a float. */
function widened(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/** To the nearest, ties to even; NaN stays one. */
function narrowed(data: Float32Array): Uint8Array {
  const bits = new Uint32Array(data.slice().buffer);
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < halves.length; i++) {
    const bit = bits[i]!;
    halves[i] = Number.isNaN(data[i]) ? 0x7fc0 : (bit + 0x7fff + ((bit >>> 16) & 1)) >>> 16;
  }
  return new Uint8Array(halves.buffer);
}

const rounded: Readonly<Record<string, (value: number) => number>> = {
  FP16: Math.f16round,
  BF16: Math.fround,
  FP32: Math.fround,
  FP64: (value) => value,
};

/** Values of JSON as the array of a type holds them, or the place of the first that is none of that type. */
export function elementsOf(
  datatype: NumericDatatype,
  values: readonly unknown[],
): { readonly data: NumericData } | { readonly wrong: number } {
  const round = rounded[datatype];
  if (round !== undefined) return filled(datatype, values, (value) => floatOf(value, round));
  if (datatype === "BOOL") return filled(datatype, values, flagOf);
  const bits = 8 * datatypeSizeBytes[datatype];
  const isUnsigned = datatype.startsWith("U");
  if (bits === 64) return bigElementsOf(values, isUnsigned);
  const min = isUnsigned ? 0 : -(2 ** (bits - 1));
  const max = min + 2 ** bits - 1;
  const isWithin = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  return filled(datatype, values, (value) => (isWithin(value) ? value : undefined));
}

const flagOf = (value: unknown): number | undefined =>
  value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : undefined;

/** JSON has no NaN: it is null there. */
function floatOf(value: unknown, round: (value: number) => number): number | undefined {
  if (value === null) return Number.NaN;
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(round(number)) ? number : undefined;
}

function filled(
  datatype: NumericDatatype,
  values: readonly unknown[],
  elementOf: (value: unknown) => number | undefined,
): { readonly data: NumericData } | { readonly wrong: number } {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    const element = elementOf(values[i]);
    if (element === undefined) return { wrong: i };
    numbers[i] = element;
  }
  return { data: arrayOf(datatype, numbers) };
}

function arrayOf(datatype: NumericDatatype, numbers: Float64Array): NumericData {
  const data =
    datatype === "BF16"
      ? new Float32Array(numbers.length)
      : viewOf(datatype, new Uint8Array(numbers.length * datatypeSizeBytes[datatype]));
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) data.set(numbers);
  return data;
}

function bigElementsOf(
  values: readonly unknown[],
  isUnsigned: boolean,
): { readonly data: NumericData } | { readonly wrong: number } {
  const data = isUnsigned ? new BigUint64Array(values.length) : new BigInt64Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i];
    const exact =
      typeof value === "bigint"
        ? value
        : typeof value === "number" && Number.isSafeInteger(value)
          ? BigInt(value)
          : undefined;
    if (exact === undefined || (isUnsigned ? BigInt.asUintN(64, exact) : BigInt.asIntN(64, exact)) !== exact)
      return { wrong: i };
    data[i] = exact;
  }
  return { data };
}
