import { createNumberTrees, together } from "../train/number-trees.ts";
import type { RowScorer } from "./row-scorer.ts";
import { areNumberSplits, splitKind, type TreeEnsemble, zeroMax } from "./tree-ensemble.ts";

/** Scores rows with trees that another library grew. The ensemble must be one that the builder returned: nothing is checked here. */
export function createEnsembleScorer(ensemble: TreeEnsemble): RowScorer {
  const { width, outputs, isSingle, start, divisor, scale, bias, leafValue, leafWidth, treeOutput } = ensemble;
  const trees = treeOutput.length;
  const isNumberBlock = numberBlocks(ensemble);
  const hasNumberBlock = isNumberBlock.includes(1);
  const numberTrees = createNumberTrees({ ...ensemble, columns: { length: width } });
  const leafOf = createLeafWalk(ensemble);
  const leaves = new Int32Array(together);

  const addLeaf = (leaf: number, output: number, to: Float64Array): void => {
    for (let i = 0, from = leaf * leafWidth; i < leafWidth; i++) {
      const sum = to[output + i]! + leafValue[from + i]!;
      to[output + i] = isSingle ? Math.fround(sum) : sum;
    }
  };
  const addNumberBlock = (tree: number, to: Float64Array): void => {
    if (outputs === 1 && !isSingle) {
      to[0] = numberTrees.add(to[0]!, tree, tree + together);
      return;
    }
    numberTrees.leaves(tree, leaves);
    for (let i = 0; i < together; i++) addLeaf(leaves[i]!, treeOutput[tree + i]!, to);
  };
  return {
    width,
    outputs,
    scoreRow(row, to) {
      for (let output = 0; output < outputs; output++) to[output] = start[output]!;
      if (hasNumberBlock) numberTrees.take(row);
      for (let block = 0, tree = 0; tree < trees; block++, tree += together) {
        const end = Math.min(trees, tree + together);
        if (isNumberBlock[block] === 1) addNumberBlock(tree, to);
        else for (let t = tree; t < end; t++) addLeaf(leafOf(t, row), treeOutput[t]!, to);
      }
      for (let output = 0; output < outputs; output++) {
        const score = (to[output]! / divisor) * scale + bias[output]!;
        to[output] = isSingle ? Math.fround(score) : score;
      }
    },
  };
}

/** Four by four, whether trees decide by numbers alone: the kernel takes four at once, the rest is walked one by one. */
function numberBlocks({ nodeStart, kind, treeOutput }: TreeEnsemble): Uint8Array {
  const trees = treeOutput.length;
  return Uint8Array.from({ length: Math.ceil(trees / together) }, (_, block) => {
    const begin = block * together;
    const end = begin + together;
    return Number(end <= trees && areNumberSplits(kind, nodeStart[begin]!, nodeStart[end]!));
  });
}

/** Returns a function that gives the leaf of one tree, whatever its splits are. */
function createLeafWalk(ensemble: TreeEnsemble) {
  const { column, threshold, left, right, kind, nodeStart, leafStart } = ensemble;
  const { sets, setStart, setLength } = ensemble;

  const hasCategory = (node: number, value: number): boolean => {
    if (!(value >= 0 && value < setLength[node]! * 32)) return false;
    return ((sets[setStart[node]! + (value >>> 5)]! >>> (value & 31)) & 1) === 1;
  };
  const goesLeft = (node: number, value: number): boolean => {
    const how = kind[node]!;
    const missingLeft = (how & 1) === 1;
    if (Number.isNaN(value)) return missingLeft;
    if (how <= splitKind.numberMissingLeft) return value <= threshold[node]!;
    if (how <= splitKind.categoryMissingLeft) return hasCategory(node, value);
    if (how > splitKind.zeroMissingLeft) return value === threshold[node]!;
    return Math.abs(value) <= zeroMax ? missingLeft : value <= threshold[node]!;
  };

  return (tree: number, row: Float64Array): number => {
    const first = nodeStart[tree]!;
    if (first === nodeStart[tree + 1]) return leafStart[tree]!;
    let node = first;
    while (node >= 0) node = goesLeft(node, row[column[node]!]!) ? left[node]! : right[node]!;
    return ~node;
  };
}
