import { TenonError } from "../../base/error.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import type { ModelSignature, ModelValue } from "../../ports/model-runtime.ts";
import { definitionName } from "./column-names.ts";
import type { ImportedModel } from "./imported-model.ts";

/** What stands in an output column, of an answer for a row. */
export type WriteOutput = (answer: Float64Array) => ModelValue;

type Refuse = (found: string) => never;

/**
 * A writer for each output column.
 *
 * A regression has one real column; one with several targets as many, in their order. A classification may have the class, as
 * a text, one of its names or (where the classes are whole numbers) an integer, and probabilities: real columns that are called
 * as the classes are, or one for the second of two classes. Where the file does not know its classes' names, those of a `oneOf`
 * column are taken in their order, and real columns as many as classes in theirs.
 * @throws model.unloadable with what would fit
 */
export function matchOutputs(
  model: ImportedModel,
  { name, output }: ModelSignature,
  answers: number,
): readonly WriteOutput[] {
  const refuse: Refuse = (found) => {
    throw new TenonError("model.unloadable", `The model "${name}" does not fit its ${model.format} file: ${found}`);
  };
  if (model.task !== "regression" && model.task !== "values") return classOutputs(model, { output, answers, refuse });
  if (output.length !== answers || output.some(({ type }) => type !== "real"))
    refuse(
      answers === 1
        ? `it answers one number; give its output one real column, such as { value: c.real() }`
        : `it answers ${answers} numbers; give its output as many real columns, in their order`,
    );
  return output.map((_, i) => (answer) => answer[i]!);
}

function classOutputs(
  model: ImportedModel,
  { output, answers, refuse }: { output: readonly ColumnPlan[]; answers: number; refuse: Refuse },
): readonly WriteOutput[] {
  const reals = output.filter(({ type }) => type === "real");
  const listed = output.find(({ type, values }) => type === "oneOf" && values.length === answers)?.values;
  const classes = model.classes ?? listed ?? Array.from({ length: answers }, (_, i) => String(i));
  return output.map((column): WriteOutput => {
    if (column.type !== "real") return classOutput(column, { classes, refuse });
    const named = classes.findIndex((name) => name === column.name || definitionName(name, "class") === column.name);
    if (named >= 0) return (answer) => answer[named]!;
    if (answers === 2 && reals.length === 1) return (answer) => answer[1]!;
    const place = reals.indexOf(column);
    if (model.classes === undefined && listed === undefined && reals.length === answers)
      return (answer) => answer[place]!;
    return refuse(
      `its output ${column.name} is none of the classes ${classes.map((name) => definitionName(name, "class")).join(", ")}; name the real columns so`,
    );
  });
}

/** The class of the greatest probability, the first of several. */
function classOutput(
  column: ColumnPlan,
  { classes, refuse }: { classes: readonly string[]; refuse: Refuse },
): WriteOutput {
  const values = classValues(column, { classes, refuse });
  return (answer) => {
    let best = 0;
    for (let i = 1; i < answer.length; i++) if (answer[i]! > answer[best]!) best = i;
    return values[best]!;
  };
}

function classValues(
  { name, type, values }: ColumnPlan,
  { classes, refuse }: { classes: readonly string[]; refuse: Refuse },
): readonly ModelValue[] {
  if (type === "text") return classes;
  if (type === "oneOf") {
    const absent = classes.filter((value) => !values.includes(value));
    return absent.length === 0 ? classes : refuse(`its output ${name} does not list the classes ${absent.join(", ")}`);
  }
  const numbers = classes.map(Number);
  if (type === "integer" && numbers.every((value, i) => Number.isSafeInteger(value) && String(value) === classes[i]))
    return numbers;
  return refuse(
    `its output ${name} is of type ${type}; the class is a text or one of ${classes.join(", ")}, a probability is real`,
  );
}
