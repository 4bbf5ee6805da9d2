import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { readRawTensor, readTensorBody, type TensorBody, writeTensorBody } from "../../base/oip-tensor.ts";
import { isRecord } from "../../base/record.ts";
import type { Predicted, Predictor } from "../../service/predict/predictor.ts";
import { inTurn } from "../in-turn.ts";
import type { Call } from "../route.ts";
import { readCompressedBody, sendBytes } from "./compressed-body.ts";
import { statisticsOf } from "./inference-statistics.ts";
import { type AskedOutput, answerTensors, receiptParameters } from "./oip-answer.ts";
import { rowsOfTensors } from "./oip-rows.ts";
import { inputTensors, predictorOf, readinessOf } from "./served-model.ts";

const headerLength = "inference-header-content-length";

interface AskedAnswer {
  readonly outputs: readonly AskedOutput[];
  /** What is not asked for by name comes as binary. */
  readonly isBinary: boolean;
}

/** Wire: `POST /v2/models/{model}[/versions/{version}]/infer`, tensors in and out. */
export async function infer(call: Call): Promise<void> {
  const { tenon, caller, request, response, parameters } = call;
  const name = parameters.model ?? "";
  const predictor = await predictorOf(tenon, name, parameters.version);
  const { version } = readinessOf(tenon, name, parameters.version);
  const statistics = statisticsOf(tenon, caller.tenant, name, version);
  const body = await readCompressedBody(request, limit.tensorBodyBytesMax);
  const startedNs = process.hrtime.bigint();
  try {
    const { header, tensors } = parse(request.headers[headerLength], body, predictor);
    const asked = askedOf(header);
    const rows = rowsOfTensors(predictor, tensors);
    const readNs = process.hrtime.bigint();
    const made = await inTurn(call, name, (queuedMs) =>
      tenon.predictions.all(caller.tenant, name, rows, {
        ...(parameters.version === undefined ? {} : { predictor, variant: "live" }),
        queuedMs,
      }),
    );
    const madeNs = process.hrtime.bigint();
    const written = answerTensorsOf(call, predictor, made, { header, version, asked });
    const writtenNs = process.hrtime.bigint();
    const times = {
      inputNs: Number(readNs - startedNs),
      inferNs: Number(madeNs - readNs),
      outputNs: Number(writtenNs - madeNs),
    };
    statistics.succeed(rows.length, times, tenon.machineNowMs());
    const { headerBytes } = written;
    await sendBytes(request, response, written.body, {
      "content-type": headerBytes === undefined ? "application/json" : "application/octet-stream",
      ...(headerBytes === undefined ? {} : { "Inference-Header-Content-Length": String(headerBytes) }),
    });
  } catch (thrown) {
    statistics.fail(Number(process.hrtime.bigint() - startedNs));
    throw thrown;
  }
}

/** JSON; JSON and binary; or, where the JSON is said to have no bytes, the single input alone. */
function parse(told: string | string[] | undefined, body: Buffer, predictor: Predictor): TensorBody {
  if (told === undefined) return readTensorBody(boundedJson(body, body.length), "inputs");
  if (typeof told !== "string" || !/^\d{1,15}$/.test(told))
    throw new TenonError(
      "tensor.invalid",
      `Inference-Header-Content-Length is ${String(told).slice(0, 40)}; it is a number of bytes`,
    );
  const headerBytes = Number(told);
  if (headerBytes > 0) return readTensorBody(boundedJson(body, headerBytes), "inputs", headerBytes);
  const [only, ...more] = inputTensors(predictor);
  if (only === undefined || more.length > 0)
    throw new TenonError(
      "tensor.invalid",
      `a raw body is a single input; "${predictor.plan.name}" has ${more.length + 1}`,
    );
  return {
    header: { parameters: { binary_data_output: true } },
    tensors: [readRawTensor(body, only.name, only.datatype)],
  };
}

/** Binary tensors are taken as they lie; JSON is parsed on the thread that all requests share. */
function boundedJson(body: Buffer, jsonBytes: number): Buffer {
  if (Math.min(jsonBytes, body.length) <= limit.bodyBytesMax) return body;
  throw new TenonError(
    "body.too-large",
    `the JSON has ${jsonBytes} bytes; this address takes ${limit.bodyBytesMax} of it: send the tensors as binary`,
  );
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Which outputs are wanted, and how; `priority` and `timeout` are taken and change nothing: nothing queues here. */
function askedOf(header: TensorBody["header"]): AskedAnswer {
  const parameters = recordOf(header.parameters);
  const { sequence_id: sequence } = parameters;
  if (sequence !== undefined && sequence !== 0 && sequence !== "")
    throw new TenonError("tensor.invalid", "sequences are not answered here: each row is predicted for by itself");
  const isBinary = parameters.binary_data_output === true;
  const { outputs } = header;
  if (outputs === undefined || outputs === null) return { outputs: [], isBinary };
  if (!Array.isArray(outputs) || outputs.length > limit.tensorsMax)
    throw new TenonError("tensor.invalid", `"outputs" is a list of at most ${limit.tensorsMax}`);
  return { outputs: outputs.map((output: unknown) => askedOutput(output, isBinary)), isBinary };
}

function askedOutput(output: unknown, isBinary: boolean): AskedOutput {
  if (!isRecord(output) || typeof output.name !== "string")
    throw new TenonError("tensor.invalid", 'an output is asked for by its "name"');
  const { classification, binary_data: binary } = recordOf(output.parameters);
  if (classification !== undefined)
    throw new TenonError("tensor.invalid", `"${output.name.slice(0, 100)}": classification is not answered here`);
  return { name: output.name, isBinary: typeof binary === "boolean" ? binary : isBinary };
}

/** 0 where no version answered. */
function versionOf(made: readonly Predicted[], asked: string): string {
  const variants = new Set(made.map(({ record }) => record.variant));
  if (variants.size === 0 || variants.has("live")) return asked;
  return variants.has("previous") ? String(made.find(({ record }) => record.version > 0)?.record.version ?? 0) : "0";
}

function answerTensorsOf(
  { tenon }: Call,
  predictor: Predictor,
  made: readonly Predicted[],
  o: { readonly header: TensorBody["header"]; readonly version: string; readonly asked: AskedAnswer },
) {
  const { id } = o.header;
  const header = {
    model_name: predictor.plan.name,
    model_version: versionOf(made, o.version),
    ...(typeof id === "string" ? { id } : {}),
    parameters: receiptParameters(made),
  };
  return writeTensorBody(header, "outputs", answerTensors(tenon, predictor, made, o.asked));
}
