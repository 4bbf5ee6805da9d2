import { TenonError } from "../../base/error.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelPlan } from "../../plan/plan.ts";
import type { LearnRequest, LearnRunner, SnapshotManifest } from "../../ports/workers.ts";
import type { Registry } from "./registry.ts";
import type { TrainedModel } from "./train-model.ts";
import { isPromotable, type VersionRecord } from "./version-record.ts";

export interface TrainingProgress {
  readonly model: string;
  readonly step: string;
  readonly done: number;
  readonly detail: string;
}

/** From examples to a registered version: one run a model at a time. */
export class Learner {
  readonly #runner: LearnRunner<TrainedModel>;
  readonly #registry: Registry;
  readonly #nowMs: () => number;
  readonly #machineNowMs: () => number;
  readonly #logger: Logger;
  readonly #progress = new Map<string, TrainingProgress>();

  constructor(o: {
    runner: LearnRunner<TrainedModel>;
    registry: Registry;
    nowMs: () => number;
    machineNowMs: () => number;
    logger: Logger;
  }) {
    this.#runner = o.runner;
    this.#registry = o.registry;
    this.#nowMs = o.nowMs;
    this.#machineNowMs = o.machineNowMs;
    this.#logger = o.logger;
  }

  get progress(): readonly TrainingProgress[] {
    return [...this.#progress.values()];
  }

  /** Builds the training set alone. */
  async dataset(
    request: LearnRequest,
    onProgress: (progress: TrainingProgress) => void = () => {},
  ): Promise<{ readonly snapshot: string; readonly manifest: SnapshotManifest }> {
    return this.#run({ ...request, datasetOnly: true }, onProgress);
  }

  /**
   * Trains, evaluates and registers a version. The first one whose gates pass goes live; later ones wait for a promotion.
   * @throws train.busy, dataset.empty, dataset.one-class
   */
  async train(
    model: ModelPlan,
    request: LearnRequest,
    onProgress: (progress: TrainingProgress) => void = () => {},
  ): Promise<VersionRecord> {
    const startedMs = this.#machineNowMs();
    const { snapshot, trained } = await this.#run(request, onProgress);
    if (trained === undefined) throw new TenonError("internal", "a training ended without a model");
    const { artifact, ...facts } = trained;
    const record = await this.#registry.add(
      {
        ...facts,
        model: model.name,
        createdAtMs: this.#nowMs(),
        owner: model.owner ?? null,
        build: request.buildId,
        snapshot,
        configFingerprint: model.fingerprint,
        seconds: (this.#machineNowMs() - startedMs) / 1_000,
      },
      artifact,
    );
    this.#logger.info(
      { model: model.name, version: record.version, metrics: record.evaluation.metrics },
      "model registered",
    );
    if (this.#registry.live(model.name) === undefined && isPromotable(record)) {
      await this.#registry.promote(model.name, record.version, { force: false });
    }
    return record;
  }

  async #run(request: LearnRequest, onProgress: (progress: TrainingProgress) => void) {
    const { model } = request;
    if (this.#progress.has(model)) throw new TenonError("train.busy", `"${model}" is in training already`);
    this.#progress.set(model, { model, step: "starting", done: 0, detail: "" });
    try {
      return await this.#runner.learn(request, (progress) => {
        const told = { model, ...progress };
        this.#progress.set(model, told);
        onProgress(told);
      });
    } finally {
      this.#progress.delete(model);
    }
  }
}
