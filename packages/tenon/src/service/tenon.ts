import type { AppClock } from "../base/app-clock.ts";
import { TenonError } from "../base/error.ts";
import type { Logger } from "../base/log.ts";
import { suggestion } from "../base/nearest.ts";
import type { ModelPlan, TrainedModelPlan } from "../plan/plan.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { MetadataStore } from "../ports/metadata-store.ts";
import type { ApplierControl, LearnRequest, WorkerCatalogue } from "../ports/workers.ts";
import { Batches } from "./batch/batches.ts";
import { FeatureCatalog } from "./catalog/feature-catalog.ts";
import { Admission } from "./govern/admission.ts";
import type { ApiKeys } from "./govern/api-keys.ts";
import { Bulkheads } from "./govern/bulkheads.ts";
import type { ImportMode } from "./ingest/import-mode.ts";
import { Ingest, type Ingested } from "./ingest/ingest.ts";
import type { Learner } from "./learn/learner.ts";
import type { Registry } from "./learn/registry.ts";
import { Builds } from "./predict/builds.ts";
import type { OneOptions } from "./predict/call-options.ts";
import { Coverage } from "./predict/coverage.ts";
import { Idempotency } from "./predict/idempotency.ts";
import { featuresFromLog } from "./predict/past-reads.ts";
import { PredictionLog } from "./predict/prediction-log.ts";
import { Predictions } from "./predict/predictions.ts";
import type { Predicted } from "./predict/predictor.ts";
import { type FeatureQuery, type FeaturesRead, readFeatures, readRows } from "./predict/read-features.ts";
import { rowText } from "./predict/row-text.ts";
import type { Serving } from "./predict/serving.ts";
import { TableLookups } from "./predict/table-lookups.ts";
import { Sources } from "./source/sources.ts";
import type { ServedBuild, TenonParts } from "./tenon-parts.ts";
import { ApplierLag } from "./watch/applier-lag.ts";
import { ClockWatch } from "./watch/clock-watch.ts";
import { Consistency } from "./watch/consistency.ts";
import type { LiveQuality } from "./watch/live-quality.ts";
import { Qualities } from "./watch/qualities.ts";
import { Traffic } from "./watch/traffic.ts";

/** How long a start waits for what was durable and not yet applied; beyond it, reads say that they are incomplete. */
const catchUpWaitMs = 1_000;

/** The running app: what routes and the command line call. It owns its parts' life, and nothing here waits on a disk. */
export class Tenon {
  readonly clock: AppClock;
  readonly keys: ApiKeys;
  readonly registry: Registry;
  readonly learner: Learner;
  readonly metadata: MetadataStore;
  readonly log: EventLog;
  readonly applier: ApplierControl;
  readonly logger: Logger;
  readonly environment: string;
  readonly past: TenonParts["past"];
  readonly archived: TenonParts["archived"];
  readonly traffic = new Traffic();
  readonly sources: Sources;
  readonly batches: Batches;
  readonly consistency: Consistency;
  readonly predictions: Predictions;
  readonly featureCatalog: FeatureCatalog;
  readonly coverage = new Coverage();
  readonly lag: ApplierLag;
  readonly machineNowMs: () => number;
  readonly startedAtMs: number;
  readonly #ingest: Ingest;
  readonly #lookups: TableLookups;
  readonly builds: Builds;
  readonly idempotency: Idempotency;
  /** The calls over HTTP that are under way. */
  readonly admission = new Admission();
  /** The calls of each prediction among them. */
  readonly bulkheads = new Bulkheads({ nowMs: () => performance.now(), later: setImmediate });
  readonly #clockWatch: ClockWatch;
  readonly #qualities: Qualities;
  /** The size of the data directory, as last looked at. */
  diskBytes = 0;
  /** Why the configuration on disk is not the one that serves. */
  configError: string | null = null;

