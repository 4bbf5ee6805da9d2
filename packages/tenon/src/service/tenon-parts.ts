import type { AppClock } from "../base/app-clock.ts";
import type { Logger } from "../base/log.ts";
import type { Random } from "../base/random.ts";
import type { CompiledApp, Plan } from "../plan/plan.ts";
import type { RuntimePlan } from "../plan/runtime-plan.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { MetadataStore } from "../ports/metadata-store.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { OnlineCensus, OnlineReader } from "../ports/online-store.ts";
import type { SourceAccess } from "../ports/query-source.ts";
import type { ApplierControl, BatchRunner, ConsistencyChecker, PastReader, WorkerCatalogue } from "../ports/workers.ts";
import type { ApiKeys } from "./govern/api-keys.ts";
import type { Learner } from "./learn/learner.ts";
import type { Registry } from "./learn/registry.ts";
import type { ArchivedFind } from "./materialize/archived-find.ts";
import type { PredictionRecord } from "./predict/prediction-record.ts";
import type { FeatureQuery } from "./predict/read-features.ts";
import type { LagBounds } from "./watch/applier-lag.ts";

/** A build that serves: its app with the id that model versions pin. */
export interface ServedBuild {
  readonly id: string;
  readonly app: CompiledApp;
}

/** What a running app is put together from. */
export interface TenonParts {
  readonly build: ServedBuild;
  readonly catalogue: WorkerCatalogue;
  /** Numbers for the names of several plans. */
  readonly catalogueOf: (plans: readonly Plan[]) => Promise<WorkerCatalogue>;
  /** A build that was served before. @throws data.corrupt, data.newer */
  readonly readBuild: (id: string) => Promise<CompiledApp>;
  readonly log: EventLog;
  readonly metadata: MetadataStore;
  readonly openOnline: (app: CompiledApp) => OnlineReader & OnlineCensus;
  /** Opens what runs a pretrained model. */
  readonly openRuntime: (plan: RuntimePlan) => ModelRuntime;
  readonly applier: ApplierControl;
  readonly keys: ApiKeys;
  readonly registry: Registry;
  readonly learner: Learner;
  /** Entries that have left the log for the archive. */
  readonly archived: ArchivedFind;
  readonly past: PastReader<FeatureQuery, PredictionRecord>;
  readonly batchRunner: BatchRunner;
  readonly clock: AppClock;
  readonly machineNowMs: () => number;
  readonly random: Random;
  /** Absent where events are not pulled from their sources. */
  readonly sources: SourceAccess | undefined;
  /** Absent where logged predictions are not recomputed. */
  readonly consistency: ConsistencyChecker | undefined;
  /** When features are too far behind to be called live. */
  readonly lagBounds: Partial<LagBounds>;
  readonly logger: Logger;
  readonly environment: string;
}
