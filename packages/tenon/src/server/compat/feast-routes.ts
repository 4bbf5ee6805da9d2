import { limit } from "../../base/limit.ts";
import { isRecord } from "../../base/record.ts";
import { parseJson, readBody } from "../http-request.ts";
import { sendJson, sendText } from "../http-response.ts";
import type { Call, Route } from "../route.ts";
import { FeastError, sendFeastError } from "./feast-error.ts";
import { type FeastRequest, readForFeast } from "./feast-read.ts";
import { type Frame, pushFrame, putFrame } from "./feast-write.ts";

type Body = Readonly<Record<string, unknown>>;

/** Wire: Feast's HTTP feature server, 0.67. Unknown fields are ignored, as it does. */
export const feastRoutes: readonly Route[] = [
  route("/get-online-features", "predict", "Feast: features of many keys, column by column", getOnlineFeatures),
  route("/push", "ingest", "Feast: events, or rows of a table, by the name of the push source", push),
  route("/write-to-online-store", "ingest", "Feast: rows of a table", writeToOnlineStore),
  route(
    "/materialize",
    "admin",
    "Feast: features are always fresh; waits until what is logged is applied",
    materialize,
  ),
  route(
    "/materialize-incremental",
    "admin",
    "Feast: features are always fresh; waits until what is logged is applied",
    materialize,
  ),
  {
    method: "GET",
    path: "/health",
    scope: "none",
    summary: "Feast: the server answers",
    mime: "text/plain",
    isFeast: true,
    handle: health,
  },
];

function route(
  path: string,
  scope: Route["scope"],
  summary: string,
  handle: (call: Call, body: Body) => Promise<void>,
): Route {
  return {
    method: "POST",
    path,
    scope,
    summary,
    isFeast: true,
    handle: async (call) => {
      try {
        const body = parseJson(await readBody(call.request));
        await handle(call, isRecord(body) ? body : {});
      } catch (thrown) {
        sendFeastError(call.response, thrown);
      }
    },
  };
}

async function getOnlineFeatures({ tenon, caller, response }: Call, body: Body): Promise<void> {
  const request: FeastRequest = {
    features: featuresOf(tenon, body),
    entities: entitiesOf(body),
    fullNames: body.full_feature_names === true,
  };
  sendJson(response, 200, readForFeast(tenon, caller.tenant, request));
}

/** `features`, or a `feature_service`: the features of a model's sets, or those of a set. */
function featuresOf({ build }: Call["tenon"], body: Body): readonly string[] {
  const { features, feature_service: service } = body;
  if (typeof service !== "string") {
    if (Array.isArray(features) && features.every((name): name is string => typeof name === "string")) return features;
    throw missing("features");
  }
  const { models, featureSets } = build.app.plan;
  const model = models.find(({ name }) => name === service);
  if (model?.source === "trained")
    return model.inputs.flatMap((input) => (input.from === "features" ? [`${input.set}:${input.column}`] : []));
  const set = featureSets.find(({ name }) => name === service);
  if (set !== undefined) return set.columns.map(({ name }) => `${set.name}:${name}`);
  const message = `Feature service ${service} does not exist in project ${build.app.plan.app.name}`;
  throw new FeastError(404, message, "FeatureServiceNotFoundException");
}

function entitiesOf({ entities }: Body): FeastRequest["entities"] {
  if (entities === undefined) throw missing("entities");
  if (!isRecord(entities)) throw new FeastError(422, "entities: Input should be a valid dictionary");
  const columns = Object.entries(entities).map(([name, values]): [string, readonly unknown[]] => {
    if (Array.isArray(values)) return [name, values];
    if (isRecord(values) && Array.isArray(values.val)) return [name, values.val];
    throw new FeastError(422, `entities: '${name}' is no list`);
  });
  return Object.fromEntries(columns);
}

async function push({ tenon, caller, response }: Call, body: Body): Promise<void> {
  const { push_source_name: source, to = "online" } = body;
  if (typeof source !== "string") throw missing("push_source_name");
  if (to !== "online" && to !== "offline" && to !== "online_and_offline")
    throw new FeastError(
      500,
      `${String(to).slice(0, 60)} is not a supported push format. Please specify one of these ['online', 'offline', 'online_and_offline'].`,
    );
  await pushFrame(tenon, caller.tenant, source, frameOf(body));
  await applied(tenon);
  sendText(response, 200, "text/plain", "");
}

async function writeToOnlineStore({ tenon, caller, response }: Call, body: Body): Promise<void> {
  const { feature_view_name: view } = body;
  if (typeof view !== "string") throw missing("feature_view_name");
  await putFrame(tenon, caller.tenant, view, frameOf(body));
  // Feast's writers read back what they wrote.
  await applied(tenon);
  sendText(response, 200, "application/json", "null");
}

async function materialize({ tenon, response }: Call, body: Body): Promise<void> {
  const views: readonly unknown[] = Array.isArray(body.feature_views) ? body.feature_views : [];
  for (const view of views)
    if (!tenon.build.app.plan.featureSets.some(({ name }) => name === view))
      throw new FeastError(404, `Feature view ${String(view)} does not exist`, "FeatureViewNotFoundException");
  await applied(tenon);
  sendText(response, 200, "application/json", "null");
}

function health({ response }: Call): void {
  sendText(response, 200, "text/plain", "");
}

const applied = (tenon: Call["tenon"]): Promise<boolean> =>
  tenon.applier.waitFor(tenon.log.lastSeq, limit.afterWaitMsMax);

function frameOf({ df }: Body): Frame {
  if (isRecord(df)) return df;
  throw missing("df");
}

const missing = (field: string): FeastError => new FeastError(422, `body.${field}: Field required`);
