import assert from "node:assert/strict";
import { test } from "node:test";
import { limit } from "../../base/limit.ts";
import { type Random, randomBelow, seededRandom } from "../../base/random.ts";
import type { AggregateState } from "./aggregate-state.ts";
import { type AggregateCell, makeAggregate } from "./make-aggregate.ts";

interface Row {
  readonly value: number;
  readonly time: number;
  readonly seq: number;
  readonly group: number;
}

const seed = Number(process.env.TENON_SEED ?? Math.floor(Math.random() * 2 ** 31));
const at = 2_000_000;
const halfLifeMs = 400_000;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const byTime = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => a.time - b.time || a.seq - b.seq);

/** What each aggregate is of rows whose values are whole numbers up to 250, so that every sum is exact. */
const definitions: Readonly<Record<AggregateCell["fn"], (rows: readonly Row[], parameter: number) => unknown>> = {
  count: (rows) => rows.length,
  sum: (rows) => rows.reduce((sum, { value }) => sum + value, 0),
  mean: (rows) => mean(rows.map(({ value }) => value)),
  min: (rows) => (rows.length === 0 ? Number.NaN : Math.min(...rows.map(({ value }) => value))),
  max: (rows) => (rows.length === 0 ? Number.NaN : Math.max(...rows.map(({ value }) => value))),
  variance: (rows) => varianceOf(rows),
  stddev: (rows) => Math.sqrt(varianceOf(rows)),
  quantile: (rows, q) => {
    const sorted = rows.map(({ value }) => value).sort((a, b) => a - b);
    return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
  },
  first: (rows) => byTime(rows).at(0)?.value ?? Number.NaN,
  last: (rows) => byTime(rows).at(-1)?.value ?? Number.NaN,
  latest: (rows, ttlMs) => {
    const latest = byTime(rows).at(-1);
    return latest !== undefined && at - latest.time <= ttlMs ? latest.value : Number.NaN;
  },
  lastN: (rows, n) =>
    listed(
      byTime(rows)
        .reverse()
        .slice(0, n)
        .map(({ value }) => value),
    ),
  topK: (rows) =>
    listed(pairs([...Map.groupBy(rows, ({ value }) => value)].map(([value, all]) => [value, all.length]))),
  timeSince: (rows) => at - (byTime(rows).at(-1)?.time ?? Number.NaN),
  distinct: (rows) => new Set(rows.map(({ value }) => value)).size,
  decayedCount: (rows) => rows.reduce((sum, { time }) => sum + 2 ** (-(at - time) / halfLifeMs), 0),
  decayedSum: (rows) => rows.reduce((sum, { value, time }) => sum + value * 2 ** (-(at - time) / halfLifeMs), 0),
};

const listed = (numbers: readonly number[]): unknown => (numbers.length === 0 ? Number.NaN : numbers);
const pairs = (entries: readonly (readonly number[])[]): number[] => [...entries].sort((a, b) => a[0] - b[0]).flat();

function varianceOf(rows: readonly Row[]): number {
  const n = rows.length;
  if (n < 2) return Number.NaN;
  const [sum, squares] = [0, 0].map((_, i) => rows.reduce((total, { value }) => total + value ** (i + 1), 0));
  return (n * squares - sum * sum) / (n * (n - 1));
}

const cells: readonly AggregateCell[] = Object.keys(definitions).flatMap((name) => {
  const fn = Object.keys(definitions).find((known): known is AggregateCell["fn"] => known === name)!;
  const parameters: Partial<Record<AggregateCell["fn"], number>> = {
    quantile: 0.9,
    latest: 1_000_000 - 200,
    lastN: 3,
    topK: 3,
    decayedCount: halfLifeMs,
    decayedSum: halfLifeMs,
  };
  const cell = { fn, parameter: parameters[fn] ?? Number.NaN };
  return fn === "count" || fn === "sum" || fn === "mean" || fn === "min" ? [cell, { ...cell, by: 0 }] : [cell];
});

/** What is seen of a state; the order of pairs is not part of it. */
function seen(state: AggregateState, cell: AggregateCell): unknown {
  if (state.list === undefined || Number.isNaN(state.value(at))) return state.value(at);
  const list = state.list(at);
  if (cell.fn === "lastN") return list;
  return pairs(Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]));
}

function expectedOf(rows: readonly Row[], cell: AggregateCell): unknown {
  const define = definitions[cell.fn];
  if (cell.by === undefined) return define(rows, cell.parameter ?? Number.NaN);
  return pairs(
    [...Map.groupBy(rows, ({ group }) => group)].map(([group, all]) => [group, Number(define(all, Number.NaN))]),
  );
}

function stateOf(rows: readonly Row[], cell: AggregateCell): AggregateState {
  const state = makeAggregate(cell);
  // Without a column every row counts as 1.
  const isOfRows = cell.fn === "decayedCount";
  for (const { value, time, seq, group } of rows) state.add(isOfRows ? 1 : value, time, seq, group);
  return state;
}

/** Merges by way of tiles, each behind a number that is not part of it. */
function merged(states: readonly AggregateState[], cell: AggregateCell): AggregateState {
  const into = makeAggregate(cell);
  into.reset();
  for (const state of states) {
    const tile = [Number.NaN];
    state.write(tile);
    into.merge(Float64Array.from([...tile, Number.NaN]), 1, tile.length);
  }
  return into;
}

