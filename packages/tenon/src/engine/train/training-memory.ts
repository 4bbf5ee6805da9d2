import { TenonError } from "../../base/error.ts";
import { type SharedMemory, webAssembly } from "./web-assembly.ts";

const pageBytes = 65_536;

/** Bytes that one training may keep for bins, rows, derivatives and histograms: what 32-bit addresses reach. */
export const trainingBytesMax = 2 ** 32 - pageBytes;

/** Each array begins at a multiple of this, the length of a cache line. */
const alignment = 64;

/** Memory that the histogram kernel reads and writes. It is freed with the last reference to it. */
export interface TrainingMemory {
  readonly memory: SharedMemory;
  int32(length: number): Int32Array;
  uint32(length: number): Uint32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
}

/** Empty memory that grows with each array that is taken from it. */
export function createTrainingMemory(): TrainingMemory {
  const memory = new webAssembly.Memory({ initial: 1, maximum: trainingBytesMax / pageBytes, shared: true });
  let used = 0;
  const take = (bytes: number): number => {
    const begin = used;
    used = Math.ceil((used + bytes) / alignment) * alignment;
    if (used > trainingBytesMax) {
      throw new TenonError("input.invalid", `The training would take ${used} bytes, at most ${trainingBytesMax} are used: take fewer rows, columns or leaves.`);
    }
    const missing = used - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return begin;
  };
  // The buffer is asked for after memory has grown: the one before ends where memory ended then.
  return {
    memory,
    int32(length) {
      const begin = take(length * 4);
      return new Int32Array(memory.buffer, begin, length);
    },
    uint32(length) {
      const begin = take(length * 4);
      return new Uint32Array(memory.buffer, begin, length);
    },
    float32(length) {
      const begin = take(length * 4);
      return new Float32Array(memory.buffer, begin, length);
    },
    float64(length) {
      const begin = take(length * 8);
      return new Float64Array(memory.buffer, begin, length);
    },
  };
}
