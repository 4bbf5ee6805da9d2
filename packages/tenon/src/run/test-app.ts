import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { silentLogger } from "../base/log.ts";
import { formatPosition, parsePosition } from "../base/position.ts";
import type { CompiledApp } from "../plan/plan.ts";
import { type Running, startTenon } from "../run.ts";
import type { Ingested } from "../service/ingest/ingest.ts";
import { retractEvents } from "../service/ingest/retract.ts";
import { buildDataset } from "../service/learn/dataset.ts";
import { readFeatures } from "../service/predict/read-features.ts";
import { logPlacesOf, openWholeLog } from "./whole-log.ts";

export interface TestAppOptions {
  /** The configuration: a path, or a URL such as `new URL("./tenon.config.ts", import.meta.url)`. */
  readonly config: string | URL;
  /** Where the app's clock stands: it goes when `clock` says so. */
  readonly startsAt: string | number | Date;
}

/** A read of one key's features. */
export interface TestRead {
  readonly tenant: string;
  readonly set: string;
  readonly key: string | number;
  readonly at: string | number | Date;
  /** Default: `corrected`. */
  readonly asOf?: "served" | "corrected" | undefined;
  /** What `position` told before. Default: the newest. */
  readonly position?: string | undefined;
}

/** A row of a training set: the model's inputs by their names; texts and numbers, null for what is missing. */
export interface TestExample {
  readonly tenant: string;
  readonly id: string;
  readonly at: number;
  readonly inputs: Readonly<Record<string, string | number | null>>;
}

type Rows = readonly Readonly<Record<string, unknown>>[];
type FeatureValues = Readonly<Record<string, unknown>>;

const appliedMsMax = 20_000;
const examplesMax = 1_000_000;
const msOf = (time: string | number | Date): number => new Date(time).getTime();

/** An app on the real stores, in a folder of its own that goes with it, whose clock stands still but for what is said. */
export class TestApp implements AsyncDisposable {
  readonly #dir: string;
  readonly #start: (dir: string) => Promise<Running>;
  #running: Running;
  readonly #tenants = new Map<string, number>();

  private constructor(dir: string, running: Running, start: (dir: string) => Promise<Running>) {
    this.#dir = dir;
    this.#running = running;
    this.#start = start;
  }

  /** @throws config.*, and what starting an app throws */
  static async start({ config, startsAt }: TestAppOptions): Promise<TestApp> {
    const configFile = config instanceof URL ? fileURLToPath(config) : config;
    const clock = { startMs: msOf(startsAt), rate: 0 };
    const start = (dataDir: string): Promise<Running> =>
      startTenon({ configFile, dataDir, logger: silentLogger, clock, pulls: false });
    const dir = await mkdtemp(join(tmpdir(), "tenon-test-app-"));
    try {
      return new TestApp(dir, await start(dir), start);
    } catch (thrown) {
      await rm(dir, { recursive: true, force: true });
      throw thrown;
    }
  }

  get app(): CompiledApp {
    return this.#running.tenon.build.app;
  }

  /** Sets the clock forward. */
  clock(at: string | number | Date): void {
    this.#running.tenon.clock.advanceTo(msOf(at));
  }

  async send(tenant: string, event: string, rows: Rows): Promise<Ingested> {
    return this.#running.tenon.ingest(await this.#tenant(tenant), event, rows);
  }

  /** Sends history: rows carry `receivedAt`, and none is too late. */
  async import(tenant: string, event: string, rows: Rows): Promise<Ingested> {
    return this.#running.tenon.ingest(await this.#tenant(tenant), event, rows, { latencyMs: 0 });
  }

  /** Puts rows in a table; those that carry `receivedAt` are history. */
  async put(tenant: string, table: string, rows: Rows): Promise<Ingested> {
    const isHistory = rows.some((row) => Object.hasOwn(row, "receivedAt"));
    const mode = isHistory ? { latencyMs: 0 } : undefined;
    return this.#running.tenon.put(await this.#tenant(tenant), table, rows, mode);
  }

  async retract(tenant: string, event: string, ids: readonly string[]): Promise<void> {
    await retractEvents(this.#running.tenon, await this.#tenant(tenant), event, ids);
  }

  /** Where the log stands: a read at this position sees what was sent until now. */
  position(): string {
    return formatPosition(this.#running.tenon.log.lastSeq);
  }

  /** Ends the app and starts it again on what it has kept. */
  async restart(): Promise<void> {
    await this.#running.close();
    this.#running = await this.#start(this.#dir);
  }

  /** A key's features as JSON shows them, once all that was sent is applied. */
  async features(read: TestRead): Promise<FeatureValues> {
    const { tenant, query } = await this.#query(read);
    const { rows } = await this.#running.tenon.features(tenant, query);
    return asJson(rows[0].values);
  }

  /** The same from the online store alone; undefined where a window reaches back behind its rows. */
  async onlineFeatures(read: TestRead): Promise<FeatureValues | undefined> {
    const { tenant, query } = await this.#query(read);
    const { rows, belowFloor } = readFeatures(this.#running.tenon.serving, tenant, query);
    return belowFloor ? undefined : asJson(rows[0].values);
  }

  async #query({ tenant, set, key, at, asOf = "corrected", position }: TestRead) {
    const { tenon } = this.#running;
    if (!(await tenon.applier.waitFor(tenon.log.lastSeq, appliedMsMax)))
      throw new Error(`what was sent is not applied within ${appliedMsMax} ms`);
    const { entity } = tenon.serving.reader(set).set;
    const seqMax = position === undefined ? undefined : parsePosition(position);
    const terms = { set, keys: [{ [entity]: key }], atMs: msOf(at), seqMax, asOf, columns: undefined, brief: true };
    return { tenant: await this.#tenant(tenant), query: terms };
  }

  /** A model's training set, as its training would read it now. */
  async trainingSet(model: string): Promise<readonly TestExample[]> {
    const { tenon, dataDir } = this.#running;
    const log = openWholeLog(logPlacesOf(dataDir));
    try {
      const dataset = buildDataset(tenon.build.app, model, log, tenon.catalogue, {
        seqMax: tenon.log.lastSeq,
        nowMs: tenon.clock.nowMs(),
        rowsMax: examplesMax,
        asOf: "served",
        onProgress: () => {},
      });
      const columns = dataset.columns.finish();
      const names = new Map([...this.#tenants].map(([name, number]) => [number, name]));
      return dataset.ids.map((id, row) => ({
        tenant: names.get(dataset.tenants[row]) ?? "",
        id,
        at: dataset.atMs[row],
        inputs: Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
      }));
    } finally {
      log.close();
    }
  }

  async #tenant(name: string): Promise<number> {
    const known = this.#tenants.get(name);
    if (known !== undefined) return known;
    const number = await this.#running.tenon.metadata.tenant(name);
    this.#tenants.set(name, number);
    return number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.close();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Starts an app of a test. */
export const testApp = (options: TestAppOptions): Promise<TestApp> => TestApp.start(options);

const asJson = (values: object): FeatureValues => JSON.parse(JSON.stringify(values));

type DatasetColumn = ReturnType<ReturnType<typeof buildDataset>["columns"]["finish"]>[number];

function cellOf({ kind, values, categories }: DatasetColumn, row: number): string | number | null {
  const number = values[row];
  if (Number.isNaN(number)) return null;
  return kind === "category" ? categories[number] : number;
}
