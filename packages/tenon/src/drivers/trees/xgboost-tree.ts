import { limit } from "../../base/limit.ts";
import type { Split, TreeDraft } from "../../engine/score/ensemble-builder.ts";
import { splitKind } from "../../engine/score/tree-ensemble.ts";
import { nextBelow } from "../../engine/train/next-above.ts";
import { categoryBits, categoryBitsMax } from "./category-bits.ts";
import type { ImportedColumn } from "./imported-model.ts";
import type { JsonPart } from "./json-part.ts";

/** The tree of a part: arrays with an item a node; a node without a left child is a leaf, its value where a split has its threshold. */
export function xgboostTree(
  part: JsonPart,
  { output, columns, weight }: { output: number; columns: readonly ImportedColumn[]; weight: number },
): TreeDraft {
  const vector = part.at("tree_param", "size_leaf_vector");
  if (!vector.isAbsent && vector.number() > 1)
    part.refuse(
      `${vector.path} is ${vector.number()}: its leaves are vectors; train with multi_strategy="one_output_per_tree"`,
    );
  const left = part.at("left_children").numbers();
  const places = left.length;
  if (places === 0 || places > limit.modelNodesMax) part.refuse(`${part.path} has ${places} nodes`);
  const right = part.at("right_children").numbers(places);
  const column = part.at("split_indices").numbers(places);
  const condition = part.at("split_conditions").numbers(places);
  const defaultLeft = flagsOf(part.at("default_left"), places);
  const types = part.at("split_type");
  const type = types.isAbsent ? undefined : types.numbers(places);
  const sets = categorySets(part);
  return {
    ...{ places, root: 0, output },
    leafAt: (place) => condition[place]! * Math.fround(weight),
    splitAt(place): Split | undefined {
      if (left[place] === -1) return undefined;
      const [onLeft, onRight] = [left[place]!, right[place]!];
      const reads = column[place]!;
      const missingLeft = defaultLeft[place] === 1;
      const isCategory = type?.[place] === 1;
      if (isCategory && columns[reads]?.kind === "number")
        part.refuse(`${part.path} splits column ${reads} by categories, and it is a number`);
      if (!isCategory) {
        // Less than the threshold is, for a double, at most the double below it.
        const threshold = nextBelow(Math.fround(condition[place]!));
        const kind = missingLeft ? splitKind.numberMissingLeft : splitKind.numberMissingRight;
        return { column: reads, kind, threshold, left: onLeft, right: onRight };
      }
      // The categories of the set go right in XGBoost: the children change places.
      const kind = missingLeft ? splitKind.categoryMissingRight : splitKind.categoryMissingLeft;
      const set = sets.get(place) ?? [];
      return { column: reads, kind, threshold: Number.NaN, left: onRight, right: onLeft, set };
    },
  };
}

/** Numbers 0 and 1, or flags as versions before 1.6 wrote them. */
function flagsOf(part: JsonPart, length: number): ArrayLike<number> {
  const { value } = part;
  if (Array.isArray(value) && value.length === length && value.every((item) => typeof item === "boolean"))
    return value.map(Number);
  return part.numbers(length);
}

/** The sets of category nodes, by node. */
function categorySets(part: JsonPart): ReadonlyMap<number, ArrayLike<number>> {
  const sets = new Map<number, ArrayLike<number>>();
  if (part.at("categories_nodes").isAbsent) return sets;
  const nodes = part.at("categories_nodes").numbers();
  const begins = part.at("categories_segments").numbers(nodes.length);
  const sizes = part.at("categories_sizes").numbers(nodes.length);
  const categories = part.at("categories").numbers();
  for (let i = 0; i < nodes.length; i++) {
    const [begin, end] = [begins[i]!, begins[i]! + sizes[i]!];
    if (!(begin >= 0 && begin <= end && end <= categories.length))
      part.refuse(`${part.path}.categories_segments leads from ${begin} to ${end} of ${categories.length}`);
    const codes = Array.prototype.slice.call(categories, begin, end);
    const wrong = codes.find((code) => !(Number.isInteger(code) && code >= 0 && code < categoryBitsMax));
    if (wrong !== undefined) part.refuse(`${part.path}.categories holds ${wrong}, not a code below ${categoryBitsMax}`);
    sets.set(nodes[i]!, categoryBits(codes));
  }
  return sets;
}
