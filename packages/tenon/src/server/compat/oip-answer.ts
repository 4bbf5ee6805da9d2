import { TenonError } from "../../base/error.ts";
import type { TensorText } from "../../base/oip-datatype.ts";
import type { Tensor } from "../../base/oip-tensor.ts";
import type { Predicted, Predictor } from "../../service/predict/predictor.ts";
import type { Tenon } from "../../service/tenon.ts";
import { answerDatatype, outputTensors } from "./served-model.ts";

/** An output that a request asks for. */
export interface AskedOutput {
  readonly name: string;
  readonly isBinary: boolean;
}

export type AnswerTensor = Tensor & { readonly isBinary: boolean };

/** Answers as tensors: one for each column of theirs, those alone that are asked for. @throws tensor.invalid */
export function answerTensors(
  tenon: Tenon,
  predictor: Predictor,
  made: readonly Predicted[],
  asked: { readonly outputs: readonly AskedOutput[]; readonly isBinary: boolean },
): readonly AnswerTensor[] {
  const names = new Set(made.flatMap(({ answer }) => Object.keys(answer)));
  // What no row has may still be an output: decide may leave it out.
  const isKnown = names.size > 0 && asked.outputs.every(({ name }) => names.has(name));
  const described = isKnown ? [] : outputTensors(tenon, predictor);
  for (const { name } of described) names.add(name);
  const wanted =
    asked.outputs.length > 0 ? asked.outputs : [...names].map((name) => ({ name, isBinary: asked.isBinary }));
  const columns = predictor.model.source === "pretrained" ? predictor.model.output : [];
  return wanted.map(({ name, isBinary }) => {
    if (!names.has(name))
      throw new TenonError(
        "tensor.invalid",
        `"${predictor.plan.name}" has no output "${name.slice(0, 100)}"; its outputs are ${[...names].join(", ")}`,
      );
    const values = made.map(({ answer }) => answer[name] ?? null);
    const empty = made.length === 0 ? described.find((one) => one.name === name)?.datatype : undefined;
    const column = columns.find((candidate) => candidate.name === name);
    return { ...tensorOf(name, values, empty ?? answerDatatype(column, values)), isBinary };
  });
}

function tensorOf(name: string, values: readonly unknown[], datatype: Tensor["datatype"]): Tensor {
  const shape = [values.length];
  if (datatype === "BOOL")
    return { name, shape, datatype, data: Uint8Array.from(values, (value) => Number(value === true)) };
  if (datatype === "FP64") return { name, shape, datatype, data: Float64Array.from(values, numberOf) };
  return { name, shape, datatype: "BYTES", data: values.map(textOfValue) };
}

const numberOf = (value: unknown): number =>
  typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : Number.NaN;

/** Lists and objects are JSON. */
const textOfValue = (value: unknown): TensorText =>
  value === null || typeof value === "string"
    ? value
    : value instanceof Date
      ? value.toISOString()
      : JSON.stringify(value);

/** What an answer carries beside its tensors, as the protocol's parameters take it: texts. */
export function receiptParameters(made: readonly Predicted[]): Readonly<Record<string, string>> {
  const degraded = degradedOf(made);
  return {
    prediction_ids: made.map(({ id }) => id).join(","),
    ...(degraded.length === 0 ? {} : { degraded: degraded.join("; ") }),
  };
}

export const degradedOf = (made: readonly Predicted[]): readonly string[] => [
  ...new Set(made.flatMap(({ record }) => record.degraded)),
];
