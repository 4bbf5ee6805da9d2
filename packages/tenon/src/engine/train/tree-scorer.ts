import { createNumberTrees, together } from "./number-trees.ts";
import { nodeKind, type TreeModel, treeCount } from "./tree-model.ts";

/** Scores rows. It allocates nothing per row. */
export interface TreeScorer {
  /** The raw score: log odds of a binary task, the value of a regression. Missing values are NaN. */
  scoreRow(features: Float64Array): number;
  /** The prediction: a probability of a binary task, the value of a regression. */
  predictRow(features: Float64Array): number;
  /** Predictions of many rows that lie in columns, written to `to` when it is given. */
  predictColumns(columns: readonly Float64Array[], rowCount: number, to?: Float64Array): Float64Array;
}

/**
 * A scorer of one model. The model must be one that `trainTrees` or `decodeTreeModel` returned: nothing is checked here.
 * A value beyond a category column's codes counts as a category that training never saw.
 */
export function createTreeScorer(model: TreeModel): TreeScorer {
  const walkCategories = createCategoryWalk(model);
  const numberTrees = createNumberTrees(model);
  const base = model.baseScore[0]!;
  const runs = runsOf(model);

  const scoreRow = (features: Float64Array): number => {
    numberTrees.take(features);
    let sum = base;
    for (let run = 0, begin = 0; run < runs.length; run++) {
      const end = Math.abs(runs[run]!);
      sum = runs[run]! > 0 ? numberTrees.add(sum, begin, end) : walkCategories(features, sum, begin, end);
      begin = end;
    }
    return sum;
  };
  const link = model.task === "binary" ? (score: number) => 1 / (1 + Math.exp(-score)) : (score: number) => score;
  return {
    scoreRow,
    predictRow: (features) => link(scoreRow(features)),
    predictColumns(columns, rowCount, to = new Float64Array(rowCount)) {
      const row = new Float64Array(columns.length);
      for (let i = 0; i < rowCount; i++) {
        for (let c = 0; c < columns.length; c++) row[c] = columns[c]![i]!;
        to[i] = link(scoreRow(row));
      }
      return to;
    },
  };
}

/**
 * Where runs of neighbouring trees end, in the order in which trees are added: as it is for trees without categories, four by
 * four, and negative for others.
 */
function runsOf(model: TreeModel): Int32Array {
  const { nodeStart, kind } = model;
  const trees = treeCount(model);
  const ends: number[] = [];
  for (let begin = 0; begin < trees; begin += together) {
    const end = Math.min(trees, begin + together);
    const hasCategory = kind.subarray(nodeStart[begin]!, nodeStart[end]!).includes(nodeKind.category);
    const sign = hasCategory || end - begin < together ? -1 : 1;
    if (Math.sign(ends.at(-1) ?? 0) === sign) ends.pop();
    ends.push(sign * end);
  }
  return Int32Array.from(ends);
}

/** Returns a function that adds the trees `begin` to `end`, of any kind, one after another. */
function createCategoryWalk(model: TreeModel) {
  const { column, threshold, left, right, kind, sets, setStart, setLength, leafValue, nodeStart, leafStart } = model;
  const trees = treeCount(model);
  const roots = new Int32Array(trees);
  for (let t = 0; t < trees; t++) roots[t] = nodeStart[t] === nodeStart[t + 1] ? ~leafStart[t]! : nodeStart[t]!;

  /** Where a value goes that is neither at most nor above the threshold: one that is missing, or a category. */
  const goesLeft = (node: number, value: number): boolean => {
    if (kind[node] !== nodeKind.category) return kind[node] === nodeKind.numberMissingLeft;
    if (!(value >= 0 && value < setLength[node]! * 32)) return false;
    return ((sets[setStart[node]! + (value >>> 5)]! >>> (value & 31)) & 1) === 1;
  };

  return (features: Float64Array, score: number, begin: number, end: number): number => {
    let sum = score;
    for (let tree = begin; tree < end; tree++) {
      let node = roots[tree]!;
      while (node >= 0) {
        const value = features[column[node]!]!;
        const limit = threshold[node]!;
        // A category's threshold is NaN, as a missing value is: both fail both comparisons and take the rare path.
        if (value <= limit) node = left[node]!;
        else if (value > limit) node = right[node]!;
        else node = goesLeft(node, value) ? left[node]! : right[node]!;
      }
      sum += leafValue[~node]!;
    }
    return sum;
  };
}
