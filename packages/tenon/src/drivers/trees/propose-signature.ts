import type { ColumnPlan } from "../../plan/plan.ts";
import { definitionName, definitionNames } from "./column-names.ts";
import type { ImportedColumn, ImportedModel } from "./imported-model.ts";

/** A longer list of categories is a text. */
const listedMax = 20;

/** The columns that a definition of the model may have. */
export interface ProposedSignature {
  readonly input: readonly ColumnPlan[];
  /** All of a regression's, and the probability of a binary model. */
  readonly numbers: readonly ColumnPlan[];
  /** The class of a model with more than two. */
  readonly class: ColumnPlan | undefined;
}

const plain = { nullable: false, personal: false, scale: 0, values: [], to: undefined } as const;
const real = (name: string): ColumnPlan => ({ ...plain, name, type: "real" });

export function proposeSignature(model: ImportedModel): ProposedSignature {
  const names = definitionNames(model.columns);
  const input = model.columns.map((column, i) => ({ ...plain, name: names[i]!, ...typeOf(column) }));
  switch (model.task) {
    case "regression":
      return { input, numbers: [real("value")], class: undefined };
    case "binary":
      return { input, numbers: [real("score")], class: undefined };
    case "values":
      return { input, numbers: Array.from({ length: model.outputs }, (_, i) => real(`value_${i}`)), class: undefined };
    case "multiclass": {
      const classes = model.classes ?? Array.from({ length: model.outputs }, (_, i) => String(i));
      const numbers = classes.map((name) => real(definitionName(name, "class")));
      return { input, numbers, class: classColumn(classes) };
    }
  }
}

/** A column for the class, of the names that it may be. */
export function classColumn(classes: readonly string[]): ColumnPlan {
  const areNumbers = classes.every((name) => String(Number(name)) === name && Number.isSafeInteger(Number(name)));
  return areNumbers
    ? { ...plain, name: "class", type: "integer" }
    : { ...plain, name: "class", type: "oneOf", values: classes };
}

function typeOf({ kind, categories }: ImportedColumn): Pick<ColumnPlan, "type" | "values"> {
  if (kind === "number") return { type: "real", values: [] };
  if (categories === undefined) return { type: "integer", values: [] };
  const texts = categories.filter((category) => typeof category === "string");
  if (texts.length > 0)
    return texts.length <= listedMax ? { type: "oneOf", values: texts } : { type: "text", values: [] };
  if (categories.every((category) => typeof category === "boolean")) return { type: "flag", values: [] };
  return { type: categories.every(Number.isSafeInteger) ? "integer" : "real", values: [] };
}
