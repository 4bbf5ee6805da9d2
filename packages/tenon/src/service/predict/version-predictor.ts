import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import type { Tenon } from "../tenon.ts";
import type { Predictor } from "./predictor.ts";
import type { Serving } from "./serving.ts";

/** Of versions that are not live: they go with the build that serves. */
const loaded = new WeakMap<Serving, Map<string, Promise<Predictor>>>();

/**
 * What answers for one version of a prediction's model, also where another is live: its inputs are those that the build
 * which serves computes.
 * @throws prediction.unknown, version.unknown, model.unloadable where the version takes other inputs
 */
export async function versionPredictor(tenon: Tenon, name: string, version: number): Promise<Predictor> {
  const live = tenon.serving.predictor(name);
  const { model } = live;
  if (model.source !== "trained") {
    if (version === 1) return live;
    throw new TenonError("version.unknown", `"${model.name}" is not trained here: its one version is 1`);
  }
  tenon.registry.version(model.name, version);
  if (tenon.registry.live(model.name)?.version === version) return live;
  const predictors = loaded.get(tenon.serving) ?? new Map<string, Promise<Predictor>>();
  loaded.set(tenon.serving, predictors);
  const key = `${name}@${version}`;
  const known = predictors.get(key) ?? load(tenon, name, version);
  predictors.delete(key);
  predictors.set(key, known);
  known.catch(() => predictors.delete(key));
  for (const [oldest] of predictors) if (predictors.size > limit.versionsLoadedMax) predictors.delete(oldest);
  return known;
}

async function load(tenon: Tenon, name: string, version: number): Promise<Predictor> {
  const predictor = tenon.serving.replayPredictor(name);
  predictor.serve(await tenon.registry.load(predictor.model.name, version));
  if (!predictor.isStale) return predictor;
  const found = `version ${version} of "${predictor.model.name}" takes other inputs than the configuration computes`;
  throw new TenonError("model.unloadable", found);
}
