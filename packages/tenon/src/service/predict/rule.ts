import type { ColumnPlan, SpinePlan } from "../../plan/plan.ts";
import { presentValue, type StoredValue } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";

/** The row that a rule sees. */
export interface RuleRow {
  readonly values: readonly StoredValue[];
  readonly id: string | undefined;
  readonly atMs: number;
}

/** A function of the configuration that answers: a model of its own, or what is asked where a model has no answer. */
export class Rule {
  readonly #spine: SpinePlan;
  readonly #code: (input: object) => unknown;
  readonly #output: RowValidator;

  constructor(spine: SpinePlan, output: readonly ColumnPlan[], code: (input: object) => unknown) {
    this.#spine = spine;
    this.#code = code;
    this.#output = new RowValidator(output, false);
  }

  /**
   * What it answers.
   * @throws RangeError where that is not what it declares, and whatever it throws
   */
  answer(row: RuleRow): Readonly<Record<string, unknown>> {
    const output: unknown = this.#code(this.#inputOf(row));
    // Nobody waits for a promise, and one that is rejected would end the process.
    if (output instanceof Promise) output.catch(() => {});
    const checked = this.#output.validate(output);
    if (output !== null && typeof output === "object" && "row" in checked) return { ...output };
    const place = "places" in checked ? checked.places[0] : undefined;
    throw new RangeError(
      `the rule answered something else than it declares: ${place?.path ?? ""} ${place?.message ?? ""}`,
    );
  }

  #inputOf({ values, id, atMs }: RuleRow): object {
    const { kind, columns } = this.#spine;
    const row: Record<string, unknown> = kind === "none" ? {} : { id: id ?? "", at: new Date(atMs) };
    for (let i = 0; i < columns.length; i++) row[columns[i].name] = presentValue(columns[i], values[i]);
    return row;
  }
}
