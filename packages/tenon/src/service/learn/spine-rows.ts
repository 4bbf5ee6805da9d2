import type { SpinePlan } from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";

/** One example before its features: the spine row as it was. */
export interface SpineRow {
  readonly tenant: number;
  readonly id: string;
  readonly atMs: number;
  /** Of an event: its log position; -1 for an entity at a step. */
  readonly seq: number;
  readonly values: readonly StoredValue[];
}

/** An entity spine's rows: every key at each step from when it was first seen, up to now. */
export function entityRows(
  spine: SpinePlan,
  keys: readonly { readonly tenant: number; readonly key: string; readonly atMs: number }[],
  nowMs: number,
): SpineRow[] {
  const everyMs = spine.everyMs ?? Number.POSITIVE_INFINITY;
  const isInteger = spine.columns[0]?.to?.keyType === "integer";
  const rows: SpineRow[] = [];
  for (const { tenant, key, atMs: firstMs } of keys) {
    for (let atMs = Math.ceil((firstMs + 1) / everyMs) * everyMs; atMs <= nowMs; atMs += everyMs) {
      rows.push({ tenant, id: `${key}@${atMs}`, atMs, seq: -1, values: [isInteger ? Number(key) : key] });
    }
  }
  return rows.sort(byTime);
}

export const byTime = (a: SpineRow, b: SpineRow): number =>
  a.atMs - b.atMs || a.seq - b.seq || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
