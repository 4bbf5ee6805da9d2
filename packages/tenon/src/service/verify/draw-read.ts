import { type Random, randomBelow } from "../../base/random.ts";
import type { FeatureSetPlan, Plan } from "../../plan/plan.ts";
import { drawKey, pick } from "./draw-row.ts";
import type { KnownRow } from "./known-rows.ts";
import type { FeatureRead } from "./story.ts";

export interface ReadTerms {
  readonly tenant: string;
  /** The tenant's rows. */
  readonly rows: readonly KnownRow[];
  readonly marks: readonly number[];
  readonly nowMs: number;
}

/** Draws a read of a feature set: now or in the past, about the ends of what is in its windows, at one position or another. */
export function drawRead(plan: Plan, set: FeatureSetPlan, random: Random, terms: ReadTerms): FeatureRead {
  const column = pick(random, set.columns);
  const lane = plan.lanes[column.lane];
  const rows = terms.rows.filter(({ event }) => event === lane.event);
  // Half of the reads are about what is new: the rest may lie behind what is kept online.
  const recent = random() < 0.5 ? rows.slice(-Math.ceil(rows.length / 4)) : rows;
  const anchor = recent.length === 0 ? undefined : pick(random, recent);
  const own = anchor?.values[lane.by.column];
  const isOwn = random() < 0.75 && (typeof own === "string" || typeof own === "number");
  const spanMs = set.table?.ttlMs ?? column.windowMs;
  return {
    tenant: terms.tenant,
    set: set.name,
    key: isOwn ? own : drawKey(random, set.keyType, 1),
    atMs: Math.min(terms.nowMs, atOf(random, anchor, spanMs) ?? terms.nowMs),
    asOf: random() < 0.5 ? "served" : "corrected",
    mark: terms.marks.length > 0 && random() < 0.3 ? pick(random, terms.marks) : undefined,
  };
}

/** A time at which the row comes into a window or leaves it, or about those; undefined: now. */
function atOf(random: Random, anchor: KnownRow | undefined, spanMs: number): number | undefined {
  const chance = random();
  if (anchor === undefined || chance < 0.2) return undefined;
  if (chance < 0.4) return anchor.at + randomBelow(random, 2);
  if (chance < 0.6 && Number.isFinite(spanMs)) return anchor.at + spanMs - 1 + randomBelow(random, 3);
  return anchor.receivedAt + randomBelow(random, 100_000);
}
