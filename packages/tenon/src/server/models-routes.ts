import { TenonError } from "../base/error.ts";
import { isRecord } from "../base/record.ts";
import { runtimeText } from "../plan/runtime-plan.ts";
import { isPromotable, type VersionRecord } from "../service/learn/version-record.ts";
import type { Tenon } from "../service/tenon.ts";
import { liveQualityOf } from "./describe-status.ts";
import { parseJson, readBody } from "./http-request.ts";
import { sendJson } from "./http-response.ts";
import { isOwner } from "./owner.ts";
import type { Call, Route } from "./route.ts";

/** Rows that one training takes unless it is told otherwise: the newest. */
export const trainRowsMax = 1_000_000;

export const modelsRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/models",
    scope: "admin",
    summary: "The models with their live versions",
    handle: listModels,
  },
  {
    method: "GET",
    path: "/models/:model",
    scope: "admin",
    summary: "A model's versions with metrics and gates",
    handle: oneModel,
  },
  {
    method: "POST",
    path: "/models/:model/versions/:version/promote",
    scope: "admin",
    summary: "Makes a version live",
    handle: promote,
  },
  {
    method: "POST",
    path: "/models/:model/rollback",
    scope: "admin",
    summary: "Goes back to the version that was live before",
    handle: rollback,
  },
  {
    method: "POST",
    path: "/models/:model/train",
    scope: "admin",
    summary: "Begins a training; ?wait=true answers with the version",
    handle: train,
  },
  {
    method: "POST",
    path: "/models/:model/dataset",
    scope: "admin",
    summary: "Builds the training set alone",
    handle: dataset,
  },
];

function listModels({ tenon, response }: Call): void {
  const models = tenon.build.app.plan.models.map((model) => ({
    name: model.name,
    source: model.source,
    runs: model.source === "trained" ? null : runtimeText(model.runtime),
    problem: tenon.builds.runtimes.find(({ plan }) => plan.name === model.name)?.problem ?? null,
    live: tenon.registry.live(model.name)?.version ?? null,
    versions: tenon.registry.versions(model.name).length,
    training: tenon.learner.progress.some((run) => run.model === model.name),
  }));
  sendJson(response, 200, { models });
}

function oneModel({ tenon, response, parameters, caller }: Call): void {
  const { name } = tenon.model(parameters.model ?? "");
  const sees = { live: tenon.registry.live(name)?.version, isOwner: isOwner(tenon, caller) };
  const live = tenon.registry.live(name);
  sendJson(response, 200, {
    name,
    live: live?.version ?? null,
    previous: live?.previous ?? null,
    versions: tenon.registry.versions(name).map((record) => describeVersion(record, sees)),
    quality: liveQualityOf(tenon).filter((quality) => quality.model === name),
  });
}

/** A version as a caller may see it: its profile, and the slices of its evaluation, may name values of other tenants. */
function describeVersion(
  record: VersionRecord,
  o: { readonly live: number | undefined; readonly isOwner: boolean },
): object {
  // Whom it may tell the profile, the catalogue knows.
  const { createdAtMs, profile: _, evaluation, ...rest } = record;
  return {
    ...rest,
    evaluation: o.isOwner ? evaluation : { ...evaluation, slices: [] },
    live: record.version === o.live,
    createdAt: new Date(createdAtMs),
    promotable: isPromotable(record),
  };
}

async function promote({ tenon, response, parameters, query, request }: Call): Promise<void> {
  await readBody(request);
  const { name } = tenon.trainedModel(parameters.model ?? "");
  const version = Number(parameters.version);
  if (!Number.isSafeInteger(version))
    throw new TenonError("version.unknown", `"${parameters.version}" is no version's number`);
  const alias = await tenon.registry.promote(name, version, { force: query.get("force") === "true" });
  sendJson(response, 200, { model: name, live: alias.version, previous: alias.previous });
}

async function rollback({ tenon, response, parameters, request }: Call): Promise<void> {
  await readBody(request);
  const { name } = tenon.trainedModel(parameters.model ?? "");
  const alias = await tenon.registry.rollback(name);
  sendJson(response, 200, { model: name, live: alias.version, previous: alias.previous });
}

async function train({ tenon, response, parameters, query, request, caller }: Call): Promise<void> {
  const model = tenon.trainedModel(parameters.model ?? "");
  const running = tenon.learner.train(model, tenon.learnRequest(model.name, { rowsMax: await rowsMaxOf(request) }));
  if (query.get("wait") === "true") {
    const record = await running;
    const sees = { live: tenon.registry.live(model.name)?.version, isOwner: isOwner(tenon, caller) };
    sendJson(response, 200, describeVersion(record, sees));
    return;
  }
  running.catch((thrown: unknown) => reportFailure(tenon, model.name, thrown));
  sendJson(response, 202, { model: model.name, run: `${model.name}-${tenon.clock.nowMs()}` });
}

function reportFailure(tenon: Tenon, model: string, thrown: unknown): void {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  tenon.logger.error({ model, error: text }, "a training failed");
  void tenon.metadata.addAudit({
    atMs: tenon.clock.nowMs(),
    kind: "model.training-failed",
    text: `${model}: ${text.slice(0, 300)}`,
  });
}

async function dataset({ tenon, response, parameters, request }: Call): Promise<void> {
  const model = tenon.trainedModel(parameters.model ?? "");
  sendJson(
    response,
    200,
    await tenon.learner.dataset(tenon.learnRequest(model.name, { rowsMax: await rowsMaxOf(request) })),
  );
}

async function rowsMaxOf(request: Call["request"]): Promise<number> {
  const body = await readBody(request);
  const options = body.length === 0 ? {} : parseJson(body);
  const rows = isRecord(options) && "rowsMax" in options ? options.rowsMax : trainRowsMax;
  if (typeof rows === "number" && Number.isSafeInteger(rows) && rows > 0) return Math.min(rows, 10_000_000);
  throw new TenonError("field.type", "/rowsMax: expected a whole number above 0");
}
