import { aggregateOf, latestRow, rowsInWindow, type Value } from "../../src/service/verify/brute-force.ts";
import type { RandomColumn } from "./random-app.ts";

export type { Value } from "../../src/service/verify/brute-force.ts";

/** An event as the test sent it. */
export interface SentThing {
  readonly id: string;
  readonly at: number;
  readonly receivedAt: number;
  /** It is in the log at or before this position. */
  readonly loggedBy: number;
  /** When it was taken back, and by which position. */
  retracted?: { readonly at: number; readonly loggedBy: number };
  /** Its place in the order of acceptance. */
  readonly order: number;
  readonly a: string;
  readonly b: number;
  readonly whole: number;
  readonly money: number | null;
  readonly real: number | null;
  readonly word: string | null;
  readonly tier: string | null;
  /** ISO 8601 in UTC. */
  readonly when: string | null;
  readonly flag: boolean;
}

/** A row of the table `plan` as the test put it; without columns: its key was taken out. */
export interface PutPlan {
  readonly a: string;
  readonly validFrom: number;
  readonly receivedAt: number;
  readonly order: number;
  readonly row: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

/** The table's row by the definition of a table value. */
export function planAt(
  puts: readonly PutPlan[],
  a: string,
  { at, knownAt, ttlMs }: { readonly at: number; readonly knownAt: number; readonly ttlMs: number },
): { readonly row: PutPlan["row"]; readonly isOld: boolean } {
  const rows = puts
    .filter((put) => put.a === a)
    .map((put) => ({ ...put, at: put.validFrom, loggedBy: Number.NEGATIVE_INFINITY }));
  const { row, isOld } = latestRow(rows, at, ttlMs, { at: knownAt, seqMax: Number.POSITIVE_INFINITY });
  return { row: row?.row, isOld };
}

const passes: Readonly<Record<NonNullable<RandomColumn["where"]>, (thing: SentThing) => boolean>> = {
  flag: ({ flag }) => flag,
  word: ({ word }) => word === "w1" || word === "w2",
  notWord: ({ word }) => word !== "w1" && word !== null,
  noMoney: ({ money }) => money === null,
  range: ({ money, flag, tier }) => money !== null && money >= 100.5 && money < 700 && !flag && tier !== "free",
  after: ({ when }) => when !== null && when > "2026-01-01T00:10:00.000Z" && when <= "2026-01-01T02:00:00.000Z",
};

interface Known {
  readonly at: number;
  readonly seqMax: number;
}

/** What a column's window holds, by the definition of a feature value, oldest first. */
export function rowsOf(
  things: readonly SentThing[],
  column: RandomColumn,
  key: string | number,
  at: number,
  known: Known,
): readonly SentThing[] {
  const { where } = column;
  const own = things.filter((thing) => (column.set === "by_a" ? thing.a === key : thing.b === key));
  return rowsInWindow(own, { ...column, at }, known).filter((thing) => where === undefined || passes[where](thing));
}

/** A column's value by the definition of a feature value. */
export function bruteForce(
  things: readonly SentThing[],
  column: RandomColumn,
  key: string | number,
  at: number,
  known: Known,
): Value {
  const { fn, parameter, by } = column;
  const rows = rowsOf(things, column, key, at, known).map((thing) => ({
    at: thing.at,
    value: column.column === undefined ? null : thing[column.column],
    group: by === undefined || thing[by] === null ? null : String(thing[by]),
  }));
  const scale = column.column === "money" ? 2 : 0;
  const terms = { fn, parameter, scale, hasColumn: column.column !== undefined, isGrouped: by !== undefined };
  return aggregateOf(rows, terms, at);
}
