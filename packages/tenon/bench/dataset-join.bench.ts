// Two ways to a point-in-time training set of 200,000 examples from 2,000,000 events over 5 windows, each in a process of
// its own, which says what it used and a digest of the numbers that it found:
//
//   gathered   the way in use: entries of the log become columns in memory, a counting sort by key, a sweep of each key
//   sorted     DuckDB sorts Parquet by (tenant, key, received, seq) and streams it to the same sweep
//
// The events lie on disk before either begins: as a segment of the log, and as Parquet with columns for key and values.
// That flatters DuckDB: the archive keeps payloads in their codec, and would have to be decoded into such columns first.

import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { SqliteLogReader } from "../src/drivers/sqlite/log-reader.ts";
import { Lane } from "../src/engine/window/lane.ts";
import { rowColumns, rowReceivedAt, rowSeq, rowTime } from "../src/engine/window/lane-layout.ts";
import { MemoryPages } from "../src/engine/window/memory-pages.ts";
import { TileMaker } from "../src/engine/window/tile.ts";
import { WindowReader } from "../src/engine/window/window-reader.ts";
import { sweepLane } from "../src/service/learn/sweep.ts";
import { EventDecoder } from "../src/service/materialize/event-decoder.ts";
import { LaneHistory } from "../src/service/materialize/lane-history.ts";
import { laneLayout } from "../src/service/materialize/lane-rows.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import { catalogue, columns, eventPlan, examplesOf, lane, prepare, type Sizes } from "./join-events.ts";

/** Beyond this a second form of the archive, with payloads decoded into columns, would be worth its upkeep. */
const target = 2.5;

/** By example: the columns' values, one after another. */
type Found = Float64Array;

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** CPU time until a way had its first sorted row: reading and decoding, or reading and sorting. */
let readCpuSeconds = 0;

/** What is in use: see `service/learn`. */
function gathered(dir: string, sizes: Sizes): Found {
  const before = cpuSeconds();
  const log = new SqliteLogReader(join(dir, "log"));
  const decoder = new EventDecoder(eventPlan, catalogue);
  const history = new LaneHistory(lane, eventPlan);
  for (let seq = 0; ; ) {
    const entries = log.after(seq, 10_000);
    if (entries.length === 0) break;
    for (const entry of entries) history.add(entry, decoder.entry(entry.payload));
    seq = entries[entries.length - 1]!.seq;
  }
  log.close();
  readCpuSeconds = cpuSeconds() - before;
  const examples = examplesOf(sizes);
  const at = Float64Array.from(examples, ({ atMs }) => atMs);
  const key = Int32Array.from(examples, (example) => history.key(example.tenant, example.key) ?? -1);
  const found = new Float64Array(examples.length * columns.length);
  const excludedSeq = new Float64Array(examples.length).fill(-1);
  sweepLane(history, columns, { count: examples.length, key, at, knownAt: at, excludedSeq }, (query, { values }) =>
    found.set(values, query * columns.length),
  );
  return found;
}

