import { type KernelMemory, webAssembly } from "./web-assembly.ts";

// The inner loop of training as one small WebAssembly function. In plain JavaScript it took two thirds of all time; one vector
// instruction adds a row's gradient and Hessian together, which JavaScript cannot say, and takes a third of that.
// What it does, with addresses in bytes and cells of two doubles:
//
//   do {
//     word = u32[words + 4 * i32[row]];  pair = f64x2(f32x2[pairs])
//     for lane in 0..3: f64x2[cells of lane + 16 * byte `lane` of word] += pair
//     pairs += 8;  row += 4
//   } while (row < rowsEnd)

/** Adds rows to the cells of four columns. All arguments are byte addresses in the training memory. */
export type HistogramKernel = (
  rows: number,
  rowsEnd: number,
  words: number,
  pairs: number,
  first: number,
  second: number,
  third: number,
  fourth: number,
) => void;

const type = { i32: 0x7f, v128: 0x7b, function: 0x60 } as const;
const [rows, rowsEnd, words, pairs, first, second, third, fourth, word, pair, cell] = Array(11).keys();

const get = (local = 0): number[] => [0x20, local];
const set = (local = 0): number[] => [0x21, local];
const tee = (local = 0): number[] => [0x22, local];
const int = (value: number): number[] => [0x41, ...signed(value)];
const add = 0x6a;
const and = 0x71;
const shiftLeft = 0x74;
const shiftRight = 0x76;
const lessUnsigned = 0x49;
const loadInt = [0x28, 2, 0];
const loadPair = [0xfd, 0x5d, 3, 0];
const toDoubles = [0xfd, 0x5f];
const loadCell = [0xfd, 0x00, 4, 0];
const addCells = [0xfd, 0xf0, 0x01];
const storeCell = [0xfd, 0x0b, 4, 0];
const loop = [0x03, 0x40];
const againIf = [0x0d, 0];
const end = 0x0b;

/** Numbers in the format's variable length, seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

/** Adds the pair to the cell that the word's byte names; the shift turns the byte into 16 times itself. */
const addLane = (cells: number | undefined, shift: readonly number[]): number[] =>
  [
    [...get(cells), ...get(word), ...shift, ...int(0xff0), and, add],
    [...tee(cell), ...get(cell), ...loadCell],
    [...get(pair), ...addCells, ...storeCell],
  ].flat();

const advance = (address: number | undefined, bytes: number): number[] => [...get(address), ...int(bytes), add];

/** Three kinds of locals beyond the arguments: the word, the pair, the address of a cell. */
const locals = [3, 1, type.i32, 1, type.v128, 1, type.i32];

const body = [
  [...locals, ...loop],
  [...get(words), ...get(rows), ...loadInt, ...int(2), shiftLeft, add, ...loadInt, ...set(word)],
  [...get(pairs), ...loadPair, ...toDoubles, ...set(pair)],
  addLane(first, [...int(4), shiftLeft]),
  addLane(second, [...int(4), shiftRight]),
  addLane(third, [...int(12), shiftRight]),
  addLane(fourth, [...int(20), shiftRight]),
  [...advance(pairs, 8), ...set(pairs)],
  [...advance(rows, 4), ...tee(rows), ...get(rowsEnd), lessUnsigned, ...againIf],
  [end, end],
].flat();

const text = (name: string): number[] => [name.length, ...Buffer.from(name, "latin1")];
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];

/** The format's name, its version, and the sections: types, imports, functions, exports, code. */
const moduleBytes = Uint8Array.from(
  [
    [...Buffer.from("\0asm", "latin1"), 1, 0, 0, 0],
    section(1, [1, type.function, 8, ...Array(8).fill(type.i32), 0]),
    section(2, [1, ...text("training"), ...text("memory"), 2, 0, 0]),
    section(3, [1, 0]),
    section(7, [1, ...text("add"), 0, 0]),
    section(10, [1, ...unsigned(body.length), ...body]),
  ].flat(),
);

let compiled: object | undefined;

/**
 * The kernel over a training's memory. Rows are added one by one in their order, as a plain loop would: sums are the same to the bit.
 * @source WebAssembly Core Specification 2.0 (binary format; vector instructions)
 */
export function createHistogramKernel(memory: KernelMemory): HistogramKernel {
  compiled ??= new webAssembly.Module(moduleBytes);
  return new webAssembly.Instance(compiled, { training: { memory } }).exports.add as HistogramKernel;
}
