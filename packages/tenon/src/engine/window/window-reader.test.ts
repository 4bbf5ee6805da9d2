import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, randomBelow, seededRandom } from "../../base/random.ts";
import { type AggregateName, makeAggregate } from "../aggregate/make-aggregate.ts";
import { Lane } from "./lane.ts";
import { type LaneLayout, retractionMask } from "./lane-layout.ts";
import { MemoryPages } from "./memory-pages.ts";
import { TileMaker } from "./tile.ts";
import { WindowReader } from "./window-reader.ts";
import type { ReadPoint } from "./window-sweep.ts";

const functions: readonly AggregateName[] = [
  "count",
  "sum",
  "mean",
  "min",
  "max",
  "last",
  "distinct",
  "first",
  "variance",
  "stddev",
  "timeSince",
  "quantile",
  "lastN",
  "decayedSum",
];
const parameters: Partial<Record<AggregateName, number>> = { quantile: 0.75, lastN: 4, decayedSum: 900_000 };
const layout: LaneLayout = {
  columnCount: 1,
  retentionMs: Number.POSITIVE_INFINITY,
  cells: functions.flatMap((fn) =>
    [-1, 0, 1].map((filter) => ({
      fn,
      column: fn === "count" || fn === "timeSince" ? -1 : 0,
      filter,
      parameter: parameters[fn] ?? Number.NaN,
    })),
  ),
};
const windows = [
  { windowMs: 1_000 },
  { windowMs: 60_000 },
  { windowMs: 60_000, hopMs: 45_000 },
  { windowMs: 70_000, hopMs: 45_000 },
  { windowMs: 3_600_000 },
  { windowMs: Number.POSITIVE_INFINITY },
];
const columns = layout.cells.flatMap((_, cell) => windows.map((window) => ({ cell, ...window })));

type Row = readonly [time: number, seq: number, receivedAt: number, mask: number, value: number];
/** By the log position of the row that it takes back. */
type Retractions = ReadonlyMap<number, { readonly seq: number; readonly receivedAt: number }>;

/** The value by its definition, with BigInt sums: every double is a whole number of 2^-40 here. */
function brute(
  rows: readonly Row[],
  retractions: Retractions,
  column: number,
  { at, seqMax, receivedAtMax }: ReadPoint,
): number {
  const { cell, windowMs, hopMs } = columns[column];
  const { fn, filter } = layout.cells[cell];
  const begin = hopMs === undefined ? at - windowMs : at - windowMs - ((((at - windowMs) % hopMs) + hopMs) % hopMs);
  const seen = rows
    .filter(([time, seq, receivedAt]) => time < at && time >= begin && seq <= seqMax && receivedAt <= receivedAtMax)
    .filter(([, seq]) => {
      const retraction = retractions.get(seq);
      return retraction === undefined || retraction.seq > seqMax || retraction.receivedAt > receivedAtMax;
    })
    .filter(([, , , mask]) => filter < 0 || (mask >> filter) % 2 === 1)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const values = seen.map((row) => row[4]).filter((value) => !Number.isNaN(value));
  const exactSum = () => Number(values.reduce((sum, value) => sum + BigInt(value * 2 ** 40), 0n)) / 2 ** 40;
  if (fn === "timeSince") return seen.length === 0 ? Number.NaN : at - seen[seen.length - 1][0];
  if (fn === "variance" || fn === "stddev") {
    if (values.length < 2) return Number.NaN;
    const n = BigInt(values.length);
    const whole = values.map((value) => BigInt(value * 2 ** 40));
    const sum = whole.reduce((total, value) => total + value, 0n);
    const spread = n * whole.reduce((total, value) => total + value * value, 0n) - sum * sum;
    const variance = Number(spread) / 2 ** 80 / (values.length * (values.length - 1));
    return fn === "variance" ? variance : Math.sqrt(variance);
  }
  if (fn === "count") return seen.length;
  if (fn === "sum") return exactSum();
  if (fn === "distinct" && new Set(values).size <= 1_000) return new Set(values).size;
  if (fn === "distinct" || fn in parameters) {
    // By the aggregate's own state, whose laws are tested beside it: here the window is what is looked at.
    const state = makeAggregate(layout.cells[cell]);
    for (const [time, seq, , , value] of seen) if (!Number.isNaN(value)) state.add(value, time, seq, 0);
    return state.value(at);
  }
  if (values.length === 0) return Number.NaN;
  if (fn === "mean") return exactSum() / values.length;
  if (fn === "min") return Math.min(...values);
  if (fn === "max") return Math.max(...values);
  return fn === "first" ? values[0] : values[values.length - 1];
}

