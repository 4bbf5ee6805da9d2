import { TenonError } from "../../base/error.ts";
import type { ColumnPlan } from "../../plan/plan.ts";
import { modelValue } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";
import type { ModelValue } from "../../ports/model-runtime.ts";

type Schema = Readonly<Record<string, unknown>>;

function plainSchema({ type, values, to }: ColumnPlan): Schema {
  switch (type) {
    case "integer":
      return { type: "integer" };
    case "decimal":
    case "real":
      return { type: "number" };
    case "flag":
      return { type: "boolean" };
    case "oneOf":
      return { type: "string", enum: values };
    case "time":
      return { type: "string", description: "ISO 8601 with a zone" };
    case "ref":
      return { type: to?.keyType === "integer" ? "integer" : "string" };
    case "text":
      return { type: "string" };
  }
}

function columnSchema(column: ColumnPlan): Schema {
  const schema = plainSchema(column);
  if (!column.nullable) return schema;
  const { enum: values } = schema;
  return { ...schema, type: [schema.type, "null"], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
}

/** A model's output as the JSON Schema of OpenAI's strict structured output: every property required, no other taken. */
export const outputSchema = (output: readonly ColumnPlan[]): Schema => ({
  type: "object",
  properties: Object.fromEntries(output.map((column) => [column.name, columnSchema(column)])),
  required: output.map(({ name }) => name),
  additionalProperties: false,
});

/** Reads answers as a model's output. */
export class OutputReader {
  readonly #output: readonly ColumnPlan[];
  readonly #validator: RowValidator;

  constructor(output: readonly ColumnPlan[]) {
    this.#output = output;
    this.#validator = new RowValidator(output, false);
  }

  /** The values of an answer in the order of the columns. @throws model.failed where it does not fit them */
  read(answer: unknown): readonly ModelValue[] {
    const checked = this.#validator.validate(answer);
    if ("row" in checked) return checked.row.values.map((value, i) => modelValue(this.#output[i], value));
    const [{ path, message }] = checked.places;
    throw new TenonError("model.failed", `the answer does not fit the model's output: ${path} ${message}`);
  }
}
