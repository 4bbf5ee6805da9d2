import { TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import { rowStride } from "../../engine/window/lane-layout.ts";
import type { CompiledApp, Plan } from "../../plan/plan.ts";
import type { OnlineReader } from "../../ports/online-store.ts";
import { laneLayout } from "../materialize/lane-rows.ts";
import type { Coverage } from "./coverage.ts";
import { FeatureSetReader } from "./feature-set-reader.ts";
import { Predictor } from "./predictor.ts";
import { Routing } from "./routing.ts";
import type { RuntimeModels } from "./runtimes.ts";
import type { PredictorParts, ServedVersion } from "./version-inputs.ts";

/** The numbers of a lane's row: what the online store needs to read one. */
export const laneStrides = (plan: Plan): Map<string, number> =>
  new Map(plan.lanes.map((lane) => [lane.id, rowStride(laneLayout(lane))]));

/** What answers requests under one build: readers and predictors, replaced whole when the build changes. */
export class Serving {
  readonly app: CompiledApp;
  readonly build: string;
  readonly online: OnlineReader;
  readonly #readers: ReadonlyMap<string, FeatureSetReader>;
  readonly #predictors: ReadonlyMap<string, Predictor>;
  readonly #parts: PredictorParts;

  /** The last position that is applied, also where the store did not change by it. */
  readonly appliedSeq: () => number;

  constructor(o: {
    readonly app: CompiledApp;
    readonly build: string;
    readonly online: OnlineReader;
    readonly coverage: Coverage;
    /** Default: none; their predictions fall back. */
    readonly runtimes?: RuntimeModels;
    readonly nowMs: () => number;
    readonly appliedSeq: () => number;
  }) {
    this.appliedSeq = o.appliedSeq;
    this.app = o.app;
    this.build = o.build;
    this.online = o.online;
    const { plan } = o.app;
    this.#readers = new Map(
      plan.featureSets.map((set) => [set.name, new FeatureSetReader(set, plan, o.online, o.coverage)]),
    );
    const { app, build, online, nowMs, runtimes = new Map() } = o;
    this.#parts = { app, build, online, nowMs, readers: this.#readers, runtimes };
    this.#predictors = new Map(
      plan.predictions.map((prediction) => {
        const predictorOf = (model: string, variant?: string): Predictor =>
          new Predictor(prediction, plan.models.find(({ name }) => name === model)!, this.#parts, variant);
        const own = predictorOf(prediction.model);
        own.routing = Routing.of(prediction, own.model.spine.columns, predictorOf);
        return [prediction.name, own];
      }),
    );
  }

  /** @throws features.unknown with the nearest name */
  reader(set: string): FeatureSetReader {
    const reader = this.#readers.get(set);
    if (reader !== undefined) return reader;
    throw new TenonError(
      "features.unknown",
      `the app has no feature set "${set.slice(0, 100)}".${suggestion(set, this.#readers.keys())}`,
    );
  }

  /** @throws prediction.unknown with the nearest name */
  predictor(name: string): Predictor {
    const predictor = this.#predictors.get(name);
    if (predictor !== undefined) return predictor;
    throw new TenonError(
      "prediction.unknown",
      `the app has no prediction "${name.slice(0, 100)}".${suggestion(name, this.#predictors.keys())}`,
    );
  }

  /** A predictor of its own for a replay: what serves is not touched. Default: of the prediction's own model. */
  replayPredictor(name: string, of?: { readonly model: string; readonly variant: string }): Predictor {
    const { plan, model } = this.predictor(name);
    const other = this.app.plan.models.find((candidate) => candidate.name === of?.model);
    return new Predictor(plan, other ?? model, this.#parts, of?.variant);
  }

  get predictors(): Iterable<Predictor> {
    return this.#predictors.values();
  }

  /** What predictors of this build are made of. */
  get parts(): PredictorParts {
    return this.#parts;
  }

  /**
   * Every prediction of the model serves this version from its next request on; by `own`, its own build, where this one
   * computes its inputs otherwise.
   */
  serve(model: string, version: ServedVersion, own?: PredictorParts): void {
    for (const predictor of this.#of(model)) predictor.serve(version, own);
  }

  /** The live version of a model cannot be loaded: what stands by answers, or else the fallback. */
  serveNone(model: string, problem: string): void {
    for (const predictor of this.#of(model)) predictor.serveNone(problem);
  }

  /** What answers where the live version has no answer. */
  standBy(model: string, version: ServedVersion | undefined, own?: PredictorParts): void {
    for (const predictor of this.#of(model)) predictor.standBy(version, own);
  }

  #of(model: string): readonly Predictor[] {
    return [...this.#predictors.values()]
      .flatMap((own) => [own, ...(own.routing?.predictors ?? [])])
      .filter((predictor) => predictor.model.name === model);
  }
}
