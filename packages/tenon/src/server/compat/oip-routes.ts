import { TenonError } from "../../base/error.ts";
import { parseExactJson } from "../../base/exact-json.ts";
import { limit } from "../../base/limit.ts";
import { isRecord } from "../../base/record.ts";
import { sendJson } from "../http-response.ts";
import { isReady } from "../readiness.ts";
import type { Call, Route } from "../route.ts";
import { readCompressedBody } from "./compressed-body.ts";
import { statisticsOf } from "./inference-statistics.ts";
import { infer } from "./oip-infer.ts";
import {
  envelopeTensors,
  inputTensors,
  type ModelTensor,
  outputTensors,
  readinessOf,
  versionsOf,
} from "./served-model.ts";

const model = "/oip/v2/models/:model";
const version = `${model}/versions/:version`;
const extensions = ["binary_tensor_data", "model_repository", "model_configuration", "statistics"];

/** Wire: Open Inference Protocol v2 over REST, as KServe and Triton speak it. A model is a prediction. */
export const oipRoutes = (serverVersion: string): readonly Route[] => [
  get("/oip/v2/health/live", "none", "OIP: the process runs", ({ response }) =>
    sendJson(response, 200, { live: true }),
  ),
  get("/oip/v2/health/ready", "none", "OIP: requests are answered", ({ tenon, response }) =>
    sendJson(response, isReady(tenon) ? 200 : 503, { ready: isReady(tenon) }),
  ),
  get("/oip/v2", "predict", "OIP: what the server is, and which extensions it has", ({ response }) =>
    sendJson(response, 200, { name: "tenon", version: serverVersion, extensions }),
  ),
  get("/oip/v2/models", "predict", "OIP: the models, which are the predictions", ({ tenon, response }) =>
    sendJson(response, 200, { models: tenon.build.app.plan.predictions.map(({ name }) => name) }),
  ),
  get("/oip/v2/models/stats", "predict", "OIP: figures of all models", statistics),
  ...[model, version].flatMap((path) => [
    get(path, "predict", "OIP: a model's inputs and outputs", metadata),
    get(`${path}/ready`, "predict", "OIP: a model has a version that answers", modelReady),
    get(`${path}/config`, "predict", "OIP: a model's configuration in Triton's form", config),
    get(`${path}/stats`, "predict", "OIP: figures of a model", statistics),
    { ...post(`${path}/infer`, "OIP: predicts for rows that come as tensors", infer), asks: nameOf },
  ]),
  post("/oip/v2/repository/index", "OIP: every version of every model with its state", repositoryIndex),
  post("/oip/v2/repository/models/:model/load", "OIP: a model of the configuration is loaded already", load),
  post("/oip/v2/repository/models/:model/unload", "OIP: refused, the configuration has the models", unload),
];

function get(path: string, scope: Route["scope"], summary: string, handle: Route["handle"]): Route {
  return { method: "GET", path, scope, summary, handle };
}

function post(path: string, summary: string, handle: Route["handle"]): Route {
  return { method: "POST", path, scope: "predict", summary, handle };
}

const nameOf = ({ parameters }: Call): string => parameters.model ?? "";

function metadata(call: Call): void {
  const { tenon, response, parameters } = call;
  const predictor = tenon.serving.predictor(nameOf(call));
  if (parameters.version !== undefined) readinessOf(tenon, nameOf(call), parameters.version);
  const told = ({ name, datatype }: ModelTensor): object => ({ name, datatype, shape: [-1] });
  sendJson(response, 200, {
    name: predictor.plan.name,
    versions: versionsOf(tenon, nameOf(call)).map((one) => one.version),
    platform: platformOf(call),
    inputs: inputTensors(predictor).map(told),
    outputs: outputTensors(tenon, predictor).map(told),
  });
}

function platformOf(call: Call): string {
  const { model } = call.tenon.serving.predictor(nameOf(call));
  return `tenon_${model.source === "trained" ? "trees" : (model.runtime?.kind ?? "rule")}`;
}

