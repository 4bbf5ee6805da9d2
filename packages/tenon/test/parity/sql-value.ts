import assert from "node:assert/strict";
import type { FeatureColumnPlan } from "../../src/plan/plan.ts";
import type { SentThing, Value } from "./brute-force.ts";
import type { RandomColumn } from "./random-app.ts";

interface Expected {
  readonly plan: FeatureColumnPlan;
  /** Undefined for a table's column. */
  readonly random: RandomColumn | undefined;
  /** What the window holds. */
  readonly inWindow: readonly SentThing[];
  readonly at: number;
  readonly expected: Value | undefined;
}

/** How exactly a double of SQL's has to agree, of the magnitudes that went into it. */
const relative = 1e-9;
/** The weight of a row that weighs nothing in SQL. */
const weightless = 2 ** -500;

/** To the exactness that docs/guides/feature-sql.md states. */
export function assertSqlValue(found: unknown, e: Expected, where: string): void {
  const shown = shownAs(found, e.plan);
  const message = `${where}: found ${JSON.stringify(shown)}, expected ${JSON.stringify(e.expected)}, ${JSON.stringify(e.random)}`;
  assert.notEqual(e.expected, undefined, message);
  const { random, inWindow, expected } = e;
  if (random === undefined || shown === null || expected === null || exact(random)) {
    assert.deepEqual(shown, expected, message);
  } else if (random.by === undefined) {
    assertNear(shown, expected, random, inWindow, e.at, message);
  } else {
    const [have, want] = [Object.entries(Object(shown)), Object.entries(Object(expected))];
    assert.deepEqual(have.map(([group]) => group).sort(), want.map(([group]) => group).sort(), message);
    for (const [group, value] of want) {
      const rows = inWindow.filter((row) => String(row[random.by!]) === group);
      assertNear(Object(shown)[group], value, random, rows, e.at, message);
    }
  }
}

const rounded: ReadonlySet<string> = new Set(["mean", "variance", "stddev", "quantile", "decayedCount", "decayedSum"]);
const exact = ({ fn, column }: RandomColumn): boolean => !rounded.has(fn) && !(fn === "sum" && column === "real");

function assertNear(
  found: unknown,
  expected: unknown,
  { fn, column, parameter = Number.NaN }: RandomColumn,
  rows: readonly SentThing[],
  at: number,
  message: string,
): void {
  const [x, y] = [Number(found), Number(expected)];
  const pairs = rows.flatMap((row) => {
    const value = column === undefined ? 1 : row[column];
    return value === null ? [] : [{ value: Number(value), ageMs: at - row.at }];
  });
  const values = pairs.map(({ value }) => value);
  if (fn === "quantile") {
    // SQL has the value of the rank; the sketch has one at most 1/128 below it.
    const ofRank = values.sort((a, b) => a - b)[Math.max(1, Math.ceil(parameter * values.length)) - 1];
    assert.equal(x, ofRank, message);
    assert.ok(y <= x && (x - y) * 128 <= Math.abs(x) * (1 + relative), message);
    return;
  }
  // Where doubles were added, of what was added: they may cancel out.
  const ofDoubles = column === "real" || fn.startsWith("decayed");
  const power = fn === "stddev" ? 2 : 1;
  const magnitude = ofDoubles ? magnitudeOf(fn, pairs, parameter) : Math.abs(y) ** power;
  const difference = Math.abs(x ** power - y ** power);
  assert.ok(difference <= relative * magnitude, `${message}, of magnitude ${magnitude}`);
}

/** Of sums the sum of magnitudes, of means their mean, and of variances the mean of squares. */
function magnitudeOf(
  fn: RandomColumn["fn"],
  pairs: readonly { readonly value: number; readonly ageMs: number }[],
  halfLifeMs: number,
): number {
  const sumOf = (of: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0);
  if (fn.startsWith("decayed"))
    return sumOf(({ value, ageMs }) => Math.abs(value) * (2 ** (-ageMs / halfLifeMs) + weightless / relative));
  if (fn === "sum") return sumOf(({ value }) => Math.abs(value));
  if (fn === "mean") return sumOf(({ value }) => Math.abs(value)) / pairs.length;
  return sumOf(({ value }) => value ** 2) / pairs.length;
}

/** A value of the driver's as a read shows it: whole numbers and decimals come as texts, times as milliseconds. */
function shownAs(found: unknown, { many, type }: FeatureColumnPlan): unknown {
  if (found === null) return null;
  const one = (value: unknown): unknown =>
    type === "time" ? new Date(Number(value)).toISOString() : type === "number" ? Number(value) : value;
  if (many === "list" && Array.isArray(found)) return found.map(one);
  if (many === "counts" && Array.isArray(found)) return found.map(({ value, count }) => ({ value: one(value), count }));
  return many === "groups" ? found : one(found);
}
