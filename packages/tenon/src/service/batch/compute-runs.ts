import { ByteWriter } from "../../base/bytes.ts";
import { TenonError } from "../../base/error.ts";
import { canonicalJson } from "../../base/hash.ts";
import { newId } from "../../base/id.ts";
import { limit } from "../../base/limit.ts";
import type { BatchPlan } from "../../plan/batch-plan.ts";
import type { ColumnPlan, EventPlan, FeatureSetPlan, Plan } from "../../plan/plan.ts";
import { RowEncoder } from "../../plan/row-codec.ts";
import { RowValidator } from "../../plan/row-validator.ts";
import type { AnsweredRow, BatchEngine } from "../../ports/batch-engine.ts";
import type { EventLogReader, LogItem } from "../../ports/event-log.ts";
import type { BatchComputed, BatchRequest } from "../../ports/workers.ts";
import { fillFeatures } from "./fill-features.ts";
import { loadRelations } from "./load-relations.ts";

type BatchSet = FeatureSetPlan & { readonly batch: BatchPlan };

export interface ComputeParts {
  readonly plan: Plan;
  readonly engine: BatchEngine;
  readonly log: EventLogReader;
  /** Takes a part of a run's rows; the next one waits for it. */
  readonly send: (items: readonly LogItem[]) => Promise<void>;
  readonly onProgress: (step: string, done: number) => void;
}

/**
 * Computes a batch for each of the times that are asked, one after the other: reads the log once, and sends the rows of
 * every tenant. They are seen by no read until the run is published.
 * @throws batch.sql, batch.rows, batch.memory
 */
export async function computeRuns(request: BatchRequest, parts: ComputeParts): Promise<BatchComputed> {
  const { plan, engine, log, onProgress } = parts;
  const set = plan.featureSets.find(
    (candidate): candidate is BatchSet => candidate.name === request.batch && candidate.batch !== undefined,
  );
  const event = plan.events.find(({ name }) => name === request.batch);
  if (set === undefined || event === undefined) throw new RangeError(`"${request.batch}" is no batch`);
  const loaded = await loadRelations(engine, plan, set.batch.reads, log, request.catalogue, {
    seqMax: request.seqMax,
    onProgress: (done) => onProgress("reading events", done),
  });
  const rows = new RunRows(event, request, parts.send);
  const tenants = [...loaded.tenants].sort((a, b) => a - b);
  for (const [i, run] of request.runs.entries()) {
    if (loaded.sets.length > 0) await fillFeatures(loaded, plan, run.asOfMs);
    for (const tenant of tenants) {
      await engine.at({ tenant, asOfMs: run.asOfMs });
      if (rows.count === 0) await engine.check(set.batch.sql, rows.key, rows.columns);
      for await (const part of engine.rows(set.batch.sql, rows.key, rows.columns))
        await rows.take(tenant, run.rowsAtMs, part);
    }
    onProgress("running the SQL", (i + 1) / request.runs.length);
  }
  await rows.flush();
  return { rows: rows.count, tenants };
}

/** Answers of SQL on their way to the log: each checked as what the batch declares. */
class RunRows {
  readonly key: ColumnPlan;
  readonly columns: readonly ColumnPlan[];
  readonly #topic: number;
  readonly #validator: RowValidator;
  readonly #encoder: RowEncoder;
  readonly #bytes = new ByteWriter();
  readonly #send: ComputeParts["send"];
  #items: LogItem[] = [];
  count = 0;

  constructor(event: EventPlan, { catalogue }: BatchRequest, send: ComputeParts["send"]) {
    [this.key, ...this.columns] = event.columns;
    this.#topic = catalogue.topics[event.name];
    // A build that was read back has its fields in another order.
    const text = canonicalJson(event.columns);
    const schema = catalogue.schemas.findLast(
      ({ event: name, columns }) => name === event.name && canonicalJson(columns) === text,
    );
    this.#validator = new RowValidator(event.columns, false);
    this.#encoder = new RowEncoder(event.columns, schema?.id ?? 0);
    this.#send = send;
  }

  /** @throws batch.rows naming the key and the column */
  async take(tenant: number, rowsAtMs: number, rows: readonly AnsweredRow[]): Promise<void> {
    for (const row of rows) {
      if (++this.count > limit.batchRowsMax)
        throw new TenonError("batch.rows", `the SQL answers more than ${limit.batchRowsMax} rows`);
      const named = Object.fromEntries([this.key, ...this.columns].map(({ name }, i) => [name, row[i]]));
      const checked = this.#validator.validate(named);
      if ("places" in checked) {
        const [{ path, message }] = checked.places;
        throw new TenonError("batch.rows", `of "${String(row[0]).slice(0, 100)}", ${path.slice(1)}: ${message}`);
      }
      this.#bytes.clear();
      this.#encoder.encode(checked.row.values, this.#bytes);
      const payload = this.#bytes.finish();
      this.#items.push({
        tenant,
        topic: this.#topic,
        id: newId(),
        atMs: rowsAtMs,
        receivedAtMs: rowsAtMs,
        imported: false,
        payload,
      });
      if (this.#items.length >= limit.batchPartRows) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) await this.#send(items);
  }
}
