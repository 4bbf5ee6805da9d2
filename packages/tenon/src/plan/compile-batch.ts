import { fingerprint } from "../base/hash.ts";
import { limit } from "../base/limit.ts";
import type { BatchSpec } from "../define/batch.ts";
import type { FeaturesDefinition } from "../define/features.ts";
import { type BatchPlan, batchRuns, runWindowMs } from "./batch-plan.ts";
import { checkedSql, namedIn } from "./batch-sql.ts";
import { checkOptions } from "./check-options.ts";
import type { Compiling } from "./compiling.ts";
import { describe } from "./describe.ts";
import { finiteMsOf } from "./duration.ts";
import { LaneBuilder } from "./lanes.ts";
import type { FeatureColumnPlan, FeatureSetPlan } from "./plan.ts";
import { compileSchedule } from "./schedule.ts";
import { valueTypeOf } from "./value-type.ts";

type Batch = FeaturesDefinition & { readonly batch: BatchSpec };

const isBatch = (set: FeaturesDefinition): set is Batch => set.batch !== undefined;

/** The batches of an app, those that others read before them; `computed` are the sets that they may read besides. */
export function compileBatches(computed: readonly FeatureSetPlan[], compiling: Compiling): readonly FeatureSetPlan[] {
  const waiting = [...compiling.reached.featureSets.values()].filter(isBatch);
  const compiled: FeatureSetPlan[] = [];
  while (waiting.length > 0) {
    const names = waiting.map(({ name }) => name);
    const place = waiting.findIndex(({ batch }) => namedIn(String(batch.sql), names).length === 0);
    const [set] = waiting.splice(Math.max(0, place), 1);
    if (place < 0) {
      const circle = namedIn(String(set!.batch.sql), names).join(", ");
      compiling.mistakes.add("define.cycle", `batch ${set!.name}.sql`, `it reads ${circle}, which need it first`);
    }
    const plan = compileBatch(set!, [...computed, ...compiled], compiling);
    if (plan !== undefined) compiled.push(plan);
  }
  return compiled;
}

/** A batch as a feature set: each column is the value of the key's row in one run. */
function compileBatch(set: Batch, sets: readonly FeatureSetPlan[], compiling: Compiling): FeatureSetPlan | undefined {
  const { batch } = set;
  const { mistakes } = compiling;
  const path = `batch ${set.name}`;
  checkOptions("batch", batch.written, path, mistakes);
  const rows = compiling.events.get(set.name);
  checkColumns(set, path, compiling);
  if (rows === undefined) return undefined;
  const sql = checkedSql(batch.sql, `${path}.sql`, mistakes);
  const readable = [...compiling.events.keys()].filter((name) => name !== set.name && name !== batchRuns.name);
  const reads = namedIn(sql, new Set([...readable, ...sets.map(({ name }) => name)]));
  const builder = new LaneBuilder(rows, { column: set.of.name, kind: "entity", name: set.of.name });
  const drafts = Object.entries(set.columns).map(([name, { aggregate }]) => ({
    name,
    cell: builder.cell(aggregate, undefined, Number.POSITIVE_INFINITY),
    ...valueTypeOf(
      aggregate.fn,
      rows.columns.find((column) => column.name === name),
    ),
  }));
  const { lane, cells } = builder.build();
  const index = compiling.lanes.add(lane);
  const columns = drafts.map(
    (draft): FeatureColumnPlan => ({
      ...draft,
      lane: index,
      cell: cells[draft.cell]!,
      window: "run",
      windowMs: runWindowMs,
    }),
  );
  const version = set.options.version ?? 1;
  const meaning = fingerprint({
    version,
    sql,
    columns: rows.fingerprint,
    reads: reads.map((name) => sets.find((read) => read.name === name)?.fingerprint ?? name),
  });
  return {
    name: set.name,
    entity: set.of.name,
    keyType: set.of.keyType,
    owner: set.options.owner ?? set.of.owner,
    description: set.options.description,
    version,
    fingerprint: meaning,
    columns,
    batch: {
      sql,
      reads,
      schedule: compileSchedule(batch, path, mistakes),
      ...limitsOf(batch, path, compiling),
      runsKey: `${set.name}@${meaning}`,
      ...runsOf(compiling),
    },
  };
}

/** The one lane that has the publications of all batches. */
function runsOf({ lanes }: Compiling): Pick<BatchPlan, "runsLane" | "rowsAtCell" | "asOfCell"> {
  const builder = new LaneBuilder(batchRuns, { column: "batch", kind: "entity", name: batchRuns.name });
  const [rowsAt, asOf] = ["rowsAt", "asOf"].map((column) =>
    builder.cell(
      // The lane keeps what the event is called, and nothing else of it.
      { fn: "latest", column, where: undefined, by: undefined },
      undefined,
      Number.POSITIVE_INFINITY,
    ),
  );
  const { lane, cells } = builder.build();
  return { runsLane: lanes.add(lane), rowsAtCell: cells[rowsAt!]!, asOfCell: cells[asOf!]! };
}

function limitsOf(
  { ttl, timeLimit, memoryMb = limit.batchMemoryMb }: BatchSpec,
  path: string,
  { mistakes }: Compiling,
): Pick<BatchPlan, "ttlMs" | "timeLimitMs" | "memoryMb"> {
  const ttlMs = ttl === undefined ? undefined : finiteMsOf(ttl, `${path}.ttl`, mistakes);
  const timeLimitMs = timeLimit === undefined ? undefined : finiteMsOf(timeLimit, `${path}.timeLimit`, mistakes);
  if (!(Number.isSafeInteger(memoryMb) && memoryMb >= limit.batchMemoryMbMin))
    mistakes.add(
      "config.invalid",
      `${path}.memoryMb`,
      `needs a whole number of megabytes from ${limit.batchMemoryMbMin}; found ${describe(memoryMb)}`,
    );
  return {
    ...(ttlMs === undefined ? {} : { ttlMs }),
    timeLimitMs: timeLimitMs ?? limit.batchMs,
    memoryMb,
  };
}

function checkColumns({ batch, of, columns }: Batch, path: string, { mistakes }: Compiling): void {
  if (Object.keys(columns).length === 0) mistakes.add("define.column", path, "a batch needs a column besides its key");
  for (const [name, column] of Object.entries(batch.columns)) {
    if (name === of.name) mistakes.add("define.name", `${path}.${name}`, `"${name}" is the key's column; leave it out`);
    if (column?.spec?.type === "ref")
      mistakes.add("define.column", `${path}.${name}`, "a batch answers values; its one reference is its key");
  }
}
