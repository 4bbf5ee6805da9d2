import { nodeKind, type TreeModel } from "../tree-model.ts";

/** Bits of a node's decision type in LightGBM's text format. */
const categoryBit = 1;
const defaultLeftBit = 2;
const missingShift = 2;
const missing = { none: 0, zero: 1, nan: 2 } as const;

/**
 * Reads a model in LightGBM's text format (version 4, one output) into our layout. For tests: it lets our scorer answer
 * for models whose predictions another program has published.
 * @source LightGBM documentation, "Parameters" and the model files of version 4
 */
export function readLightgbmText(text: string, task: TreeModel["task"]): TreeModel {
  const [head, ...blocks] = text.split(/\nTree=\d+\n/);
  const featureCount = Number(/max_feature_idx=(\d+)/.exec(head!)![1]) + 1;
  const nodeStart = [0];
  const leafStart = [0];
  const nodes = {
    column: [],
    kind: [],
    threshold: [],
    left: [],
    right: [],
    setStart: [],
    setLength: [],
    gain: [],
    rows: [],
  } as Record<string, number[]>;
  const sets: number[] = [];
  const leafValue: number[] = [];
  const leafRows: number[] = [];
  for (const block of blocks) {
    const numbers = (name: string): number[] =>
      (new RegExp(`^${name}=(.*)$`, "m").exec(block)?.[1] ?? "").split(" ").filter(Boolean).map(Number);
    const firstNode = nodeStart.at(-1)!;
    const firstLeaf = leafStart.at(-1)!;
    const child = (at: number): number => (at >= 0 ? at + firstNode : ~(~at + firstLeaf));
    const decisions = numbers("decision_type");
    const thresholds = numbers("threshold");
    const boundaries = numbers("cat_boundaries");
    const words = numbers("cat_threshold");
    for (const [i, decision] of decisions.entries()) {
      const isCategory = (decision & categoryBit) !== 0;
      const set = isCategory ? words.slice(boundaries[thresholds[i]!]!, boundaries[thresholds[i]! + 1]!) : [];
      nodes.kind!.push(isCategory ? nodeKind.category : numberKind(decision, thresholds[i]!));
      nodes.threshold!.push(isCategory ? Number.NaN : thresholds[i]!);
      nodes.setStart!.push(isCategory ? sets.length : 0);
      nodes.setLength!.push(set.length);
      sets.push(...set);
    }
    nodes.column!.push(...numbers("split_feature"));
    nodes.left!.push(...numbers("left_child").map(child));
    nodes.right!.push(...numbers("right_child").map(child));
    nodes.gain!.push(...numbers("split_gain"));
    nodes.rows!.push(...numbers("internal_count"));
    leafValue.push(...numbers("leaf_value"));
    leafRows.push(...numbers("leaf_count"));
    nodeStart.push(nodes.kind!.length);
    leafStart.push(leafValue.length);
  }
  return {
    task,
    columns: Array.from({ length: featureCount }, (_, i) => ({
      name: `Column_${i}`,
      kind: nodes.column!.some((column, node) => column === i && nodes.kind![node] === nodeKind.category)
        ? "category"
        : "number",
    })),
    outputs: 1,
    baseScore: Float64Array.of(0),
    nodeStart: Int32Array.from(nodeStart),
    leafStart: Int32Array.from(leafStart),
    column: Int32Array.from(nodes.column!),
    kind: Uint8Array.from(nodes.kind!),
    threshold: Float64Array.from(nodes.threshold!),
    left: Int32Array.from(nodes.left!),
    right: Int32Array.from(nodes.right!),
    setStart: Int32Array.from(nodes.setStart!),
    setLength: Int32Array.from(nodes.setLength!),
    sets: Uint32Array.from(sets),
    gain: Float64Array.from(nodes.gain!),
    nodeRows: Int32Array.from(nodes.rows!),
    leafValue: Float64Array.from(leafValue),
    leafRows: Int32Array.from(leafRows),
    about: {},
  };
}

function numberKind(decision: number, threshold: number): number {
  const type = (decision >> missingShift) & 3;
  if (type === missing.zero) throw new Error("Models that treat zero as missing are not read.");
  // Where training saw no missing value, LightGBM reads one as 0.
  const left = type === missing.none ? threshold >= 0 : (decision & defaultLeftBit) !== 0;
  return left ? nodeKind.numberMissingLeft : nodeKind.numberMissingRight;
}
