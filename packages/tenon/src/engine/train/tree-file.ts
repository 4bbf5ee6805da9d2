import { createHash } from "node:crypto";
import { TenonError } from "../../base/error.ts";
import { canonicalJson } from "../../base/hash.ts";
import { checkTreeModel, readTreeHead, type TreeCounts } from "./tree-check.ts";
import { nodeKind, type TreeModel, treeCount } from "./tree-model.ts";

// The file, all numbers little-endian:
//   8 bytes   "TNNTREES"
//   uint32    version of this layout, 1
//   uint32    bytes of the head, a multiple of 8
//   head      JSON: task, columns, outputs, about, and `counts` of trees, nodes, leaves and set words; blanks at its end
//   arrays    in the order of `layout` below, each filled up with zeros to a multiple of 8 bytes
//   32 bytes  SHA-256 of everything before
// Equal models give equal bytes: the head's keys are sorted, and the threshold of a category node is written as 0.

const magic = Buffer.from("TNNTREES", "latin1");
const layoutVersion = 1;
const headBegin = 16;
const digestLength = 32;

type ArrayName = Exclude<keyof TreeModel, "task" | "columns" | "outputs" | "about">;
type NumberType = "f64" | "i32" | "u32" | "u8";

const bytesOf = { f64: 8, i32: 4, u32: 4, u8: 1 } as const;

/** Every array with its type and its length. */
const layout: readonly (readonly [ArrayName, NumberType, (counts: TreeCounts) => number])[] = [
  ["baseScore", "f64", (n) => n.outputs],
  ["threshold", "f64", (n) => n.nodes],
  ["gain", "f64", (n) => n.nodes],
  ["leafValue", "f64", (n) => n.leaves],
  ["nodeStart", "i32", (n) => n.trees + 1],
  ["leafStart", "i32", (n) => n.trees + 1],
  ["column", "i32", (n) => n.nodes],
  ["left", "i32", (n) => n.nodes],
  ["right", "i32", (n) => n.nodes],
  ["setStart", "i32", (n) => n.nodes],
  ["setLength", "i32", (n) => n.nodes],
  ["nodeRows", "i32", (n) => n.nodes],
  ["leafRows", "i32", (n) => n.leaves],
  ["sets", "u32", (n) => n.setWords],
  ["kind", "u8", (n) => n.nodes],
];

const roundUp8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** The model as the bytes of one file, the same bytes for the same model. */
export function encodeTreeModel(model: TreeModel): Buffer {
  const { task, columns, outputs, about } = model;
  const counts = {
    trees: treeCount(model),
    nodes: model.column.length,
    leaves: model.leafValue.length,
    setWords: model.sets.length,
  };
  const json = Buffer.from(canonicalJson({ task, columns, outputs, about, counts }));
  const headLength = roundUp8(json.length);
  const arraysLength = layout.reduce(
    (sum, [, type, length]) => sum + roundUp8(length({ ...counts, outputs }) * bytesOf[type]),
    0,
  );
  const file = Buffer.alloc(headBegin + headLength + arraysLength + digestLength);
  magic.copy(file);
  file.writeUInt32LE(layoutVersion, 8);
  file.writeUInt32LE(headLength, 12);
  file.fill(" ", headBegin, headBegin + headLength);
  json.copy(file, headBegin);
  let at = headBegin + headLength;
  for (const [name, type] of layout) at = writeArray(file, at, { type, values: model[name] });
  createHash("sha256").update(file.subarray(0, at)).digest().copy(file, at);
  return file;
}

function writeArray(file: Buffer, begin: number, o: { type: NumberType; values: ArrayLike<number> }): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = bytesOf[o.type];
  for (let i = 0; i < o.values.length; i++) {
    const value = o.values[i]!;
    const at = begin + i * size;
    if (o.type === "f64") view.setFloat64(at, Number.isNaN(value) ? 0 : value, true);
    else if (o.type === "i32") view.setInt32(at, value, true);
    else if (o.type === "u32") view.setUint32(at, value, true);
    else view.setUint8(at, value);
  }
  return begin + roundUp8(o.values.length * size);
}

/**
 * The model of a file. Everything is checked, so that a scorer can read it without checks of its own.
 * @throws {TenonError} `data.newer` for a later layout, `data.corrupt` for anything else that is not a whole model
 */
export function decodeTreeModel(file: Uint8Array): TreeModel {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const refuse = (found: string): never => {
    throw new TenonError("data.corrupt", `The tree model file cannot be read: ${found}.`);
  };
  if (bytes.length < headBegin + digestLength || !bytes.subarray(0, magic.length).equals(magic)) {
    return refuse(`its ${bytes.length} bytes do not begin as one`);
  }
  const version = bytes.readUInt32LE(8);
  if (version > layoutVersion) {
    throw new TenonError(
      "data.newer",
      `The tree model file has layout ${version}, this program reads layout ${layoutVersion}.`,
    );
  }
  const end = bytes.length - digestLength;
  if (!createHash("sha256").update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end))) {
    return refuse("its SHA-256 does not match its content");
  }
  const headEnd = headBegin + bytes.readUInt32LE(12);
  if (version !== layoutVersion || headEnd > end || headEnd % 8 !== 0) return refuse(`its head ends at ${headEnd}`);
  const { counts, ...head } = readTreeHead(bytes.toString("utf8", headBegin, headEnd), refuse);
  const arrays: Partial<Record<ArrayName, Float64Array | Int32Array | Uint32Array | Uint8Array>> = {};
  let at = headEnd;
  for (const [name, type, length] of layout) {
    const next = at + roundUp8(length(counts) * bytesOf[type]);
    if (next > end) return refuse(`it ends within the array ${name}`);
    arrays[name] = readArray(bytes, at, { type, length: length(counts) });
    at = next;
  }
  if (at !== end) return refuse(`${end - at} bytes follow its arrays`);
  const model = { ...head, ...arrays } as TreeModel;
  for (let node = 0; node < counts.nodes; node++) {
    if (model.kind[node] === nodeKind.category) model.threshold[node] = Number.NaN;
  }
  checkTreeModel(model, refuse);
  return model;
}

function readArray(file: Buffer, begin: number, { type, length }: { type: NumberType; length: number }) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (type === "f64") return Float64Array.from({ length }, (_, i) => view.getFloat64(begin + i * 8, true));
  if (type === "i32") return Int32Array.from({ length }, (_, i) => view.getInt32(begin + i * 4, true));
  if (type === "u32") return Uint32Array.from({ length }, (_, i) => view.getUint32(begin + i * 4, true));
  return Uint8Array.from({ length }, (_, i) => view.getUint8(begin + i));
}
