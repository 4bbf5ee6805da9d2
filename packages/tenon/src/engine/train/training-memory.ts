import { TenonError } from "../../base/error.ts";
import { type KernelMemory, webAssembly } from "./web-assembly.ts";

const pageBytes = 65_536;

/** Bytes that one training may keep for bins, rows, derivatives and histograms: what 32-bit addresses reach. */
const trainingBytesMax = 2 ** 32 - pageBytes;

/** Each array begins at a multiple of this, the length of a cache line. */
const alignment = 64;

/** How much room a training needs. */
export interface TrainingRoom {
  /** Words of packed bins. */
  readonly words: number;
  /** Rows that are learned from. */
  readonly rows: number;
  /** Doubles of all histograms. */
  readonly cells: number;
}

/** The arrays that the histogram kernel reads and writes, in one piece of memory that is freed with the last of them. */
export interface TrainingMemory {
  readonly memory: KernelMemory;
  /** The bins of the table. */
  readonly packed: Uint32Array;
  /** The rows of the tree that grows, grouped by leaf. */
  readonly rows: Int32Array;
  /** First and second derivatives of one leaf's rows, in turns. */
  readonly pairs: Float32Array;
  /** The histograms of the leaves, one after another. */
  readonly histograms: Float64Array;
}

/** @throws {TenonError} `input.invalid` when the training is too large */
export function createTrainingMemory({ words, rows, cells }: TrainingRoom): TrainingMemory {
  let bytes = 0;
  const take = (size: number): number => {
    const begin = bytes;
    bytes = Math.ceil((bytes + size) / alignment) * alignment;
    return begin;
  };
  const begin = { packed: take(words * 4), rows: take(rows * 4), pairs: take(rows * 8), histograms: take(cells * 8) };
  if (bytes > trainingBytesMax) {
    throw new TenonError(
      "input.invalid",
      `The training would take ${bytes} bytes, at most ${trainingBytesMax} are used: take fewer rows, columns or leaves.`,
    );
  }
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
  return {
    memory,
    packed: new Uint32Array(memory.buffer, begin.packed, words),
    rows: new Int32Array(memory.buffer, begin.rows, rows),
    pairs: new Float32Array(memory.buffer, begin.pairs, rows * 2),
    histograms: new Float64Array(memory.buffer, begin.histograms, cells),
  };
}
