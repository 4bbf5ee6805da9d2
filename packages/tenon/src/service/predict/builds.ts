import { messageOf } from "../../base/error.ts";
import type { Plan } from "../../plan/plan.ts";
import type { OnlineCensus, OnlineReader } from "../../ports/online-store.ts";
import type { WorkerCatalogue } from "../../ports/workers.ts";
import type { ServedBuild, TenonParts } from "../tenon-parts.ts";
import type { Coverage } from "./coverage.ts";
import { Elders } from "./elders.ts";
import type { RuntimeModel } from "./runtime-model.ts";
import { type RuntimeModels, Runtimes } from "./runtimes.ts";
import { Serving } from "./serving.ts";
import type { PredictorParts } from "./version-inputs.ts";

/** Plans of former builds that are kept at hand. */
const plansMax = 8;

/** The build that serves, and the elder ones beside it by which some live versions are served. */
export class Builds {
  readonly #parts: TenonParts;
  readonly #coverage: Coverage;
  readonly #elders: Elders;
  readonly #runtimes: Runtimes;
  readonly #onBuild: (build: ServedBuild, catalogue: WorkerCatalogue) => void;
  /** Of builds that made logged predictions. */
  readonly #plans = new Map<string, Plan>();
  #build: ServedBuild;
  #catalogue: WorkerCatalogue;
  #serving: Serving;
  #census: OnlineCensus;

