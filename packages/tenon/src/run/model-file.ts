import { definitionName } from "../drivers/trees/column-names.ts";
import type { ImportedModel } from "../drivers/trees/imported-model.ts";
import { isSinglePrecision } from "../drivers/trees/model-scorer.ts";
import { classColumn, type ProposedSignature, proposeSignature } from "../drivers/trees/propose-signature.ts";
import { readModelFile } from "../drivers/trees/read-model-file.ts";
import { TreesRuntime } from "../drivers/trees/trees-runtime.ts";
import type { LoadedModel, ModelSignature } from "../ports/model-runtime.ts";

/** A model's file as the command line tells it. */
export interface ModelFile {
  readonly model: ImportedModel;
  readonly proposed: ProposedSignature;
  readonly isSinglePrecision: boolean;
  load(signature: ModelSignature): Promise<LoadedModel>;
}

/** @throws model.file */
export function openModelFile(bytes: Uint8Array): ModelFile {
  const model = readModelFile(bytes);
  return {
    ...{ model, proposed: proposeSignature(model), isSinglePrecision: isSinglePrecision(model) },
    load: (signature) => new TreesRuntime(bytes).load(signature),
  };
}

export { classColumn, definitionName };