function assertSeen(state: AggregateState, expected: unknown, cell: AggregateCell, what: string): void {
  const found = seen(state, cell);
  const message = `seed ${seed}, ${JSON.stringify(cell)}, ${what}: ${found}, expected ${expected}`;
  if (cell.fn.startsWith("decayed") && typeof found === "number" && typeof expected === "number")
    assert.ok(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), message);
  else assert.deepEqual(found, expected, message);
}

function randomRows(random: Random, count: number): Row[] {
  return Array.from({ length: count }, (_, seq) => ({
    value: randomBelow(random, 251),
    time: 1_000_000 + randomBelow(random, count),
    seq,
    group: randomBelow(random, 5),
  }));
}

const shuffled = <T>(random: Random, list: readonly T[]): T[] =>
  list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);

for (const cell of cells) {
  const name = cell.by === undefined ? cell.fn : `${cell.fn} by groups`;
  test(`${name}: in any order, split and merged in any way, it is what it is of the whole (seed ${seed})`, () => {
    const random = seededRandom(seed);
    for (const count of [0, 1, 2, 7, 40, 400]) {
      const rows = randomRows(random, count);
      const expected = expectedOf(rows, cell);
      assertSeen(stateOf(shuffled(random, rows), cell), expected, cell, "commutes");
      const parts = [0, 1, 2].map((part) =>
        stateOf(
          rows.filter(({ seq }) => (seq * 7) % 3 === part),
          cell,
        ),
      );
      assertSeen(merged(parts, cell), expected, cell, "a split is the whole");
      assertSeen(merged([merged([parts[0], parts[1]], cell), parts[2]], cell), expected, cell, "left first");
      assertSeen(merged([parts[0], merged([parts[1], parts[2]], cell)], cell), expected, cell, "right first");
      const identity = makeAggregate(cell);
      identity.reset();
      assertSeen(merged([identity, stateOf(rows, cell), identity], cell), expected, cell, "nothing changes nothing");
    }
  });
}

test("distinct is within five standard errors beyond its bound, and the same bits in any order and split", () => {
  const random = seededRandom(seed);
  for (const count of [limit.distinctMax, limit.distinctMax + 1, 20_000, 300_000]) {
    const rows = Array.from({ length: count }, (_, i) => ({ value: i * 1.25, time: i, seq: i, group: 0 }));
    const cell = { fn: "distinct" } as const;
    const found = stateOf(rows, cell).value(0);
    if (count <= limit.distinctMax) assert.equal(found, count);
    else assert.ok(Math.abs(found - count) < 5 * 0.016 * count, `${found} of ${count}`);
    assert.equal(stateOf(shuffled(random, rows), cell).value(0), found);
    const parts = [0, 1, 2].map((part) =>
      stateOf(
        rows.filter(({ seq }) => seq % 3 === part),
        cell,
      ),
    );
    assert.equal(merged(parts, cell).value(0), found);
  }
});

test("a quantile is a value that occurred, less than 1/128 below the one of its rank, whatever the magnitudes", () => {
  const random = seededRandom(seed);
  for (let round = 0; round < 20; round++) {
    const values = Array.from({ length: 500 }, () => (random() - 0.3) * 10 ** randomBelow(random, 8));
    const q = random();
    const rows = values.map((value, seq) => ({ value, time: 0, seq, group: 0 }));
    const exact = Number(definitions.quantile(rows, q));
    const found = stateOf(rows, { fn: "quantile", parameter: q }).value(at);
    assert.ok(values.includes(found) && Math.abs(found - exact) <= Math.abs(exact) / 128, `${found}, exact ${exact}`);
  }
});

test("with more magnitudes than a quantile keeps, the smallest count as 0, in any order", () => {
  const rows = Array.from({ length: 1_500 * 5 }, (_, i) => ({
    value: 2 ** ((i % 1_500) - 750) * (1 + Math.floor(i / 1_500) / 8),
    time: 0,
    seq: i,
    group: 0,
  }));
  const cell = { fn: "quantile", parameter: 0.3 } as const;
  assert.equal(stateOf(rows, cell).value(0), 0);
  const reverse = stateOf(rows.toReversed(), { ...cell, parameter: 0.6 }).value(0);
  assert.equal(reverse, stateOf(rows, { ...cell, parameter: 0.6 }).value(0));
  assert.ok(reverse > 0);
});

test("topK counts are too low by no more than their bound where values abound", () => {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 60_000 }, (_, seq) => ({
    value: random() < 0.2 ? randomBelow(random, 3) : 100 + randomBelow(random, 30_000),
    time: 0,
    seq,
    group: 0,
  }));
  const counts = Map.groupBy(rows, ({ value }) => value);
  const list = stateOf(rows, { fn: "topK", parameter: 3 }).list?.(0) ?? [];
  for (let i = 0; i < 3; i++) {
    const place = list.indexOf(i);
    const missing = (counts.get(i)?.length ?? 0) - list[place + 1];
    assert.ok(missing >= 0 && missing <= rows.length / limit.topValuesMax, `${missing} of value ${i} are missing`);
  }
});

test("a map of more groups than its bound is null, in tiles as in rows", () => {
  const cell = { fn: "count", by: 0 } as const;
  const rows = (count: number): Row[] =>
    Array.from({ length: count }, (_, seq) => ({ value: 1, time: 0, seq, group: seq }));
  assert.equal(stateOf(rows(limit.groupsMax), cell).value(0), limit.groupsMax);
  const over = stateOf(rows(limit.groupsMax + 1), cell);
  assert.ok(Number.isNaN(over.value(0)));
  assert.ok(Number.isNaN(merged([stateOf(rows(3), cell), over, stateOf(rows(3), cell)], cell).value(0)));
});
