import type { SqlType } from "./sql-type.ts";

/** Values in the order of the log: by event time, then by position. */
export interface Picked {
  readonly value: string;
  /** What a row must meet; empty: nothing. */
  readonly when: string;
}

/** What differs between the engines; everything else is the same text. */
export interface SqlDialect {
  readonly name: "postgres" | "spark";
  /** @throws sql.name where the engine would cut it */
  identifier(name: string): string;
  text(value: string): string;
  type(type: SqlType): string;
  /** A text whose order is that of its characters' codes. */
  textOrder(value: string): string;
  /** An argument of `sum` such that the sum is exact. */
  summand(value: string, type: SqlType): string;
  oldest(picked: Picked): string;
  newest(picked: Picked): string;
  /** A list of the newest `n`, newest first; null for none. */
  newestList(picked: Picked, n: number): string;
  /** A list of value and count in order of `place`. */
  counts(o: { readonly value: string; readonly count: string; readonly place: string }): string;
  /** A map from texts; rows whose key is null are not in it. Empty: an empty map. */
  map(o: { readonly key: string; readonly value: string }): string;
}

/** An aggregate over the rows that meet a condition. */
export const filtered = (aggregate: string, when: string): string =>
  when === "" ? aggregate : `${aggregate} FILTER (WHERE ${when})`;
