import type { ColumnPlan, PlanFunctions, PretrainedModelPlan } from "../../plan/plan.ts";
import { presentValue, type StoredValue } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";

/** A model that is a function of the configuration. */
export class Rule {
  readonly #columns: readonly ColumnPlan[];
  readonly #code: PlanFunctions["code"][string];
  readonly #output: RowValidator;

  constructor(model: PretrainedModelPlan, code: PlanFunctions["code"][string]) {
    this.#columns = model.spine.columns;
    this.#code = code;
    this.#output = new RowValidator(model.output, false);
  }

  /**
   * What it answers.
   * @throws RangeError where that is not what it declares, and whatever it throws
   */
  answer(values: readonly StoredValue[]): Readonly<Record<string, unknown>> {
    const output: unknown = this.#code(inputObject(this.#columns, values));
    // Nobody waits for a promise, and one that is rejected would end the process.
    if (output instanceof Promise) output.catch(() => {});
    const checked = this.#output.validate(output);
    if (output !== null && typeof output === "object" && "row" in checked) return { ...output };
    const place = "places" in checked ? checked.places[0] : undefined;
    throw new RangeError(
      `the rule answered something else than it declares: ${place?.path ?? ""} ${place?.message ?? ""}`,
    );
  }
}

function inputObject(columns: readonly ColumnPlan[], values: readonly StoredValue[]): object {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) row[columns[i].name] = presentValue(columns[i], values[i]);
  return row;
}
