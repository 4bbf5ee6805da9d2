import { setImmediate } from "node:timers/promises";
import { TenonError } from "../../base/error.ts";
import { sha256 } from "../../base/hash.ts";
import { limit } from "../../base/limit.ts";
import type {
  LoadedModel,
  ModelCall,
  ModelColumns,
  ModelRuntime,
  ModelSignature,
  ModelValue,
} from "../../ports/model-runtime.ts";
import type { ImportedModel } from "./imported-model.ts";
import { matchColumns } from "./match-columns.ts";
import { matchOutputs } from "./match-outputs.ts";
import { createModelScorer } from "./model-scorer.ts";
import { readModelFile } from "./read-model-file.ts";

/** Writes the answers for the rows `begin` to `end`. */
type PredictRows = (
  input: ModelColumns,
  rows: { readonly begin: number; readonly end: number; readonly to: readonly ModelValue[][] },
) => void;

/** Serves models that other libraries trained, from their files: trees, and linear models of ONNX. */
export class TreesRuntime implements ModelRuntime {
  readonly #bytes: Uint8Array;

  /** @param bytes the model's file, of any format that is read */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws model.unloadable for a file that cannot be read, and for a signature that does not fit it */
  async load(signature: ModelSignature): Promise<LoadedModel> {
    return new LoadedTrees(readFile(this.#bytes, signature), { signature, digest: sha256(this.#bytes) });
  }
}

function readFile(bytes: Uint8Array, { name }: ModelSignature): ImportedModel {
  try {
    return readModelFile(bytes);
  } catch (thrown) {
    if (!(thrown instanceof TenonError)) throw thrown;
    throw new TenonError("model.unloadable", `The file of the model "${name}": ${thrown.message}`, { cause: thrown });
  }
}

class LoadedTrees implements LoadedModel {
  readonly digest: string;
  readonly predictNow: LoadedModel["predictNow"];
  readonly #outputs: number;
  readonly #predictRows: PredictRows;

  constructor(model: ImportedModel, o: { readonly signature: ModelSignature; readonly digest: string }) {
    this.digest = o.digest;
    this.#outputs = o.signature.output.length;
    this.#predictRows = compilePredict(model, o.signature);
    const trees = model.scores.kind === "trees" ? model.scores.ensemble.treeOutput.length : 0;
    this.predictNow =
      trees > limit.modelTreesAtOnceMax ? undefined : (input, rowCount) => this.#predict(input, 0, rowCount);
  }

  /** As many rows as may be at once; then others have their turn. */
  async predict(input: ModelColumns, rowCount: number, { signal }: ModelCall): Promise<ModelColumns> {
    const to = this.#emptyOutput();
    for (let begin = 0; begin < rowCount; begin += limit.modelRowsAtOnceMax) {
      if (begin > 0) await setImmediate();
      if (signal.aborted)
        throw new TenonError("model.late", `The call was given up after ${begin} of ${rowCount} rows`);
      this.#predictRows(input, { begin, end: Math.min(rowCount, begin + limit.modelRowsAtOnceMax), to });
    }
    return to;
  }

  async close(): Promise<void> {}

  #predict(input: ModelColumns, begin: number, end: number): ModelColumns {
    const to = this.#emptyOutput();
    this.#predictRows(input, { begin, end, to });
    return to;
  }

  #emptyOutput(): ModelValue[][] {
    return Array.from({ length: this.#outputs }, () => []);
  }
}

/** Decides once where columns come from and where answers go. */
function compilePredict(model: ImportedModel, signature: ModelSignature): PredictRows {
  const scorer = createModelScorer(model);
  const columns = matchColumns(model, signature);
  const outputs = matchOutputs(model, signature, scorer.answers);
  const row = new Float64Array(scorer.width);
  const answer = new Float64Array(scorer.answers);
  return (input, { begin, end, to }) => {
    for (let i = begin; i < end; i++) {
      for (let c = 0; c < columns.length; c++) {
        const { place, read } = columns[c]!;
        row[c] = read(input[place]![i] ?? null);
      }
      scorer.predictRow(row, answer);
      for (let a = 0; a < answer.length; a++) {
        if (!Number.isFinite(answer[a]))
          throw new TenonError("model.failed", `The model "${signature.name}" answers ${answer[a]} for row ${i + 1}`);
      }
      for (let o = 0; o < outputs.length; o++) to[o]!.push(outputs[o]!(answer));
    }
  };
}