function randomRows(random: Random, count: number, disorder: number, ties = 0): Row[] {
  const rows: Row[] = [];
  let clock = 1_000_000;
  for (let seq = 0; seq < count; seq++) {
    if (random() >= ties) clock += randomBelow(random, 2_000);
    const time = random() < disorder ? clock - randomBelow(random, 2_000_000) : clock;
    const value = random() < 0.1 ? Number.NaN : randomBelow(random, 50) + (random() < 0.5 ? random() : 0);
    rows.push([
      time,
      seq,
      clock,
      randomBelow(random, 4),
      Number.isNaN(value) ? value : Math.round(value * 2 ** 30) / 2 ** 30,
    ]);
  }
  return rows;
}

function fill(rows: readonly Row[]): Lane {
  const lane = new Lane(layout, new MemoryPages(), new TileMaker(layout));
  for (const row of rows) lane.insert(Float64Array.from(row), 0);
  return lane;
}

/** Takes back a share of the rows, each at a later position, and some twice. */
function retractSome(random: Random, rows: readonly Row[], lane: Lane, share: number): Retractions {
  const retractions = new Map<number, { seq: number; receivedAt: number }>();
  const last = rows[rows.length - 1];
  for (let i = 0; i < rows.length * share; i++) {
    const row = rows[randomBelow(random, rows.length)];
    const retraction = { seq: last[1] + 1 + i, receivedAt: last[2] + randomBelow(random, 50_000) };
    const tombstone = [row[0], row[1], retraction.receivedAt, retractionMask(retraction.seq), Number.NaN];
    lane.insert(Float64Array.from(tombstone), 0);
    if (!retractions.has(row[1])) retractions.set(row[1], retraction);
  }
  return retractions;
}

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`every aggregate over every window equals brute force, late rows and positions included (seed ${seed})`, () => {
  const random = seededRandom(seed);
  const reader = new WindowReader(layout, columns);
  for (const [count, disorder, ties, retracted] of [
    [5, 0.5, 0, 0.5],
    [130, 0, 0, 0],
    [200, 0.3, 0, 0.3],
    [3_000, 0.05, 0, 0.02],
    [3_000, 0.05, 0.9, 0.3],
    [6_000, 0, 0, 0],
    [6_000, 0.6, 0.3, 0.1],
  ] as const) {
    const rows = randomRows(random, count, disorder, ties);
    const lane = fill(rows);
    const retractions = retractSome(random, rows, lane, retracted);
    for (let i = 0; i < 12; i++) {
      const anchor = rows[randomBelow(random, count)][0];
      const at = i % 3 === 0 ? anchor : anchor + randomBelow(random, 100_000);
      const seqMax = i % 2 === 0 ? Number.POSITIVE_INFINITY : randomBelow(random, Math.ceil(count * (1 + retracted)));
      const receivedAtMax = i % 4 === 1 ? at + 20_000 : Number.POSITIVE_INFINITY;
      const point = { at, seqMax, receivedAtMax, excludedSeq: -1 };
      reader.read(lane, point);
      for (let column = 0; column < columns.length; column++) {
        const expected = brute(rows, retractions, column, point);
        const { cell, windowMs } = columns[column];
        assert.ok(
          isSame(reader.values[column], expected, layout.cells[cell].fn),
          `${JSON.stringify(layout.cells[cell])} over ${windowMs} at ${at}, ${count} rows: ${reader.values[column]}, expected ${expected}`,
        );
      }
    }
  }
});

