import { limit } from "../../base/limit.ts";
import type { EnsembleBuilder, Split, TreeDraft } from "../../engine/score/ensemble-builder.ts";
import { splitKind } from "../../engine/score/tree-ensemble.ts";
import { nextBelow } from "../../engine/train/next-above.ts";
import { type Refuse, shown } from "./model-file-error.ts";
import type { OnnxAttributes } from "./onnx-graph.ts";

/** The values that an operator's leaves give, as the operator lists them. */
export interface OnnxLeafValues {
  readonly treeIds: readonly number[];
  readonly nodeIds: readonly number[];
  readonly outputs: readonly number[];
  readonly weights: Float64Array;
}

/** One tree: the places of its nodes in the operator's lists, and where a number of a node is found. */
interface OnnxTree {
  readonly nodes: number[];
  readonly placeOf: Map<number, number>;
}

/**
 * Adds the trees of an operator. `valuesOf` turns a weight for an output into the values of a leaf.
 * @source ONNX, docs/Operators-ml.md, ai.onnx.ml.TreeEnsembleClassifier
 */
export function addOnnxTrees(
  attributes: OnnxAttributes,
  values: OnnxLeafValues,
  o: {
    readonly builder: EnsembleBuilder;
    readonly outputs: number;
    readonly addWeight: (to: Float64Array, output: number, weight: number) => void;
    readonly refuse: Refuse;
  },
): void {
  const { refuse } = o;
  const treeIds = attributes.integers("nodes_treeids");
  const count = treeIds.length;
  const modes = attributes.texts("nodes_modes");
  if (modes.length !== count) refuse(`nodes_modes has ${modes.length} items, not ${count}`);
  const nodeIds = attributes.integers("nodes_nodeids", count);
  const column = attributes.integers("nodes_featureids", count);
  const threshold = attributes.numbers("nodes_values", count);
  const onTrue = attributes.integers("nodes_truenodeids", count);
  const onFalse = attributes.integers("nodes_falsenodeids", count);
  const missing = attributes.integers("nodes_missing_value_tracks_true");
  const trees = treesOf(treeIds, nodeIds, refuse);
  const leafValues = leafValuesOf(values, { ...o, trees });
  for (const tree of trees.values()) {
    const draft: TreeDraft = {
      ...{ places: tree.nodes.length, root: 0, output: 0 },
      leafAt: (place, i) => leafValues.get(tree.nodes[place]!)?.[i] ?? 0,
      splitAt(place) {
        const node = tree.nodes[place]!;
        const branch = branchOf(modes[node]!, threshold[node]!, { tracksTrue: missing[node] === 1, refuse });
        if (branch === undefined) return undefined;
        const { isTrueLeft, ...how } = branch;
        const [whenTrue = -1, whenFalse = -1] = [onTrue, onFalse].map((ids) => tree.placeOf.get(ids[node]!));
        const sides = isTrueLeft ? { left: whenTrue, right: whenFalse } : { left: whenFalse, right: whenTrue };
        return { column: column[node]!, ...how, ...sides };
      },
    };
    o.builder.add(draft);
  }
}

function treesOf(
  treeIds: readonly number[],
  nodeIds: readonly number[],
  refuse: Refuse,
): ReadonlyMap<number, OnnxTree> {
  const trees = new Map<number, OnnxTree>();
  for (const [i, id] of treeIds.entries()) {
    const tree: OnnxTree = trees.get(id) ?? { nodes: [], placeOf: new Map() };
    if (tree.placeOf.has(nodeIds[i]!)) refuse(`tree ${id} has node ${nodeIds[i]} twice`);
    tree.placeOf.set(nodeIds[i]!, tree.nodes.length);
    tree.nodes.push(i);
    trees.set(id, tree);
  }
  return trees;
}

/** The values of leaves, by the places of their nodes in the operator's lists. */
function leafValuesOf(
  values: OnnxLeafValues,
  o: Pick<Parameters<typeof addOnnxTrees>[2], "outputs" | "addWeight" | "refuse"> & {
    readonly trees: ReadonlyMap<number, OnnxTree>;
  },
): ReadonlyMap<number, Float64Array> {
  const byNode = new Map<number, Float64Array>();
  for (const [i, weight] of values.weights.entries()) {
    const tree = o.trees.get(values.treeIds[i]!);
    const node = tree?.nodes[tree.placeOf.get(values.nodeIds[i]!) ?? -1];
    if (node === undefined) return o.refuse(`node ${values.nodeIds[i]} of tree ${values.treeIds[i]} is missing`);
    const to = byNode.get(node) ?? new Float64Array(o.outputs);
    if (byNode.size * o.outputs > limit.modelNodesMax)
      o.refuse(`its leaves have more than ${limit.modelNodesMax} values`);
    o.addWeight(to, values.outputs[i]!, weight);
    byNode.set(node, to);
  }
  return byNode;
}

/** How a node of a mode decides, with its true branch on the left or on the right; undefined for a leaf. */
function branchOf(
  mode: string,
  value: number,
  { tracksTrue, refuse }: { tracksTrue: boolean; refuse: Refuse },
): (Pick<Split, "kind" | "threshold"> & { readonly isTrueLeft: boolean }) | undefined {
  const [missingLeft, missingRight] = [splitKind.numberMissingLeft, splitKind.numberMissingRight];
  switch (mode) {
    case "LEAF":
      return undefined;
    case "BRANCH_LEQ":
    case "BRANCH_LT":
      return {
        ...{ threshold: mode === "BRANCH_LT" ? nextBelow(value) : value, isTrueLeft: true },
        kind: tracksTrue ? missingLeft : missingRight,
      };
    case "BRANCH_GT":
    case "BRANCH_GTE":
      return {
        ...{ threshold: mode === "BRANCH_GTE" ? nextBelow(value) : value, isTrueLeft: false },
        kind: tracksTrue ? missingRight : missingLeft,
      };
    case "BRANCH_EQ":
      return {
        ...{ threshold: value, isTrueLeft: true },
        kind: tracksTrue ? splitKind.equalMissingLeft : splitKind.equalMissingRight,
      };
    case "BRANCH_NEQ":
      // A missing value equals nothing.
      return { threshold: value, isTrueLeft: false, kind: splitKind.equalMissingRight };
    default:
      return refuse(`a node has the mode ${shown(mode)}`);
  }
}
