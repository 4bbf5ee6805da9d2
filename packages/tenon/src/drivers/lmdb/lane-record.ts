import type { LaneHead } from "../../engine/window/lane.ts";

/** A lane's head as numbers: `[next page, sealed max time, floor, row …]`. */
export const headNumbers = 3;

export function writeHead(head: LaneHead, stride: number): Float64Array {
  const numbers = new Float64Array(headNumbers + head.rowCount * stride);
  numbers[0] = head.nextPage;
  numbers[1] = head.sealedMaxTime;
  numbers[2] = head.floor;
  numbers.set(head.rows.subarray(0, head.rowCount * stride), headNumbers);
  return numbers;
}

export const readHead = (numbers: Float64Array, stride: number): LaneHead => ({
  nextPage: numbers[0],
  sealedMaxTime: numbers[1],
  floor: numbers[2],
  rows: numbers.subarray(headNumbers),
  rowCount: (numbers.length - headNumbers) / stride,
});

/** The bytes of numbers, as LMDB takes them. */
export const bytesOf = (numbers: Float64Array): Buffer =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** A copy of stored bytes as numbers. LMDB lends one large buffer and sets its `length` to the value's. */
export const numbersOf = (bytes: Uint8Array): Float64Array => {
  const numbers = new Float64Array(bytes.length / 8);
  new Uint8Array(numbers.buffer).set(bytes.subarray(0, bytes.length));
  return numbers;
};
