import type { EventPlan } from "../../plan/plan.ts";
import type { StoredValue } from "../../plan/row-codec.ts";

/** An event's values that are looked up in tables, from those that were sent, as of the event's time and its receipt. */
export type LookUp = (
  tenant: number,
  sent: readonly StoredValue[],
  atMs: number,
  receivedAtMs: number,
) => readonly StoredValue[];

/** How events of a definition look values up; undefined where they do not. */
export type LookUpOf = (event: EventPlan) => LookUp | undefined;
