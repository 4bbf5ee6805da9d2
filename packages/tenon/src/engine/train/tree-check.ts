import { isRecord } from "../../base/record.ts";
import { nodeKind, type TreeColumn, type TreeModel, treeCount } from "./tree-model.ts";

/** How much of everything a model file holds. */
export interface TreeCounts {
  readonly outputs: number;
  readonly trees: number;
  readonly nodes: number;
  readonly leaves: number;
  readonly setWords: number;
}

/** Throws; called with what was found. */
export type Refuse = (found: string) => never;

type TreeHead = Pick<TreeModel, "task" | "columns" | "outputs" | "about"> & { readonly counts: TreeCounts };

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31 - 1;

const isColumn = (value: unknown): value is TreeColumn =>
  isRecord(value) &&
  typeof value.name === "string" &&
  (value.kind === "number" || value.kind === "category") &&
  (value.categories === undefined ||
    (Array.isArray(value.categories) && value.categories.every((category) => typeof category === "string")));

/** Reads the head of a model file. */
export function readTreeHead(json: string, refuse: Refuse): TreeHead {
  let head: unknown;
  try {
    head = JSON.parse(json);
  } catch {
    return refuse("its head is not JSON");
  }
  if (!isRecord(head)) return refuse("its head is not an object");
  const { task, columns, outputs, about, counts } = head;
  if (task !== "binary" && task !== "regression") return refuse(`its task is ${JSON.stringify(task)}`);
  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(isColumn))
    return refuse("its columns are not columns");
  if (outputs !== 1) return refuse(`its number of outputs is ${JSON.stringify(outputs)}`);
  if (!isRecord(about)) return refuse("what it tells about itself is not an object");
  if (!isRecord(counts)) return refuse("its counts are missing");
  const { trees, nodes, leaves, setWords } = counts;
  if (!isCount(trees) || !isCount(nodes) || !isCount(leaves) || !isCount(setWords))
    return refuse("its counts are not counts");
  return { task, columns, outputs, about, counts: { outputs, trees, nodes, leaves, setWords } };
}

/** Checks that every number of a model is finite and that its trees are trees. */
export function checkTreeModel(model: TreeModel, refuse: Refuse): void {
  const { baseScore, gain, leafValue, nodeRows, leafRows } = model;
  for (const [name, values] of Object.entries({ baseScore, gain, leafValue })) {
    if (!values.every(Number.isFinite)) refuse(`${name} holds a number that is not finite`);
  }
  for (const [name, values] of Object.entries({ nodeRows, leafRows })) {
    if (values.some((rows) => rows < 0)) refuse(`${name} holds a number below 0`);
  }
  checkStarts(model, refuse);
  for (let node = 0; node < model.column.length; node++) checkNode(model, node, refuse);
  for (let tree = 0; tree < treeCount(model); tree++) checkChildren(model, tree, refuse);
}

function checkStarts({ nodeStart, leafStart, column, leafValue }: TreeModel, refuse: Refuse): void {
  const trees = nodeStart.length - 1;
  if (nodeStart[0] !== 0 || leafStart[0] !== 0) refuse("its first tree does not begin at 0");
  if (nodeStart[trees] !== column.length || leafStart[trees] !== leafValue.length)
    refuse("its last tree ends elsewhere");
  for (let tree = 0; tree < trees; tree++) {
    const nodes = nodeStart[tree + 1]! - nodeStart[tree]!;
    const leaves = leafStart[tree + 1]! - leafStart[tree]!;
    if (nodes < 0 || leaves !== nodes + 1) refuse(`tree ${tree} has ${nodes} nodes and ${leaves} leaves`);
  }
}

function checkNode(
  { columns, column, kind, threshold, setStart, setLength, sets }: TreeModel,
  node: number,
  refuse: Refuse,
): void {
  const read = columns[column[node]!];
  if (read === undefined) refuse(`node ${node} reads column ${column[node]}`);
  const isCategory = kind[node] === nodeKind.category;
  if (kind[node]! > nodeKind.category || isCategory !== (read.kind === "category")) {
    refuse(`node ${node} is of kind ${kind[node]}, its column ${read.name} is a ${read.kind}`);
  }
  if (!isCategory && Number.isNaN(threshold[node])) refuse(`node ${node} has no threshold`);
  const begin = setStart[node]!;
  const length = setLength[node]!;
  if (begin < 0 || length < 0 || begin + length > sets.length || (length > 0 && !isCategory)) {
    refuse(`node ${node} has its set from ${begin}, ${length} words long`);
  }
}

/** Every node but the root, and every leaf, is the child of exactly one node, which comes before it. */
function checkChildren({ nodeStart, leafStart, left, right }: TreeModel, tree: number, refuse: Refuse): void {
  const firstNode = nodeStart[tree]!;
  const endNode = nodeStart[tree + 1]!;
  const firstLeaf = leafStart[tree]!;
  const endLeaf = leafStart[tree + 1]!;
  if (firstNode === endNode) return;
  const seen = new Uint8Array(endNode - firstNode + endLeaf - firstLeaf);
  for (let node = firstNode; node < endNode; node++) {
    for (const child of [left[node]!, right[node]!]) {
      const inside = child >= 0 ? child > node && child < endNode : ~child >= firstLeaf && ~child < endLeaf;
      if (!inside) refuse(`node ${node} has child ${child}`);
      const place = child >= 0 ? child - firstNode : endNode - firstNode + (~child - firstLeaf);
      if (seen[place] === 1) refuse(`child ${child} has two parents`);
      seen[place] = 1;
    }
  }
}