function modelReady(call: Call): void {
  const { tenon, response, parameters } = call;
  const { isReady: ready, reason } = readinessOf(tenon, nameOf(call), parameters.version);
  const body = { name: nameOf(call), ready, ...(ready ? {} : { reason }) };
  sendJson(response, ready ? 200 : 503, body);
}

/** Wire: Triton's model configuration; a tensor's one dimension is that of the rows. */
function config(call: Call): void {
  const { tenon, response, parameters } = call;
  const predictor = tenon.serving.predictor(nameOf(call));
  if (parameters.version !== undefined) readinessOf(tenon, nameOf(call), parameters.version);
  const dataType = ({ name, datatype }: ModelTensor): object => ({
    name,
    data_type: datatype === "BYTES" ? "TYPE_STRING" : `TYPE_${datatype}`,
    dims: [-1],
  });
  sendJson(response, 200, {
    name: predictor.plan.name,
    platform: platformOf(call),
    backend: "tenon",
    max_batch_size: 0,
    input: [...inputTensors(predictor), ...envelopeTensors(predictor)].map((tensor) => ({
      ...dataType(tensor),
      optional: tensor.isOptional,
    })),
    output: outputTensors(tenon, predictor).map(dataType),
  });
}

/** Of one model or of all; of one version or of those that were asked. */
function statistics({ tenon, response, caller, parameters }: Call): void {
  const names =
    parameters.model === undefined ? tenon.build.app.plan.predictions.map(({ name }) => name) : [parameters.model];
  const model_stats = names.flatMap((name) => {
    if (parameters.version !== undefined) readinessOf(tenon, name, parameters.version);
    const live = readinessOf(tenon, name).version;
    const versions =
      parameters.version === undefined ? versionsOf(tenon, name).map((one) => one.version) : [parameters.version];
    const told = versions.length === 0 ? [live] : versions;
    return told.map((one) => statisticsOf(tenon, caller.tenant, name, one).describe(name, one));
  });
  sendJson(response, 200, { model_stats });
}

/** A body may be missing. */
async function bodyOf({ request }: Call): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readCompressedBody(request, limit.bodyBytesMax);
  const body = bytes.length === 0 ? {} : parseExactJson(bytes);
  if (isRecord(body)) return body;
  throw new TenonError("body.unreadable", "the body is no JSON object");
}

async function repositoryIndex(call: Call): Promise<void> {
  const { tenon, response } = call;
  const { ready } = await bodyOf(call);
  const index = tenon.build.app.plan.predictions.flatMap(({ name }) => {
    const versions = versionsOf(tenon, name);
    const live = readinessOf(tenon, name);
    return (versions.length === 0 ? [live] : versions).map((one) => ({
      name,
      version: one.version,
      state: one.isReady ? "READY" : "UNAVAILABLE",
      reason: one.reason,
    }));
  });
  sendJson(
    response,
    200,
    index.filter(({ state }) => ready !== true || state === "READY"),
  );
}

async function load(call: Call): Promise<void> {
  const { tenon, response } = call;
  const { plan } = tenon.serving.predictor(nameOf(call));
  const { parameters } = await bodyOf(call);
  const given = isRecord(parameters) ? Object.keys(parameters) : [];
  const [override] = given.filter((name) => name === "config" || name.startsWith("file:"));
  if (override !== undefined)
    throw new TenonError(
      "model.configured",
      `"${plan.name}" was to be loaded with "${override.slice(0, 100)}"; what it is stands in the configuration alone`,
    );
  sendJson(response, 200, { name: plan.name, load: true });
}

async function unload(call: Call): Promise<void> {
  const { plan } = call.tenon.serving.predictor(nameOf(call));
  await bodyOf(call);
  throw new TenonError(
    "model.configured",
    `"${plan.name}" is a prediction of the configuration: it is served as long as it stands there`,
  );
}