const isSame = (found: number, expected: number, fn: AggregateName): boolean =>
  fn === "decayedSum" ? Math.abs(found - expected) < 1e-7 : Object.is(found, expected);

test("a late row, a seal and a split leave a retraction behind its row", () => {
  const lane = fill(Array.from({ length: 500 }, (_, seq): Row => [10, seq, 10, 0, 1]));
  for (let seq = 0; seq < 500; seq += 2) {
    lane.insert(Float64Array.from([10, seq, 20, retractionMask(1_000 + seq), Number.NaN]), 0);
    lane.insert(Float64Array.from([10, 2_000 + seq, 30, 0, 1]), 0);
  }
  const reader = new WindowReader(layout, [{ cell: 0, windowMs: 100 }]);
  const countAt = (seqMax: number): number => {
    reader.read(lane, { at: 50, seqMax, receivedAtMax: 99, excludedSeq: -1 });
    return reader.values[0];
  };
  assert.deepEqual([499, 1_099, 1_999, 9_999].map(countAt), [500, 450, 250, 500]);
});

test("an example does not count itself, whatever else happened at its time", () => {
  const lane = fill([
    [10, 0, 10, 0, 1],
    [10, 1, 10, 0, 2],
    [10, 2, 10, 0, 4],
  ]);
  const reader = new WindowReader(layout, [{ cell: layout.cells.findIndex(({ fn }) => fn === "sum"), windowMs: 5 }]);
  reader.read(lane, { at: 15, seqMax: 9, receivedAtMax: 99, excludedSeq: 1 });
  assert.equal(reader.values[0], 5);
  reader.read(lane, { at: 10, seqMax: 9, receivedAtMax: 99, excludedSeq: -1 });
  assert.equal(reader.values[0], 0, "an event at exactly the time of the read is not in the window");
});

test("a window that nothing fills is 0 for counts and sums and null for the others; ages come with the values", () => {
  const reader = new WindowReader(
    layout,
    functions.map((fn) => ({ cell: layout.cells.findIndex((cell) => cell.fn === fn), windowMs: 1 })),
  );
  reader.readEmpty();
  const zeros = new Set(["count", "sum", "distinct", "decayedSum"]);
  assert.deepEqual(
    [...reader.values],
    functions.map((fn) => (zeros.has(fn) ? 0 : Number.NaN)),
  );
  reader.read(
    fill([
      [10, 0, 10, 0, Number.NaN],
      [12, 1, 12, 0, 7],
    ]),
    { at: 13, seqMax: 9, receivedAtMax: 99, excludedSeq: -1 },
  );
  assert.equal(reader.latest[functions.indexOf("sum")], 12);
});

test("trimming drops whole pages, says how far back the lane reaches, and leaves windows inside it untouched", () => {
  const random = seededRandom(seed);
  const rows = randomRows(random, 4_000, 0.02);
  const pages = new MemoryPages();
  const lane = new Lane(layout, pages, new TileMaker(layout));
  for (const row of rows) lane.insert(Float64Array.from(row), 0);
  const before = pages.count;
  const at = rows[3_999][0];
  const cut = at - 500_000;
  assert.ok(lane.trim(cut));
  assert.ok(pages.count < before / 2);
  assert.ok(lane.floor <= cut);
  const reader = new WindowReader(layout, [{ cell: 0, windowMs: 500_000 }]);
  reader.read(lane, { at, seqMax: 1e9, receivedAtMax: 1e15, excludedSeq: -1 });
  assert.equal(reader.values[0], rows.filter(([time]) => time < at && time >= cut).length);
});
