import { type Random, randomBelow, seededRandom } from "../../base/random.ts";
import type { BinnedTable } from "./binned-table.ts";
import type { Objective } from "./objective.ts";
import type { SplitSearch } from "./split-search.ts";
import type { TrainProgress, TrainSettings } from "./train-options.ts";
import type { TrainingTable } from "./training-table.ts";
import { type BinnedTree, createGrower, leafOf } from "./tree-grower.ts";
import { createTreeModelBuilder, type TreeModelBuilder } from "./tree-model-builder.ts";

/** One boosting: rows `0` to `trainRows` are learned from, the rest of the table is validation. */
export interface BoostInput {
  readonly table: TrainingTable;
  readonly binned: BinnedTable;
  readonly trainRows: number;
  readonly settings: TrainSettings;
  readonly objective: Objective;
  readonly search: SplitSearch;
  readonly onRound: ((progress: TrainProgress) => void) | undefined;
}

export interface Boosted {
  readonly builder: TreeModelBuilder;
  readonly baseScore: number;
  /** Trees that were grown. */
  readonly rounds: number;
  /** The number of trees with the least validation loss; all of them without validation. */
  readonly bestRounds: number;
  readonly validationLoss: number | undefined;
}

/**
 * Grows trees one after another, each on the derivatives of the loss at the scores so far.
 * @source Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", Annals of Statistics 29 (2001)
 */
export function boost(input: BoostInput): Boosted {
  const { table, binned, trainRows, settings, objective, search, onRound } = input;
  const { rowCount, target, weight } = table;
  const random = seededRandom(settings.seed);
  const baseScore = objective.baseScore(target, weight, trainRows);
  const scores = new Float64Array(rowCount).fill(baseScore);
  const pairs = new Float32Array(trainRows * 2);
  const builder = createTreeModelBuilder(binned);
  const grow = createGrower({
    table: binned,
    search,
    leaves: settings.leaves,
    l2: settings.l2,
    learningRate: settings.learningRate,
  });
  const { rows } = binned.memory;
  const draw = createDraw(random, trainRows, settings, rows);
  const sampled = settings.rowFraction < 1 || settings.columnFraction < 1;

  let bestRounds = 0;
  let bestLoss = Number.POSITIVE_INFINITY;
  let round = 0;
  while (round < settings.rounds) {
    objective.derive(scores, { target, weight, rows: trainRows, pairs });
    const allowed = drawColumns(random, binned.columns.length, settings.columnFraction);
    const drawn = draw();
    const tree = grow({ rowCount: drawn.count, pairs, allowed });
    if (tree.nodes.length === 0) {
      // Without sampling the next tree would be the same; with it, another sample may split.
      if (!sampled) break;
      tree.leaves[0]!.value = 0;
    }
    builder.add(tree);
    round++;
    addTree(scores, tree, { binned, rows, inTree: drawn.inTree, rowCount });
    const validationLoss =
      trainRows < rowCount ? objective.loss(scores, { target, weight, begin: trainRows, end: rowCount }) : undefined;
    if (onRound !== undefined) {
      const trainLoss = objective.loss(scores, { target, weight, begin: 0, end: trainRows });
      onRound({ round, rounds: settings.rounds, trainLoss, validationLoss });
    }
    if (validationLoss === undefined) continue;
    if (validationLoss < bestLoss) {
      bestLoss = validationLoss;
      bestRounds = round;
    } else if (settings.earlyStoppingRounds > 0 && round - bestRounds >= settings.earlyStoppingRounds) break;
  }
  const stops = settings.earlyStoppingRounds > 0 && trainRows < rowCount;
  return {
    builder,
    baseScore,
    rounds: round,
    bestRounds: stops ? bestRounds : round,
    validationLoss: bestLoss < Number.POSITIVE_INFINITY ? bestLoss : undefined,
  };
}

/** Adds a tree's values to all scores: of its own rows by leaf, of the others by walking the tree. */
function addTree(
  scores: Float64Array,
  tree: BinnedTree,
  o: { binned: BinnedTable; rows: Int32Array; inTree: Uint8Array; rowCount: number },
): void {
  for (const { begin, end, value } of tree.leaves) {
    for (let i = begin; i < end; i++) scores[o.rows[i]!]! += value;
  }
  for (let row = 0; row < o.rowCount; row++) {
    if (o.inTree[row] !== 1) scores[row]! += leafOf(o.binned, tree, row).value;
  }
}

/** Returns a function that fills `rows` with the rows of the next tree. */
function createDraw(random: Random, trainRows: number, settings: TrainSettings, rows: Int32Array) {
  const wanted = Math.max(1, Math.floor(trainRows * settings.rowFraction));
  const inTree = new Uint8Array(settings.validationRows + trainRows);
  return (): { count: number; inTree: Uint8Array } => {
    inTree.fill(0);
    for (let row = 0, taken = 0; taken < wanted; row++) {
      if (wanted < trainRows && randomBelow(random, trainRows - row) >= wanted - taken) continue;
      rows[taken++] = row;
      inTree[row] = 1;
    }
    return { count: wanted, inTree };
  };
}

function drawColumns(random: Random, columns: number, fraction: number): Uint8Array {
  const allowed = new Uint8Array(columns);
  const wanted = Math.min(columns, Math.max(1, Math.round(columns * fraction)));
  for (let column = 0, taken = 0; taken < wanted; column++) {
    if (wanted < columns && randomBelow(random, columns - column) >= wanted - taken) continue;
    allowed[column] = 1;
    taken++;
  }
  return allowed;
}