  constructor(parts: TenonParts) {
    this.clock = parts.clock;
    this.#clockWatch = new ClockWatch(parts.clock, parts.logger);
    this.keys = parts.keys;
    this.registry = parts.registry;
    this.learner = parts.learner;
    this.metadata = parts.metadata;
    this.log = parts.log;
    this.applier = parts.applier;
    this.logger = parts.logger;
    this.environment = parts.environment;
    this.machineNowMs = parts.machineNowMs;
    this.startedAtMs = parts.machineNowMs();
    this.past = parts.past;
    this.lag = new ApplierLag(parts, parts.lagBounds);
    this.archived = parts.archived;
    const nowMs = (): number => this.clock.nowMs();
    this.#qualities = new Qualities(parts);
    this.#lookups = new TableLookups(() => this.serving, parts.applier);
    this.#ingest = new Ingest(parts.log, nowMs, (event) => this.#lookups.of(event));
    this.predictions = new Predictions(this, new PredictionLog(parts.log, parts.logger, nowMs), this.#qualities);
    this.idempotency = new Idempotency(this);
    this.applier.onFilling((laneIds) => this.#setFilling(laneIds));
    this.coverage.setFilling(Object.keys(this.applier.filling));
    this.builds = new Builds(parts, this.coverage, (build, catalogue) => {
      this.bulkheads.follow(build.app.plan);
      this.#ingest.setPlan(build.app.plan, catalogue);
      this.#qualities.setPlan(build.app.plan, catalogue);
    });
    this.featureCatalog = new FeatureCatalog(this);
    this.sources = new Sources(this, parts.sources, parts.random);
    this.batches = new Batches(this, parts.batchRunner);
    this.consistency = new Consistency({
      ...parts,
      checker: parts.consistency,
      nowMs,
      served: () => ({ buildId: this.build.id, catalogue: this.catalogue }),
    });
  }

  get build(): ServedBuild {
    return this.builds.build;
  }

  get catalogue(): WorkerCatalogue {
    return this.builds.catalogue;
  }

  get serving(): Serving {
    return this.builds.serving;
  }

  get quality(): readonly LiveQuality[] {
    return this.#qualities.list;
  }

  /** Loads what is live and what was covered: called once before the first request. */
  async start(): Promise<void> {
    for (const { tenant, event, coveredFromMs } of await this.metadata.coverage())
      this.coverage.set(tenant, event, coveredFromMs);
    const startSeq = this.log.lastSeq;
    this.#lookups.put(startSeq);
    if (!(await this.applier.waitFor(startSeq, catchUpWaitMs)))
      this.coverage.catchUp(() => this.applier.appliedSeq < startSeq);
    await this.builds.start();
    await this.sources.start();
    // An app that is started for one command pulls nothing, and runs nothing by itself.
    await this.batches.start(this.sources.isOn);
  }

  /** Serves another build from the next request on; nothing that is under way is lost. */
  async changeBuild(build: ServedBuild): Promise<void> {
    await this.builds.change(build);
    this.consistency.passOver();
    await this.sources.setPlan(build.app.plan);
    await this.batches.setPlan(build.app.plan);
  }

  #setFilling(laneIds: readonly string[]): void {
    const wasWhole = this.coverage.isWhole;
    this.coverage.setFilling(laneIds);
    // Also at the end of it: what was read a moment ago was not whole.
    if (!wasWhole || !this.coverage.isWhole) this.consistency.passOver();
  }

  /** Takes events in; answers when the good ones are durable. */
  async ingest(tenant: number, event: string, rows: readonly unknown[], mode?: ImportMode): Promise<Ingested> {
    return this.#taken(tenant, event, () => this.#ingest.rows(tenant, event, rows, { mode }));
  }

  async ingestOne(tenant: number, event: string, row: unknown): Promise<Ingested> {
    return this.#taken(tenant, event, () => this.#ingest.row(tenant, event, row));
  }

  /** Puts rows in a table; answers when the good ones are durable. */
  async put(tenant: number, table: string, rows: readonly unknown[], mode?: ImportMode): Promise<Ingested> {
    return this.#put(tenant, await this.#ingest.put(tenant, table, rows, { mode }));
  }

  /** Puts all rows, or none where one is bad. */
  async putAll(tenant: number, table: string, rows: readonly unknown[]): Promise<Ingested> {
    return this.#put(tenant, await this.#ingest.put(tenant, table, rows, { isWhole: true }));
  }

  /** Takes all events in, or none where one is bad. */
  async ingestAll(tenant: number, event: string, rows: readonly unknown[]): Promise<Ingested> {
    return this.#taken(tenant, event, () => this.#ingest.rows(tenant, event, rows, { isWhole: true }));
  }

  #put(tenant: number, ingested: Ingested): Ingested {
    this.#lookups.put(ingested.lastSeq);
    return this.#counted(tenant, ingested);
  }

