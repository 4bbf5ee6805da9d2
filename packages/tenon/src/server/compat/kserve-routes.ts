import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { fieldOf } from "../../base/record.ts";
import { sendJson } from "../http-response.ts";
import type { Call, Route } from "../route.ts";
import { readExactBody } from "./compressed-body.ts";
import { answerRows, rowOf } from "./score-rows.ts";
import { readinessOf } from "./served-model.ts";

/** Wire: KServe's protocol V1, which TensorFlow Serving began. */
export const kserveRoutes: readonly Route[] = [
  { method: "GET", path: "/kserve", scope: "none", summary: "KServe V1: the process runs", handle: alive },
  { method: "GET", path: "/kserve/v1/models", scope: "predict", summary: "KServe V1: the models", handle: models },
  {
    method: "GET",
    path: "/kserve/v1/models/:model",
    scope: "predict",
    summary: "KServe V1: a model has a version that answers",
    handle: ready,
  },
  {
    method: "POST",
    path: "/kserve/v1/models/:call",
    scope: "predict",
    asks: (call) => askedOf(call).name,
    summary: "KServe V1: predicts for instances, `NAME:predict`",
    handle: predict,
  },
];

function alive({ response }: Call): void {
  sendJson(response, 200, { status: "alive" });
}

function models({ tenon, response }: Call): void {
  sendJson(response, 200, { models: tenon.build.app.plan.predictions.map(({ name }) => name) });
}

function ready({ tenon, response, parameters }: Call): void {
  const name = parameters.model ?? "";
  const { isReady, reason } = readinessOf(tenon, name);
  sendJson(response, isReady ? 200 : 503, { name, ready: isReady, ...(isReady ? {} : { error: reason }) });
}

/** `NAME:predict` */
function askedOf({ parameters }: Call): { readonly name: string; readonly verb: string } {
  const [name = "", verb = ""] = (parameters.call ?? "").split(/:(?=[^:]*$)/);
  return { name, verb };
}

async function predict(call: Call): Promise<void> {
  const { tenon, request, parameters } = call;
  const { name, verb } = askedOf(call);
  if (verb !== "predict")
    throw new TenonError(
      "route.unknown",
      `a model is asked with NAME:predict; found "${(parameters.call ?? "").slice(0, 100)}". Reasons: POST /predict/NAME?explain=features`,
    );
  const predictor = tenon.serving.predictor(name);
  const body = await readExactBody(request, limit.bodyBytesMax);
  const instances = fieldOf(body, "instances");
  if (!Array.isArray(instances)) throw new TenonError("input.invalid", '"instances" is a list of rows');
  const rows = instances.map((instance: unknown) => rowOf(predictor, instance));
  await answerRows(call, predictor, rows);
}
