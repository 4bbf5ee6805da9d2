import { limit } from "../../base/limit.ts";
import type { Split, TreeDraft } from "../../engine/score/ensemble-builder.ts";
import { splitKind } from "../../engine/score/tree-ensemble.ts";
import type { CatboostColumn } from "./catboost-columns.ts";
import type { JsonPart } from "./json-part.ts";
import { shown } from "./model-file-error.ts";

interface Reading {
  readonly columns: readonly CatboostColumn[];
  readonly outputs: number;
}

/** CatBoost's own bound. */
const depthMax = 16;

/** A tree with one split a level: the split at place `i` of its list decides about bit `i` of the number of the leaf. */
export function obliviousTree(part: JsonPart, { columns, outputs }: Reading): TreeDraft {
  const splits = (part.at("splits").isAbsent ? [] : part.at("splits").list(depthMax)).map((split) =>
    splitOf(split, columns),
  );
  const depth = splits.length;
  const inner = 2 ** depth - 1;
  const values = part.at("leaf_values").numbers((inner + 1) * outputs);
  return {
    ...{ places: 2 * inner + 1, root: 0, output: 0 },
    leafAt: (place, i) => values[(place - inner) * outputs + i]!,
    splitAt(place): Split | undefined {
      if (place >= inner) return undefined;
      const level = 31 - Math.clz32(place + 1);
      return { ...splits[depth - 1 - level]!, left: 2 * place + 1, right: 2 * place + 2 };
    },
  };
}

/** A tree of nested nodes, as `grow_policy` Depthwise and Lossguide grow them. */
export function grownTree(root: JsonPart, { columns, outputs }: Reading): TreeDraft {
  const parts: JsonPart[] = [root];
  const children: (readonly [number, number] | undefined)[] = [];
  for (let place = 0; place < parts.length; place++) {
    const part = parts[place]!;
    const isLeaf = part.at("split").isAbsent;
    children.push(isLeaf ? undefined : [parts.length, parts.length + 1]);
    if (!isLeaf) parts.push(part.at("left"), part.at("right"));
    if (parts.length > limit.modelNodesMax) root.refuse(`${root.path} has more than ${limit.modelNodesMax} nodes`);
  }
  return {
    ...{ places: parts.length, root: 0, output: 0 },
    leafAt(place, i) {
      const value = parts[place]!.at("value");
      return outputs === 1 ? value.number() : value.numbers(outputs)[i]!;
    },
    splitAt(place): Split | undefined {
      const [left, right] = children[place] ?? [];
      if (left === undefined || right === undefined) return undefined;
      return { ...splitOf(parts[place]!.at("split"), columns), left, right };
    },
  };
}

function splitOf(split: JsonPart, columns: readonly CatboostColumn[]): Omit<Split, "left" | "right"> {
  const type = split.at("split_type");
  if (!type.isAbsent && type.value !== "FloatFeature")
    split.refuse(`${type.path} is ${shown(type.value)}; splits by numbers alone are read`);
  const column = split.at("float_feature_index").count({ min: 0, max: columns.length - 1 });
  const kind = columns[column]!.isMissingLeft ? splitKind.numberMissingLeft : splitKind.numberMissingRight;
  return { column, kind, threshold: Math.fround(split.at("border").number()) };
}
