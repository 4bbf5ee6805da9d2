import { TenonError } from "../../base/error.ts";
import type { Predictor } from "../../service/predict/predictor.ts";
import { sendText } from "../http-response.ts";
import { isReady } from "../readiness.ts";
import type { Call, Route } from "../route.ts";
import { answerRows } from "./score-rows.ts";
import { readFrame } from "./scoring-frame.ts";

/** Wire: MLflow's scoring server, whose `/invocations` and `/ping` are SageMaker's container contract too. */
export const scoringRoutes = (version: string): readonly Route[] => [
  {
    method: "POST",
    path: "/scoring/invocations",
    scope: "predict",
    summary: "MLflow scoring: predicts for a frame, JSON or CSV; ?prediction= where the app has several",
    asks: (call) => call.query.get("prediction") ?? onlyPrediction(call.tenon) ?? "",
    handle: invocations,
  },
  {
    method: "GET",
    path: "/scoring/ping",
    scope: "none",
    summary: "MLflow scoring, SageMaker: requests are answered",
    handle: ping,
  },
  { method: "GET", path: "/scoring/health", scope: "none", summary: "MLflow scoring: the same", handle: ping },
  {
    method: "GET",
    path: "/scoring/version",
    scope: "none",
    summary: "MLflow scoring: the server's version",
    mime: "text/plain",
    handle: ({ response }) => sendText(response, 200, "text/plain", version),
  },
];

function ping({ tenon, response }: Call): void {
  sendText(response, isReady(tenon) ? 200 : 503, "application/json", "\n");
}

async function invocations(call: Call): Promise<void> {
  const predictor = predictorOf(call);
  await answerRows(call, predictor, await readFrame(call.request, predictor));
}

/** The one that the address names, or the only one of the app. */
function predictorOf({ tenon, query }: Call): Predictor {
  const asked = query.get("prediction") ?? onlyPrediction(tenon);
  if (asked !== undefined) return tenon.serving.predictor(asked);
  const names = tenon.build.app.plan.predictions.map(({ name }) => name);
  throw new TenonError(
    "prediction.unknown",
    `the app has ${names.length} predictions (${names.slice(0, 10).join(", ")}): name one with ?prediction=`,
  );
}

function onlyPrediction({ build }: Call["tenon"]): string | undefined {
  const [only, ...more] = build.app.plan.predictions;
  return more.length === 0 ? only?.name : undefined;
}
