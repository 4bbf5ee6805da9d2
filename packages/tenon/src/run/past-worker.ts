import { parentPort, workerData } from "node:worker_threads";
import { fieldOf } from "../base/record.ts";
import { decodeTreeModel } from "../engine/train/tree-file.ts";
import { readBuild } from "../plan/build.ts";
import type { PastAnswer, PastRequest } from "../ports/workers.ts";
import { Coverage } from "../service/predict/coverage.ts";
import { LogLanes, type WantedKey } from "../service/predict/log-lanes.ts";
import type { PredictionRecord } from "../service/predict/prediction-record.ts";
import { type FeatureQuery, readFeatures } from "../service/predict/read-features.ts";
import { Serving } from "../service/predict/serving.ts";
import { type LogPlaces, openWholeLog } from "./whole-log.ts";

export interface PastWorkerData {
  readonly places: LogPlaces;
  readonly buildsDir: string;
  readonly request: PastRequest<FeatureQuery, PredictionRecord>;
}

/** Answers one read or replay from the log, and ends. */
async function run({ places, buildsDir, request }: PastWorkerData): Promise<void> {
  const app = await readBuild(buildsDir, request.buildId);
  const coverage = new Coverage();
  for (const { event, coveredFromMs } of request.coverage) coverage.set(request.tenant, event, coveredFromMs);
  const log = openWholeLog(places);
  const { tenant, seqMax } = request;
  const online = new LogLanes(log, app.plan, request.catalogue, {
    tenant,
    wanted: wantedKeys(app.plan, request),
    seqMax,
  });
  log.close();
  const serving = new Serving({
    app,
    build: request.buildId,
    online,
    coverage,
    nowMs: () => request.nowMs,
    appliedSeq: () => 0,
  });
  parentPort?.postMessage(await answer(serving, request));
}

function wantedKeys(
  plan: Awaited<ReturnType<typeof readBuild>>["plan"],
  request: PastWorkerData["request"],
): WantedKey[] {
  if (request.kind === "features") {
    const entity = plan.featureSets.find((set) => set.name === request.query.set)?.entity ?? "";
    return request.query.keys.flatMap((one) => {
      const key = fieldOf(one, entity);
      return key === undefined ? [] : [{ set: request.query.set, key: String(key) }];
    });
  }
  const model = plan.models.find((candidate) => candidate.name === request.record.model);
  if (model?.source !== "trained") return [];
  return model.reads.map(({ set, keyColumn }) => {
    const place = model.spine.columns.findIndex((column) => column.name === keyColumn);
    return { set, key: String(request.record.input[place]) };
  });
}

async function answer(serving: Serving, request: PastWorkerData["request"]): Promise<PastAnswer<unknown>> {
  if (request.kind === "features") return { value: readFeatures(serving, request.tenant, request.query) };
  const predictor = serving.replayPredictor(request.record.prediction, request.record);
  if (request.artifact !== undefined) {
    const trees = decodeTreeModel(request.artifact);
    predictor.serve({ version: request.record.version, digest: request.record.digest, trees });
  }
  const signal = AbortSignal.timeout(predictor.plan.budgetMs);
  return { value: await predictor.replay(request.tenant, request.record, request.atMs, signal) };
}

await run(workerData);