async function sorted(dir: string, sizes: Sizes): Promise<Found> {
  const before = cpuSeconds();
  const examples = examplesOf(sizes);
  const asked = Map.groupBy(examples.keys(), (i) => `${examples[i]!.tenant}/${examples[i]!.key}`);
  const found = new Float64Array(examples.length * columns.length);
  const layout = laneLayout(lane);
  const maker = new TileMaker(layout);
  const reader = new WindowReader(layout, columns);
  const row = new Float64Array(rowColumns + layout.columnCount);
  let left: number[] = [];
  let rows = new Lane(layout, new MemoryPages(), maker);
  const answerBefore = (receivedAtMs: number): void => {
    while (left.length > 0 && examples[left[left.length - 1]!]!.atMs < receivedAtMs) {
      const query = left.pop()!;
      const point = {
        at: examples[query]!.atMs,
        seqMax: Number.POSITIVE_INFINITY,
        receivedAtMax: Number.POSITIVE_INFINITY,
        excludedSeq: -1,
      };
      reader.read(rows, point);
      found.set(reader.values, query * columns.length);
    }
  };
  const begin = (key: string): void => {
    answerBefore(Number.POSITIVE_INFINITY);
    rows = new Lane(layout, new MemoryPages(), maker);
    left = asked.get(key)?.reverse() ?? [];
    asked.delete(key);
  };
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    memory_limit: "1000MB",
    temp_directory: join(dir, "tmp-sort"),
  });
  const connection = await instance.connect();
  const result = await connection.stream(
    `select tenant || '/' || key, received_at::double, seq::double, "at"::double, cents::double
     from read_parquet('${join(dir, "events.parquet")}') order by tenant, key, received_at, seq`,
  );
  let present = "";
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    readCpuSeconds ||= cpuSeconds() - before;
    const [keys, receivedAt, seq, at, cents] = Array.from({ length: 5 }, (_, i) => chunk.getColumnVector(i));
    for (let i = 0; i < chunk.rowCount; i++) {
      const key = String(keys!.getItem(i));
      if (key !== present) begin(key);
      present = key;
      if (left.length === 0) continue;
      row[rowReceivedAt] = Number(receivedAt!.getItem(i));
      row[rowSeq] = Number(seq!.getItem(i));
      row[rowTime] = Number(at!.getItem(i));
      row[rowColumns] = Number(cents!.getItem(i));
      answerBefore(row[rowReceivedAt]!);
      rows.insert(row, 0);
    }
  }
  begin("");
  for (const key of [...asked.keys()]) begin(key);
  begin("");
  connection.closeSync();
  return found;
}

interface Told {
  readonly cpuSeconds: number;
  readonly readCpuSeconds: number;
  readonly wallSeconds: number;
  readonly memoryMb: number;
  readonly sha256: string;
}

function inProcess(way: string, dir: string, sizes: Sizes): Promise<Told> {
  const child = fork(import.meta.filename, [way, dir, JSON.stringify(sizes)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  return new Promise((resolve, reject) => {
    child.once("message", (told: Told) => resolve(told));
    child.once("exit", (code) => reject(new Error(`${way} ended with ${code}`)));
  });
}

/** Compares CPU time, the way in use over DuckDB's. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const sizes = quick ? { events: 200_000, examples: 20_000 } : { events: 2_000_000, examples: 200_000 };
  const dir = mkdtempSync(join(tmpdir(), "tenon-join-"));
  const told: Record<"gathered" | "sorted", Told[]> = { gathered: [], sorted: [] };
  try {
    await prepare(dir, sizes);
    for (let i = 0; i < runs; i++) {
      told.gathered.push(await inProcess("gathered", dir, sizes));
      told.sorted.push(await inProcess("sorted", dir, sizes));
      if (told.gathered[i]!.sha256 !== told.sorted[i]!.sha256) throw new Error("the two ways found different numbers");
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const figures = Object.fromEntries(
    Object.entries(told).flatMap(([way, list]) => [
      [`${way}: CPU s`, spread(list.map(({ cpuSeconds }) => cpuSeconds))],
      [`${way}: CPU s of it until rows are there`, spread(list.map((told) => told.readCpuSeconds))],
      [`${way}: s`, spread(list.map(({ wallSeconds }) => wallSeconds))],
      [
        `${way}: MiB at most`,
        spread(
          list.map(({ memoryMb }) => memoryMb),
          0,
        ),
      ],
    ]),
  );
  const ratio = median(told.gathered.map(({ cpuSeconds }, i) => cpuSeconds / told.sorted[i]!.cpuSeconds));
  return {
    bench: "dataset-join",
    figures: { ...figures, ...sizes, columns: columns.length },
    ratio,
    target,
    met: ratio <= target,
  };
}

if (import.meta.main) {
  const [way, dir, sizes] = process.argv.slice(2);
  const ways: Readonly<Record<string, typeof sorted | typeof gathered>> = { gathered, sorted };
  const begun = performance.now();
  const found = await ways[way!]!(dir!, JSON.parse(sizes!));
  process.send?.({
    cpuSeconds: cpuSeconds(),
    readCpuSeconds,
    wallSeconds: (performance.now() - begun) / 1_000,
    memoryMb: process.resourceUsage().maxRSS / 1_024,
    sha256: createHash("sha256").update(new Uint8Array(found.buffer)).digest("hex"),
  } satisfies Told);
}
