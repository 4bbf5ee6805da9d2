import type { BinnedTable } from "./binned-table.ts";
import type { BinnedNode, BinnedTree } from "./tree-grower.ts";
import { nodeKind, type TreeModel } from "./tree-model.ts";

/** Collects trees and lays them out as one model. */
export interface TreeModelBuilder {
  /** Adds a tree that was grown over bins. */
  add(tree: BinnedTree): void;
  /** The model of the first `trees` trees. */
  build(trees: number, head: Pick<TreeModel, "task" | "columns" | "outputs" | "baseScore" | "about">): TreeModel;
}

export function createTreeModelBuilder(table: BinnedTable): TreeModelBuilder {
  const nodeStart = [0];
  const leafStart = [0];
  const column: number[] = [];
  const kind: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const setStart: number[] = [];
  const setLength: number[] = [];
  const sets: number[] = [];
  const setEnd = [0];
  const gain: number[] = [];
  const nodeRows: number[] = [];
  const leafValue: number[] = [];
  const leafRows: number[] = [];

  const addNode = (node: BinnedNode, firstNode: number, firstLeaf: number): void => {
    const cut = table.columns[node.lane]!;
    const child = (at: number): number => (at >= 0 ? at + firstNode : ~(~at + firstLeaf));
    column.push(cut.index);
    left.push(child(node.left));
    right.push(child(node.right));
    gain.push(node.gain);
    nodeRows.push(node.rows);
    if (cut.kind === "number") {
      kind.push(node.missingLeft ? nodeKind.numberMissingLeft : nodeKind.numberMissingRight);
      threshold.push(cut.bounds[node.bin]!);
      setStart.push(0);
      setLength.push(0);
      return;
    }
    const words = setOfCodes(node.goesLeft, cut.codeOfBin);
    kind.push(nodeKind.category);
    threshold.push(Number.NaN);
    setStart.push(sets.length);
    setLength.push(words.length);
    sets.push(...words);
  };

  return {
    add({ nodes, leaves }) {
      const firstNode = column.length;
      const firstLeaf = leafValue.length;
      for (const node of nodes) addNode(node, firstNode, firstLeaf);
      for (const leaf of leaves) {
        leafValue.push(leaf.value);
        leafRows.push(leaf.end - leaf.begin);
      }
      nodeStart.push(column.length);
      leafStart.push(leafValue.length);
      setEnd.push(sets.length);
    },
    build(trees, head) {
      const nodes = nodeStart[trees]!;
      const leaves = leafStart[trees]!;
      return {
        ...head,
        nodeStart: Int32Array.from(nodeStart.slice(0, trees + 1)),
        leafStart: Int32Array.from(leafStart.slice(0, trees + 1)),
        column: Int32Array.from(column.slice(0, nodes)),
        kind: Uint8Array.from(kind.slice(0, nodes)),
        threshold: Float64Array.from(threshold.slice(0, nodes)),
        left: Int32Array.from(left.slice(0, nodes)),
        right: Int32Array.from(right.slice(0, nodes)),
        setStart: Int32Array.from(setStart.slice(0, nodes)),
        setLength: Int32Array.from(setLength.slice(0, nodes)),
        sets: Uint32Array.from(sets.slice(0, setEnd[trees]!)),
        gain: Float64Array.from(gain.slice(0, nodes)),
        nodeRows: Int32Array.from(nodeRows.slice(0, nodes)),
        leafValue: Float64Array.from(leafValue.slice(0, leaves)),
        leafRows: Int32Array.from(leafRows.slice(0, leaves)),
      };
    },
  };
}

/** The codes of the bins that go left, one bit each, as short as the greatest code allows. */
function setOfCodes(goesLeft: Uint8Array, codeOfBin: Int32Array): number[] {
  const words: number[] = [];
  for (let bin = 1; bin < codeOfBin.length; bin++) {
    if (goesLeft[bin] !== 1) continue;
    const code = codeOfBin[bin]!;
    while (words.length <= code >>> 5) words.push(0);
    words[code >>> 5] = (words[code >>> 5]! | (1 << (code & 31))) >>> 0;
  }
  return words;
}