  #counted(tenant: number, ingested: Ingested): Ingested {
    this.traffic.of(tenant).countEvents(ingested);
    return ingested;
  }

  async #taken(tenant: number, event: string, take: () => Promise<Ingested>): Promise<Ingested> {
    await this.#cover(tenant, event);
    await this.#lookups.ready(event);
    const taken = this.#counted(tenant, await take());
    if (taken.accepted > 0) this.batches.rowsCame(event);
    return taken;
  }

  /** The log holds an event's whole history from its first receipt on, or from before where an import says so. */
  async #cover(tenant: number, event: string): Promise<void> {
    if (this.coverage.has(tenant, event)) return;
    if (!this.build.app.plan.events.some((candidate) => candidate.name === event)) return;
    const nowMs = this.clock.nowMs();
    await this.declareWhole(tenant, event, nowMs);
  }

  /** Declares that an import holds all of an event from a time on: windows that begin later are not incomplete. */
  async declareWhole(tenant: number, event: string, fromMs: number): Promise<void> {
    this.coverage.set(tenant, event, fromMs);
    await this.metadata.setCoverage(tenant, event, fromMs);
  }

  /** See `Predictions.one`. */
  predict(tenant: number, name: string, input: unknown, o?: OneOptions): Predicted | Promise<Predicted> {
    return this.predictions.one(tenant, name, input, o);
  }

  /** Reads features; from the log, slower, where a window reaches back behind what the online store keeps. */
  async features(tenant: number, query: FeatureQuery): Promise<FeaturesRead & { readonly archive: boolean }> {
    const read = readFeatures(this.serving, tenant, query);
    if (!read.belowFloor) return { ...read, archive: false };
    return { ...(await featuresFromLog(this, tenant, query, read.position)), archive: true };
  }

  /** The rows of the same as JSON. */
  async featuresText(
    tenant: number,
    query: FeatureQuery,
  ): Promise<{ readonly rows: string; readonly position: string; readonly archive: boolean }> {
    const { rows, position, belowFloor } = readRows(this.serving, tenant, query, rowText);
    if (!belowFloor) return { rows: `[${rows.join(",")}]`, position, archive: false };
    const read = await featuresFromLog(this, tenant, query, position);
    return { rows: JSON.stringify(read.rows), position: read.position, archive: true };
  }

  /** @throws model.unknown */
  model(name: string): ModelPlan {
    const { models } = this.build.app.plan;
    const model = models.find((candidate) => candidate.name === name);
    if (model !== undefined) return model;
    const nearest = suggestion(name, new Set(models.map((candidate) => candidate.name)));
    throw new TenonError("model.unknown", `the app has no model "${name.slice(0, 100)}".${nearest}`);
  }

  /** @throws model.unknown, also for a model that is not trained here */
  trainedModel(name: string): TrainedModelPlan {
    const model = this.model(name);
    if (model.source === "trained") return model;
    throw new TenonError("model.unknown", `"${name}" is a rule: it is not trained`);
  }

  learnRequest(model: string, o: { readonly rowsMax: number }): LearnRequest {
    return {
      model,
      buildId: this.build.id,
      seqMax: this.log.lastSeq,
      nowMs: this.clock.nowMs(),
      rowsMax: o.rowsMax,
      catalogue: this.catalogue,
      datasetOnly: false,
    };
  }

  /** Once a second: the charts' next point, and labels that have become final. */
  tick(): void {
    this.traffic.tick(this.machineNowMs());
    this.lag.mark();
    this.batches.tick();
    this.#clockWatch.look();
    if (Object.keys(this.applier.filling).length > 0) this.consistency.passOver();
    this.consistency.tick();
    this.#qualities.tick(this.serving.online, this.applier.appliedSeq, this.clock.nowMs());
  }

  /** Everything that was answered is on disk; then the parts close. */
  async close(): Promise<void> {
    await this.sources.close();
    await this.batches.close();
    await this.consistency.close();
    await this.#qualities.close();
    await this.predictions.drain();
    await this.applier.close();
    await this.builds.close();
    await this.log.close();
  }
}
