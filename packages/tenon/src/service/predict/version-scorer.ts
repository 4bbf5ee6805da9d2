import { createTreeScorer } from "../../engine/train/tree-scorer.ts";
import type { ModelPlan } from "../../plan/plan.ts";
import type { InputRow } from "./input-row.ts";
import type { CheckedRow } from "./predictor.ts";
import { type Inputs, ownInputs, type PredictorParts, type ServedVersion, staleReason } from "./version-inputs.ts";

/** A version that is loaded, and where its inputs come from. */
export class VersionScorer {
  readonly version: ServedVersion;
  /** Of the predictor's build, or of the version's own where that computes its inputs otherwise. */
  readonly inputs: Inputs;
  /** Why it cannot be asked, if it cannot. */
  readonly stale: string | undefined;
  readonly #input: InputRow;
  readonly #encode: ReturnType<InputRow["encoder"]>;
  readonly #features: Float64Array;
  readonly #score: (features: Float64Array) => number;

  /** Undefined for a model without inputs of its own. */
  static of(
    version: ServedVersion,
    model: ModelPlan,
    o: { readonly parts: PredictorParts; readonly inputs: Inputs; readonly own: PredictorParts | undefined },
  ): VersionScorer | undefined {
    const stale = staleReason(version, model, o.parts.app.plan);
    const elder = stale === undefined || o.own === undefined ? undefined : ownInputs(version, model, o.own);
    const inputs = elder ?? o.inputs;
    if (inputs.row === undefined) return undefined;
    return new VersionScorer(version, inputs, inputs.row, elder === undefined ? stale : undefined);
  }

  private constructor(version: ServedVersion, inputs: Inputs, input: InputRow, stale: string | undefined) {
    this.version = version;
    this.inputs = inputs;
    this.stale = stale;
    this.#input = input;
    this.#encode = input.encoder(version.trees.columns);
    this.#features = new Float64Array(version.trees.columns.length);
    this.#score = createTreeScorer(version.trees).predictRow;
  }

  /**
   * Its score for a row whose features were read.
   * @throws RangeError where that is no number, and whatever an on-demand function throws
   */
  score({ values, id, atMs }: CheckedRow): number {
    const input = this.#input;
    const { readers } = this.inputs;
    const onDemand = input.hasOnDemand ? input.onDemand(input.presentRow(values, id, atMs), readers) : noOnDemand;
    this.#encode(values, readers, onDemand, this.#features);
    const score = this.#score(this.#features);
    if (Number.isFinite(score)) return score;
    throw new RangeError(`version ${this.version.version} answered ${score}`);
  }
}

const noOnDemand: ReturnType<InputRow["onDemand"]> = [];
