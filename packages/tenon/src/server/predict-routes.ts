import { TenonError } from "../base/error.ts";
import { limit } from "../base/limit.ts";
import { formatPosition } from "../base/position.ts";
import { requireScope } from "../service/govern/api-keys.ts";
import { describeLogged, loggedPrediction, replayLogged } from "../service/predict/logged.ts";
import { tellOutcome } from "../service/predict/outcome.ts";
import { type PredictionRecord, versionName } from "../service/predict/prediction-record.ts";
import type { Predicted } from "../service/predict/predictor.ts";
import { askedBudgetMs } from "./asked-budget.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import { inTurn } from "./in-turn.ts";
import { predictLines } from "./predict-lines.ts";
import type { Call, Route } from "./route.ts";

const recentMax = 200;

export const predictRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/predict/:prediction",
    scope: "predict",
    isPublic: true,
    asks: ({ parameters }) => parameters.prediction ?? "",
    summary: "Predicts for a spine row, for an array of them, or for NDJSON line by line",
    handle: predict,
  },
  {
    method: "GET",
    path: "/predictions",
    scope: "admin",
    summary: "The newest logged predictions",
    handle: recentPredictions,
  },
  {
    method: "GET",
    path: "/predictions/:id",
    scope: "admin",
    summary: "A logged prediction with features as served; ?replay=true makes it again",
    handle: onePrediction,
  },
  {
    method: "POST",
    path: "/predictions/:id/outcome",
    scope: "ingest",
    summary: "Tells what came of a prediction, as an event that its label is read from",
    handle: takeOutcome,
  },
];

/** How a caller wants to be answered. */
interface Asked {
  readonly name: string;
  readonly explain: boolean;
  readonly key: string | undefined;
  readonly budgetMs: number | undefined;
  readonly variant: string | undefined;
}

async function predict(call: Call): Promise<void> {
  const { tenon, request, caller, parameters, query } = call;
  const name = parameters.prediction ?? "";
  tenon.serving.predictor(name);
  const budgetMs = askedBudgetMs(request);
  const explain = query.get("explain") === "features";
  const key = idempotencyKeyOf(request.headers["idempotency-key"]);
  const variant = variantOf(call);
  if ((request.headers["content-type"] ?? "").includes("ndjson")) {
    checkOneRow(caller);
    refuseKey(key);
    const answer = (predicted: Predicted): object => answerOf(predicted, explain, tenon);
    await predictLines(call, name, { budgetMs, variant, answer });
    return;
  }
  const bytes = await readBody(request);
  const asked = { name, explain, key, budgetMs, variant };
  await inTurn(call, name, (queuedMs) => answer(call, parseJson(bytes), asked, queuedMs));
}

function answer(call: Call, body: unknown, { name, explain, key, budgetMs, variant }: Asked, queuedMs: number) {
  const { tenon, caller, response } = call;
  const time = { budgetMs, queuedMs, variant };
  const send = (made: Predicted): void => sendJson(response, 200, answerOf(made, explain, tenon));
  if (Array.isArray(body)) {
    checkOneRow(caller);
    refuseKey(key);
    if (body.length > limit.itemsMax)
      throw new TenonError("body.too-large", `${body.length} rows in one array; it takes ${limit.itemsMax}`);
    return tenon.predictions.all(caller.tenant, name, body, time).then((made) =>
      sendJson(
        response,
        200,
        made.map((predicted) => answerOf(predicted, explain, tenon)),
      ),
    );
  }
  const made =
    key === undefined
      ? tenon.predict(caller.tenant, name, body, time)
      : tenon.idempotency.predict(caller.tenant, { prediction: name, key, input: body, ...time });
  // A promise alone is waited for: the path of most predictions has no turn of the loop in it.
  return made instanceof Promise ? made.then(send) : send(made);
}

/** Which variant a tester wants. @throws key.scope */
function variantOf({ request, caller }: Call): string | undefined {
  const header = request.headers["tenon-variant"];
  if (header === undefined) return undefined;
  requireScope(caller, "admin");
  return String(header);
}

/** What a caller sends with each try of one call. */
function idempotencyKeyOf(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new TenonError("field.type", "Idempotency-Key: 1 to 255 characters of ASCII");
}

function refuseKey(key: string | undefined): void {
  if (key !== undefined)
    throw new TenonError("field.type", "Idempotency-Key: it is for a single row; rows of many have an `id` each");
}

/** A visitor's calls are counted, and each is one row. @throws key.published */
function checkOneRow({ publishable }: Call["caller"]): void {
  if (publishable !== undefined) throw new TenonError("key.published", "a published key asks for one row a call");
}

export function answerOf(predicted: Predicted, explain: boolean, tenon: Call["tenon"]): object {
  const { record } = predicted;
  const receipt = {
    id: predicted.id,
    model: versionName(record),
    digest: record.digest,
    variant: record.variant,
    at: new Date(predicted.atMs).toISOString(),
    position: formatPosition(record.position),
    featureAgeMsMax: predicted.featureAgeMsMax,
    degraded: record.degraded,
    costMicros: record.costMicros ?? 0,
  };
  return explain
    ? { ...predicted.answer, receipt, features: featuresOf(record, tenon) }
    : { ...predicted.answer, receipt };
}

const featuresOf = (record: PredictionRecord, tenon: Call["tenon"]): object =>
  describeLogged(record, tenon.builds.servingPlan(record.build)).features;

async function recentPredictions({ tenon, response, caller, query }: Call): Promise<void> {
  const count = Math.max(1, Math.min(recentMax, Number(query.get("limit") ?? 50) || 50));
  const asked = query.get("prediction");
  const names =
    asked === null
      ? tenon.build.app.plan.predictions.map(({ name }) => name)
      : [tenon.serving.predictor(asked).plan.name];
  const lists = await Promise.all(
    names.map((name) => loggedPrediction(tenon, caller.tenant, { prediction: name, limit: count })),
  );
  const predictions = lists
    .flat()
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, count);
  sendJson(response, 200, { predictions });
}

/** `{ "label": true }`, `{ "label": 42, "at": "…" }`, and whatever other columns the outcome's event has. */
async function takeOutcome({ tenon, request, response, caller, parameters }: Call): Promise<void> {
  const told = parseJson(await readBody(request));
  const { lastSeq, ...outcome } = await tellOutcome(tenon, caller.tenant, parameters.id ?? "", told);
  sendJson(response, outcome.recorded ? 202 : 200, { ...outcome, position: formatPosition(lastSeq) });
}

async function onePrediction({ tenon, response, caller, parameters, query }: Call): Promise<void> {
  sendJson(
    response,
    200,
    await replayLogged(tenon, caller.tenant, parameters.id ?? "", query.get("replay") === "true"),
  );
}
