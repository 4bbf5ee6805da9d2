import { limit } from "../../base/limit.ts";
import type { Split, TreeDraft } from "../../engine/score/ensemble-builder.ts";
import { splitKind, zeroMax } from "../../engine/score/tree-ensemble.ts";
import { checkedCount, type Refuse, shown } from "./model-file-error.ts";

/** Bits of a node's decision type. */
const categoryBit = 1;
const defaultLeftBit = 2;
const missingShift = 2;
const missing = { none: 0, zero: 1, nan: 2 } as const;

/** The tree of a block. Its leaves have the places behind its splits. */
export function lightgbmTree(
  fields: ReadonlyMap<string, string>,
  { tree, output, refuse }: { tree: number; output: number; refuse: Refuse },
): TreeDraft {
  const refuseTree = (found: string): never => refuse(`tree ${tree}: ${found}`);
  const count = (name: string, max: number): number =>
    checkedCount(fields.get(name), { what: name, min: name === "num_leaves" ? 1 : 0, max, refuse: refuseTree });
  if ((fields.get("is_linear") ?? "0") !== "0")
    refuseTree("its leaves are linear models (linear_tree=true); train without linear_tree, or export it to ONNX");
  const leaves = count("num_leaves", limit.modelNodesMax);
  const splits = leaves - 1;
  const numbers = (name: string, length: number): Float64Array =>
    numbersOf(fields.get(name) ?? "", { name, length, refuse: refuseTree });
  const leafValue = numbers("leaf_value", leaves);
  const column = numbers("split_feature", splits);
  const threshold = numbers("threshold", splits);
  const decision = numbers("decision_type", splits);
  const left = numbers("left_child", splits);
  const right = numbers("right_child", splits);
  const setOf = categorySets(fields, count("num_cat", limit.modelNodesMax), refuseTree);
  const placeOf = (child: number): number => (child >= 0 ? child : splits + ~child);
  return {
    ...{ places: splits + leaves, root: 0, output },
    leafAt: (place) => leafValue[place - splits]!,
    splitAt(place): Split | undefined {
      if (place >= splits) return undefined;
      const limitAt = threshold[place]!;
      const children = { column: column[place]!, left: placeOf(left[place]!), right: placeOf(right[place]!) };
      if ((decision[place]! & categoryBit) === 0)
        return { ...children, threshold: limitAt, kind: numberKind(decision[place]!, limitAt, refuseTree) };
      const set = setOf(limitAt);
      return { ...children, threshold: Number.NaN, kind: splitKind.categoryMissingRight, set };
    },
  };
}

function numbersOf(text: string, o: { name: string; length: number; refuse: Refuse }): Float64Array {
  const words = text.split(" ").filter(Boolean);
  if (words.length !== o.length) o.refuse(`${o.name} has ${words.length} numbers, not ${o.length}`);
  return Float64Array.from(words, (word) => {
    const value = Number(word);
    return Number.isNaN(value) ? o.refuse(`${o.name} holds ${shown(word)}, which is no number`) : value;
  });
}

/** A function that gives the set with a number: the codes that go left, one bit each. */
function categorySets(fields: ReadonlyMap<string, string>, count: number, refuse: Refuse) {
  if (count === 0) return (set: number): never => refuse(`a split asks for set ${set} of 0`);
  const wordsText = fields.get("cat_threshold") ?? "";
  const bounds = numbersOf(fields.get("cat_boundaries") ?? "", { name: "cat_boundaries", length: count + 1, refuse });
  const words = numbersOf(wordsText, { name: "cat_threshold", length: bounds[count] ?? 0, refuse });
  return (set: number): Float64Array => {
    const [begin, end] = [bounds[set], bounds[set + 1]];
    if (begin === undefined || end === undefined || begin < 0 || end < begin || end > words.length)
      return refuse(`a split asks for set ${set} of ${count}`);
    return words.subarray(begin, end);
  };
}

function numberKind(decision: number, threshold: number, refuse: Refuse): number {
  const isLeft = (decision & defaultLeftBit) !== 0;
  switch ((decision >> missingShift) & 3) {
    case missing.nan:
      return isLeft ? splitKind.numberMissingLeft : splitKind.numberMissingRight;
    case missing.none:
      // Where training saw no missing value, LightGBM reads one as 0.
      return threshold >= 0 ? splitKind.numberMissingLeft : splitKind.numberMissingRight;
    case missing.zero:
      // Where a comparison sends 0 the way of a missing value anyhow, a plain split says the same and is faster.
      if (isLeft) return threshold >= zeroMax ? splitKind.numberMissingLeft : splitKind.zeroMissingLeft;
      return threshold < -zeroMax ? splitKind.numberMissingRight : splitKind.zeroMissingRight;
    default:
      return refuse(`a split has decision_type ${decision}`);
  }
}
