import { TenonError } from "../../base/error.ts";
import { hash32 } from "../../base/hash.ts";
import { newId } from "../../base/id.ts";
import type { PredictionPlan } from "../../plan/plan.ts";
import type { CheckedRow, Predictor } from "./predictor.ts";

interface Variant {
  readonly name: string;
  /** It has the rows whose place from 0 to 1 is below this, and not below the one before. */
  readonly below: number;
  readonly predictor: Predictor;
}

/** Which of a prediction's models answers a row, and which are asked beside it. */
export class Routing {
  readonly challengers: readonly Predictor[];
  readonly #plan: PredictionPlan;
  readonly #variants: readonly Variant[];
  readonly #place: number;

  /** Undefined where a prediction has its one model alone. `predictorOf` makes what another model of it answers with. */
  static of(
    plan: PredictionPlan,
    columns: readonly { readonly name: string }[],
    predictorOf: (model: string, variant: string) => Predictor,
  ): Routing | undefined {
    return plan.variants === undefined && plan.challengers === undefined
      ? undefined
      : new Routing(plan, columns, predictorOf);
  }

  private constructor(
    plan: PredictionPlan,
    columns: readonly { readonly name: string }[],
    predictorOf: (model: string, variant: string) => Predictor,
  ) {
    const { variants = [], challengers = [], by } = plan;
    this.#plan = plan;
    this.#place = columns.findIndex(({ name }) => name === by);
    let below = 0;
    this.#variants = variants.map(({ name, model, share }) => {
      below += share;
      return { name, below, predictor: predictorOf(model, name) };
    });
    this.challengers = challengers.map((model) => predictorOf(model, "challenger"));
  }

  get predictors(): readonly Predictor[] {
    return [...this.#variants.map(({ predictor }) => predictor), ...this.challengers];
  }

  /**
   * The variant of a row, by the hash of whom it is for, or the one that is asked for; undefined where the prediction's
   * own model answers.
   * @throws variant.unknown
   */
  choose({ tenant, values, id }: CheckedRow, asked: string | undefined): Predictor | undefined {
    if (asked !== undefined) return this.#named(asked);
    if (this.#variants.length === 0) return undefined;
    const whom = this.#place < 0 ? (id ?? newId()) : String(values[this.#place]);
    const place = hash32(`${this.#plan.name}/${tenant}/${whom}`) / 2 ** 32;
    return this.#variants.find(({ below }) => place < below)?.predictor;
  }

  #named(asked: string): Predictor | undefined {
    if (asked === "live") return undefined;
    const found = this.#variants.find(({ name }) => name === asked);
    if (found !== undefined) return found.predictor;
    throw variantUnknown(this.#plan, asked);
  }
}

/** What answers a row of a prediction. @throws variant.unknown */
export function chosen(own: Predictor, row: CheckedRow, variant: string | undefined): Predictor {
  if (own.routing !== undefined) return own.routing.choose(row, variant) ?? own;
  if (variant === undefined || variant === "live") return own;
  throw variantUnknown(own.plan, variant);
}

function variantUnknown({ name, variants = [] }: PredictionPlan, asked: string): TenonError {
  const names = ["live", ...variants.map((one) => one.name)].join(", ");
  return new TenonError("variant.unknown", `"${name}" has no variant "${asked.slice(0, 60)}" but ${names}`);
}