  /** `onBuild` is told of each build before it serves. */
  constructor(
    parts: TenonParts,
    coverage: Coverage,
    onBuild: (build: ServedBuild, catalogue: WorkerCatalogue) => void,
  ) {
    this.#parts = parts;
    this.#coverage = coverage;
    this.#onBuild = onBuild;
    this.#build = parts.build;
    this.#catalogue = parts.catalogue;
    const { registry, readBuild, logger } = parts;
    this.#runtimes = new Runtimes(parts);
    this.#elders = new Elders({
      registry,
      readBuild,
      logger,
      serve: (id, app) => this.#servingOf({ id, app }, parts.openOnline(app)),
    });
    registry.onLive(async (model, version) => {
      await this.#follow();
      this.#serving.serve(model, version, this.#elders.parts(version.build));
      await this.#standBy(model);
    });
    onBuild(this.#build, this.#catalogue);
    const online = parts.openOnline(this.#build.app);
    this.#census = online;
    this.#serving = this.#servingOf(this.#build, online, this.#runtimes.follow(this.#build.app.plan).models);
  }

  /** The models that runtimes answer for. */
  get runtimes(): readonly RuntimeModel[] {
    return [...this.#runtimes.models];
  }

  get build(): ServedBuild {
    return this.#build;
  }

  get catalogue(): WorkerCatalogue {
    return this.#catalogue;
  }

  get serving(): Serving {
    return this.#serving;
  }

  /** The keys of the store that the build which serves reads. */
  get census(): OnlineCensus {
    return this.#census;
  }

  /** What a version is served with where its own build stands beside. */
  elder(build: string | undefined): PredictorParts | undefined {
    return this.#elders.parts(build);
  }

  /** The plan of a build that serves a version now. */
  servingPlan(id: string): Plan {
    return this.#elders.parts(id)?.app.plan ?? this.#build.app.plan;
  }

  /** The plan of a build that made a prediction; the present one where its own is gone. */
  async planOf(id: string): Promise<Plan> {
    if (id === this.#build.id) return this.#build.app.plan;
    const known = this.#elders.parts(id)?.app.plan ?? this.#plans.get(id);
    if (known !== undefined) return known;
    const plan = await this.#parts.readBuild(id).then(
      (app) => app.plan,
      () => this.#build.app.plan,
    );
    if (this.#plans.size >= plansMax) this.#plans.clear();
    this.#plans.set(id, plan);
    return plan;
  }

  /** What the past of a build is read with. */
  async pastOf(id: string): Promise<{ readonly buildId: string; readonly catalogue: WorkerCatalogue }> {
    if (id === this.#build.id) return { buildId: id, catalogue: this.#catalogue };
    const own = await this.planOf(id);
    const { topics } = await this.#parts.catalogueOf([own]);
    const isGone = own === this.#build.app.plan;
    return { buildId: isGone ? this.#build.id : id, catalogue: { topics, schemas: this.#catalogue.schemas } };
  }

  /** Loads what is live. */
  async start(): Promise<void> {
    await this.#follow();
    await this.#loadLive();
  }

  /** Serves another build from the next request on; nothing that is under way is lost. */
  async change(build: ServedBuild): Promise<void> {
    const before = this.#serving;
    const runtimes = this.#runtimes.follow(build.app.plan);
    // The old models answer until the new ones were tried.
    await Promise.all([...runtimes.models.values()].map(({ tried }) => tried));
    const known = new Set(this.#laneIds);
    const { release } = await this.#elders.follow(build.app.plan, build.id);
    this.#build = build;
    await this.#apply();
    // Until the applier says otherwise a new lane is empty, and its reads say so.
    this.#coverage.setFilling(this.#laneIds.filter((id) => !known.has(id)));
    this.#onBuild(build, this.#catalogue);
    const online = this.#parts.openOnline(build.app);
    this.#census = online;
    this.#serving = this.#servingOf(build, online, runtimes.models);
    await this.#loadLive();
    before.online.close();
    release();
    await runtimes.release();
  }

  async close(): Promise<void> {
    this.#serving.online.close();
    this.#elders.close();
    await this.#runtimes.close();
  }

  get #laneIds(): readonly string[] {
    return [this.#build.app.plan, ...this.#elders.plans].flatMap(({ lanes }) => lanes.map(({ id }) => id));
  }

  /** The applier keeps the lanes of all builds. */
  async #apply(): Promise<void> {
    const plans = [this.#build.app.plan, ...this.#elders.plans];
    this.#catalogue = await this.#parts.catalogueOf(plans);
    this.#parts.applier.setPlans(plans, this.#catalogue);
  }

  /** Keeps the builds that live versions need beside this one, and lets go of the others with their lanes. */
  async #follow(): Promise<void> {
    const before = this.#laneIds;
    const { isChanged, release } = await this.#elders.follow(this.#build.app.plan, this.#build.id);
    if (!isChanged) return;
    await this.#apply();
    const now = new Set(this.#laneIds);
    const tenants = [...(await this.#parts.metadata.tenants()).values()];
    this.#parts.applier.drop(
      tenants,
      before.filter((id) => !now.has(id)),
    );
    release();
  }

  async #loadLive(): Promise<void> {
    const { registry, logger } = this.#parts;
    for (const model of this.#build.app.plan.models) {
      if (model.source !== "trained") continue;
      try {
        const live = await registry.loadLive(model.name);
        if (live !== undefined) this.#serving.serve(model.name, live, this.#elders.parts(live.build));
      } catch (thrown) {
        // One model without its file is no reason to take no events: its predictions fall back and say so.
        logger.error({ model: model.name, error: messageOf(thrown) }, "the live version cannot be loaded");
        this.#serving.serveNone(model.name, `the live version cannot be loaded: ${messageOf(thrown)}`.slice(0, 200));
      }
      await this.#standBy(model.name);
    }
  }

  /** The version that was live before answers where the live one cannot. */
  async #standBy(model: string): Promise<void> {
    const { registry, logger } = this.#parts;
    try {
      const previous = await registry.loadPrevious(model);
      this.#serving.standBy(model, previous, this.#elders.parts(previous?.build));
    } catch (thrown) {
      logger.warn({ model, error: messageOf(thrown) }, "the version that was live before cannot be loaded");
    }
  }

  #servingOf({ id, app }: ServedBuild, online: OnlineReader, runtimes?: RuntimeModels): Serving {
    return new Serving({
      app,
      build: id,
      online,
      coverage: this.#coverage,
      ...(runtimes === undefined ? {} : { runtimes }),
      nowMs: () => this.#parts.clock.nowMs(),
      appliedSeq: () => this.#parts.applier.appliedSeq,
    });
  }
}
