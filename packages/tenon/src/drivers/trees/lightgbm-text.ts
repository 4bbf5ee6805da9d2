import { limit } from "../../base/limit.ts";
import { EnsembleBuilder } from "../../engine/score/ensemble-builder.ts";
import type { ImportedModel } from "./imported-model.ts";
import { lightgbmColumns } from "./lightgbm-columns.ts";
import { lightgbmObjective } from "./lightgbm-objective.ts";
import { lightgbmTree } from "./lightgbm-tree.ts";
import { checkedCount, type Refuse, refuserOf, shown } from "./model-file-error.ts";

const refuse: Refuse = refuserOf("LightGBM text");
const versions: ReadonlySet<string | undefined> = new Set(["v3", "v4"]);

/** Whether bytes begin as a model that LightGBM's `save_model` wrote. */
export const isLightgbmText = (bytes: Buffer): boolean => /^tree\r?\n/.test(bytes.toString("latin1", 0, 6));

/**
 * The model of a text that LightGBM's `save_model` wrote: a head, a block a tree, "end of trees", then what training was told.
 * @throws model.file
 * @source LightGBM 4.7, src/boosting/gbdt_model_text.cpp and include/LightGBM/tree.h
 */
export function readLightgbmText(bytes: Buffer): ImportedModel {
  const sections = sectionsOf(bytes.toString("utf8"));
  const head = fieldsOf(sections.head);
  const version = head.get("version");
  if (!versions.has(version)) refuse(`its version is ${shown(version)}; versions v3 and v4 are read`);
  const columns = lightgbmColumns(head, sections.tail, refuse);
  const perIteration = checkedCount(head.get("num_tree_per_iteration"), {
    ...{ what: "num_tree_per_iteration", min: 1, max: limit.modelOutputsMax, refuse },
  });
  const classCount = checkedCount(head.get("num_class"), {
    ...{ what: "num_class", min: 1, max: limit.modelOutputsMax, refuse },
  });
  const objective = lightgbmObjective(head.get("objective"), { perIteration, classCount, refuse });
  const blocks = treeBlocks(sections.trees, head.get("tree_sizes"));
  if (blocks.length % perIteration !== 0)
    refuse(`its ${blocks.length} trees are no whole number of rounds of ${perIteration}`);
  const builder = new EnsembleBuilder(
    {
      ...{ width: columns.length, outputs: perIteration, leafWidth: 1, isSingle: false, scale: 1 },
      ...{ start: new Float64Array(perIteration), bias: new Float64Array(perIteration) },
      divisor: head.has("average_output") ? Math.max(1, blocks.length / perIteration) : 1,
    },
    refuse,
  );
  for (const [tree, block] of blocks.entries())
    builder.add(lightgbmTree(fieldsOf(block), { tree, output: tree % perIteration, refuse }));
  const ensemble = builder.finish();
  return {
    ...{ format: "LightGBM text", rounding: "double", outputs: perIteration, classes: undefined },
    ...objective,
    columns,
    scores: { kind: "trees", ensemble },
    notes: columns.some(({ kind, categories }) => kind === "category" && categories === undefined)
      ? ["The file does not know the names of its categories: their columns take the codes that training saw."]
      : [],
  };
}

function sectionsOf(text: string): { head: string; trees: string; tail: string } {
  const treesBegin = text.search(/^Tree=0\r?$/m);
  const end = text.search(/^end of trees\r?$/m);
  if (end < 0) return refuse(`it breaks off after ${text.length} characters, before the line "end of trees"`);
  const headEnd = treesBegin < 0 ? end : treesBegin;
  if (headEnd > end) return refuse('a tree follows the line "end of trees"');
  return { head: text.slice(0, headEnd), trees: text.slice(headEnd, end), tail: text.slice(end) };
}

/** The blocks of the trees, which are as many as the head gives sizes of. */
function treeBlocks(text: string, sizes: string | undefined): readonly string[] {
  const blocks = text.split(/^Tree=\d+\r?$/m).slice(1);
  const promised = sizes?.split(" ").filter(Boolean).length;
  if (promised !== undefined && promised !== blocks.length)
    refuse(`its head promises ${promised} trees and it has ${blocks.length}`);
  if (blocks.length === 0 || blocks.length > limit.modelTreesMax)
    refuse(`it has ${blocks.length} trees; 1 to ${limit.modelTreesMax} are read`);
  return blocks;
}

/** Lines `name=value`; a line without a value stands for itself. */
function fieldsOf(block: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r?\n/)) {
    const at = line.indexOf("=");
    if (line !== "") fields.set(at < 0 ? line : line.slice(0, at), at < 0 ? "" : line.slice(at + 1));
  }
  return fields;
}
