import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { AppClock } from "./base/app-clock.ts";
import { durationMs } from "./base/duration.ts";
import { messageOf, TenonError } from "./base/error.ts";
import type { Logger } from "./base/log.ts";
import { DuckDb } from "./drivers/duckdb/duckdb.ts";
import { ArchiveDirectory } from "./drivers/fs/archive-directory.ts";
import { FileArtifactStore } from "./drivers/fs/artifact-store.ts";
import { directorySizeBytes } from "./drivers/fs/directory-size.ts";
import { FileSnapshotStore } from "./drivers/fs/snapshot-store.ts";
import { LmdbOnlineReader } from "./drivers/lmdb/online-reader.ts";
import { lockDirectory } from "./drivers/sqlite/directory-lock.ts";
import { SqliteMetadataStore } from "./drivers/sqlite/metadata-store.ts";
import { SqliteStorage } from "./drivers/sqlite/storage.ts";
import { readBuild } from "./plan/build.ts";
import { diffPlans, type PlanChange } from "./plan/diff.ts";
import type { Plan } from "./plan/plan.ts";
import type { PurityWarning } from "./plan/purity.ts";
import type { MetadataStore } from "./ports/metadata-store.ts";
import type { WorkerCatalogue } from "./ports/workers.ts";
import { ApplierThread } from "./run/applier.ts";
import { Archiver } from "./run/archiver.ts";
import { BatchThreads } from "./run/batch-runner.ts";
import { type CheckedBuild, checkedBuild } from "./run/checked-build.ts";
import { ConsistencyProcess } from "./run/consistency.ts";
import { checkFormat } from "./run/data-format.ts";
import { LearnerThread } from "./run/learner.ts";
import { openRuntimes } from "./run/model-runtimes.ts";
import { PastThreads } from "./run/past.ts";
import { placesOf } from "./run/places.ts";
import { buildsDirOf, saveServedBuild, servedBuild } from "./run/served-build.ts";
import { sourceAccess } from "./run/source-access.ts";
import { logPlacesOf } from "./run/whole-log.ts";
import { ApiKeys } from "./service/govern/api-keys.ts";
import { deadTopic, settledTopic } from "./service/ingest/dead-letter.ts";
import { Learner } from "./service/learn/learner.ts";
import { Registry } from "./service/learn/registry.ts";
import { ArchivedFind } from "./service/materialize/archived-find.ts";
import { retractionTopic } from "./service/materialize/event-decoder.ts";
import { challengerTopic } from "./service/predict/challengers.ts";
import { predictionTopic } from "./service/predict/prediction-record.ts";
import { laneStrides } from "./service/predict/serving.ts";
import { Tenon } from "./service/tenon.ts";
import type { LagBounds } from "./service/watch/applier-lag.ts";

export { developmentKey } from "./run/development-key.ts";
export { type Served, type ServeOptions, serve, serveLocally } from "./run/serve.ts";
export { packageVersion } from "./run/version.ts";

export interface StartOptions {
  /** Default: `tenon.config.ts` in the working directory. */
  readonly configFile?: string;
  /** Default: `.tenon` beside the configuration. */
  readonly dataDir?: string;
  /** Which of the app's `stores` is used. Default: `dev`. */
  readonly environment?: string;
  readonly logger?: Logger;
  /** `served` goes on with the build that the directory served last, whatever the configuration says now. Default: `config`. */
  readonly build?: "config" | "served";
  /** A clock that starts in the past and may run faster: for replays. A data directory that has one goes on from there. */
  readonly clock?: { readonly startMs: number; readonly rate: number };
  /** How long a closed day stays in the log before it is archived. Default, and at least: the dedup horizon. */
  readonly keepHotMs?: number;
  /** Whether a sample of logged predictions is recomputed from their events while the app runs. Default: false. */
  readonly recomputes?: boolean;
  /** Beyond it features are too far behind, and `/health/ready` answers 503. Default: 100,000 events, five minutes. */
  readonly lagBounds?: Partial<LagBounds>;
  /** Whether events are pulled from their sources, for which their secrets have to be there. Default: true. */
  readonly pulls?: boolean;
}

/** A running app with what only its owner may do. */
export interface Running {
  readonly tenon: Tenon;
  readonly dataDir: string;
  /** Compiles the configuration anew and serves it; with a mistake in it the old build goes on. */
  reload(): Promise<Reloaded>;
  /** Moves the days that are due from the log to the archive now; otherwise at the start and every hour. Answers them. */
  archive(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What a reload found: another build with its changes, the same one, or mistakes that leave the old one serving. */
export interface Reloaded {
  readonly changed: boolean;
  readonly changes: readonly PlanChange[];
  readonly warnings: readonly PurityWarning[];
  readonly error: TenonError | null;
}

const dedupMs = durationMs("7d");
const clockSetting = "clock";
const diskMeasuredMs = 30_000;

/**
 * Starts an app: the order of this function is the order of starting.
 * @throws config.*, define.store, data.locked, data.newer, data.readonly, secret.missing, source.driver
 */
export async function startTenon(o: StartOptions = {}): Promise<Running> {
  const { configFile, dataDir } = placesOf(o);
  const environment = o.environment ?? process.env.TENON_ENV ?? "dev";
  const logger = o.logger ?? pino({ level: process.env.TENON_LOG ?? "info" });
  const machineNowMs = (): number => Date.now();

  const lock = lockDirectory(dataDir);
  const opened: (() => Promise<void>)[] = [];
  try {
    await checkFormat(dataDir);
    const buildsDir = buildsDirOf(dataDir);
    const places = logPlacesOf(dataDir);
    // What a killed process left: nothing in it is needed.
    await rm(places.tempDir, { recursive: true, force: true });
    const onlineDir = join(dataDir, "online");
    const kept = o.build === "served" ? await servedBuild(dataDir) : undefined;
    let { build, warnings } =
      kept === undefined ? await checkedBuild({ configFile, outDir: buildsDir }) : { build: kept, warnings: [] };
    checkEnvironment(build.plan, environment);
    for (const { path, message } of warnings) logger.warn({ path, warning: message }, "a function threw on a sample");

    let clock: AppClock | undefined;
    const storage = await SqliteStorage.open({
      logDir: places.logDir,
      metadataFile: join(dataDir, "metadata.db"),
      dedupMs,
      nowMs: () => clock?.nowMs() ?? machineNowMs(),
    });
    opened.push(() => storage.close());
    const metadata = new SqliteMetadataStore((calls) => storage.metadata(calls));
    clock = await openClock(metadata, storage.lastLoggedAtMs, machineNowMs, o.clock);
    const nowMs = clock.nowMs.bind(clock);
    const catalogue = await catalogueOf(metadata, [build.plan]);

    const onFatal = (error: Error): void =>
      logger.error(
        { error: error.stack },
        "the applier failed and is started again: features stand still until it has caught up",
      );
    const applier = await ApplierThread.start(
      { places, onlineDir, committed: storage.committed, plans: [build.plan], catalogue },
      onFatal,
    );
    opened.push(() => applier.close());
    const registry = await Registry.load(metadata, new FileArtifactStore(join(dataDir, "artifacts")), nowMs);
    const duckDb = new DuckDb({ tempDir: places.tempDir });
    const snapshots = new FileSnapshotStore(join(dataDir, "snapshots"), (file, columns) => duckDb.write(file, columns));
    const recomputing = { places, buildsDir, configFile, outDir: join(dataDir, "consistency") };
    const runner = new LearnerThread({ places, buildsDir, snapshots });
    const tenon = new Tenon({
      build: { id: build.id, app: build },
      catalogue,
      catalogueOf: (plans) => catalogueOf(metadata, plans),
      readBuild: (id) => readBuild(buildsDir, id),
      log: storage,
      metadata,
      openOnline: ({ plan }) => new LmdbOnlineReader(onlineDir, laneStrides(plan), () => applier.commits),
      openRuntime: openRuntimes({
        environment: process.env,
        configDir: dirname(configFile),
        nowMs: machineNowMs,
        random: Math.random,
        logger,
      }),
      applier,
      keys: await ApiKeys.load(metadata, nowMs),
      registry,
      learner: new Learner({ runner, registry, nowMs, machineNowMs, logger }),
      archived: new ArchivedFind(new ArchiveDirectory(places.archiveDir), duckDb),
      past: new PastThreads({ places, buildsDir }),
      batchRunner: new BatchThreads({ places, buildsDir }),
      clock,
      machineNowMs,
      random: Math.random,
      consistency: o.recomputes === true ? new ConsistencyProcess(recomputing) : undefined,
      sources: o.pulls === false ? undefined : sourceAccess(process.env),
      lagBounds: o.lagBounds ?? {},
      logger,
      environment,
    });
    await tenon.start();
    await saveServedBuild(metadata, build.id);
    const archiver = new Archiver({
      places,
      keepHotMs: Math.max(o.keepHotMs ?? dedupMs, dedupMs),
      applier,
      topics: () => tenon.catalogue.topics,
      dropBefore: (seq) => storage.dropBefore(seq),
      nowMs,
      logger,
    });
    archiver.start();
    const measureDisk = async (): Promise<void> => {
      tenon.diskBytes = await directorySizeBytes(dataDir);
    };
    void measureDisk();
    const measuring = setInterval(() => void measureDisk(), diskMeasuredMs);
    const ticking = setInterval(() => {
      tenon.tick();
      if (isOwn(tenon.clock, machineNowMs)) void saveClock(metadata, tenon.clock);
    }, 1_000);

    return {
      tenon,
      dataDir,
      reload: async () => {
        const found = await rebuild(tenon, { configFile, outDir: buildsDir });
        if (found instanceof TenonError) return { ...unchanged, error: found };
        const before = build;
        ({ build, warnings } = found);
        if (build.id === before.id) return { ...unchanged, warnings };
        await tenon.changeBuild({ id: build.id, app: build });
        await saveServedBuild(metadata, build.id);
        await metadata.addAudit({ atMs: nowMs(), kind: "build.changed", text: `build ${build.id}` });
        return { ...unchanged, changed: true, changes: diffPlans(before.plan, build.plan), warnings };
      },
      archive: () => archiver.run(),
      close: async () => {
        clearInterval(ticking);
        clearInterval(measuring);
        await archiver.close();
        await runner.close();
        await duckDb.close();
        if (isOwn(tenon.clock, machineNowMs)) await saveClock(metadata, tenon.clock);
        await tenon.close();
        lock.release();
      },
    };
  } catch (thrown) {
    for (const close of opened.reverse()) await close();
    lock.release();
    throw thrown;
  }
}

const unchanged: Reloaded = { changed: false, changes: [], warnings: [], error: null };

async function rebuild(
  tenon: Tenon,
  o: { readonly configFile: string; readonly outDir: string },
): Promise<CheckedBuild | TenonError> {
  try {
    const checked = await checkedBuild(o);
    await tenon.sources.check(checked.build.plan);
    tenon.configError = null;
    return checked;
  } catch (thrown) {
    const error =
      thrown instanceof TenonError ? thrown : new TenonError("config.unreadable", messageOf(thrown), { cause: thrown });
    tenon.configError = error.message;
    return error;
  }
}

/** @throws define.store where the app says nothing of this environment */
function checkEnvironment({ app }: Plan, environment: string): void {
  if (app.environments.includes(environment)) return;
  const known = app.environments.join(", ");
  throw new TenonError("define.store", `app "${app.name}" names no stores for "${environment}"; it names ${known}`);
}

async function catalogueOf(metadata: MetadataStore, plans: readonly Plan[]): Promise<WorkerCatalogue> {
  const names = plans.flatMap(({ events, predictions }) => [
    ...events.flatMap(({ name }) => [name, retractionTopic(name), deadTopic(name), settledTopic(name)]),
    ...predictions.flatMap(({ name }) => [predictionTopic(name), challengerTopic(name)]),
  ]);
  const [plan] = plans;
  return { topics: await metadata.topics([...new Set(names)]), schemas: await metadata.schemas(plan?.events ?? []) };
}

async function openClock(
  metadata: MetadataStore,
  floorMs: number,
  machineNowMs: () => number,
  replay: StartOptions["clock"],
): Promise<AppClock> {
  const stored = await metadata.setting(clockSetting);
  if (stored !== undefined) {
    const { atMs, rate }: { atMs: number; rate: number } = JSON.parse(stored);
    // One that was ahead of the machine's goes on with that as soon as it is reached.
    if (rate === 1 && replay === undefined) return new AppClock({ machineNowMs, floorMs: Math.max(floorMs, atMs) });
    // A replay says itself when it goes on.
    return new AppClock({ machineNowMs, floorMs: Math.max(floorMs, atMs), startMs: atMs, rate: replay?.rate ?? rate });
  }
  if (replay === undefined) return new AppClock({ machineNowMs, floorMs });
  const clock = new AppClock({ machineNowMs, floorMs, startMs: replay.startMs, rate: replay.rate });
  await saveClock(metadata, clock);
  return clock;
}

/** A clock that does not follow from the machine's, and would go back at the next start. */
const isOwn = (clock: AppClock, machineNowMs: () => number): boolean =>
  clock.rate !== 1 || clock.nowMs() > machineNowMs();

const saveClock = (metadata: MetadataStore, clock: AppClock): Promise<void> =>
  metadata.setSetting(clockSetting, JSON.stringify({ atMs: clock.nowMs(), rate: clock.rate }));
