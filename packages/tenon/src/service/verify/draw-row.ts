import { type Random, randomBelow } from "../../base/random.ts";
import { type ColumnPlan, type EventPlan, type Plan, sentColumns } from "../../plan/plan.ts";
import { samplePlain } from "../../plan/sample-row.ts";
import type { PlainValue } from "./known-rows.ts";

/** Keys of an entity: few, so that each has a history. */
const keysMax = 3;
const textsMax = 30;

export const pick = <T>(random: Random, list: readonly T[]): T => list[randomBelow(random, list.length)];

/** A key of an entity; `more` beyond those that rows have. */
export function drawKey(random: Random, keyType: "text" | "integer", more = 0): string | number {
  const number = 1 + randomBelow(random, keysMax + more);
  return keyType === "integer" ? number : `k${number}`;
}

/** Draws values of an event's columns: near what its filters ask for, and sums that need more bits than a double has. */
export class RowDrawer {
  readonly event: EventPlan;
  readonly #random: Random;
  /** By column: what filters compare with. */
  readonly #asked = new Map<string, PlainValue[]>();

  constructor(plan: Plan, event: EventPlan, random: Random) {
    this.event = event;
    this.#random = random;
    const filters = plan.lanes.filter((lane) => lane.event === event.name).flatMap((lane) => lane.filters.flat());
    for (const { column, anyOf = [], noneOf = [], above, atLeast, below, atMost } of filters) {
      const bounds = [above, atLeast, below, atMost].filter((bound) => bound !== undefined);
      this.#asked.set(column, [...(this.#asked.get(column) ?? []), ...anyOf, ...noneOf, ...bounds]);
    }
  }

  /** `ids` are those of the events that a column may refer to. */
  draw(clockMs: number, ids: (event: string) => readonly string[]): Record<string, PlainValue> {
    return Object.fromEntries(
      sentColumns(this.event).map((column) => [column.name, this.#value(column, clockMs, ids)]),
    );
  }

  #value(column: ColumnPlan, clockMs: number, ids: (event: string) => readonly string[]): PlainValue {
    const random = this.#random;
    if (column.nullable && random() < 0.2) return null;
    const asked = (this.#asked.get(column.name) ?? []).filter((value) => value !== null);
    if (asked.length > 0 && random() < 0.4) return pick(random, asked);
    switch (column.type) {
      case "ref":
        return this.#reference(column, ids);
      case "integer":
        return randomBelow(random, 2_000) - 1_000;
      case "decimal":
        return randomBelow(random, 100_000) / 10 ** column.scale;
      case "real":
        return drawReal(random);
      case "time":
        return clockMs - 1_000 * randomBelow(random, 50);
      case "text":
        return `w${randomBelow(random, textsMax)}`;
      default:
        return samplePlain(column, random);
    }
  }

  #reference({ to }: ColumnPlan, ids: (event: string) => readonly string[]): string | number {
    const known = to?.kind === "event" ? ids(to.name) : [];
    return known.length > 0 ? pick(this.#random, known) : drawKey(this.#random, to?.keyType ?? "text");
  }
}

/** Doubles whose sums need more bits than a double has, and some that do not. */
export const drawReal = (random: Random): number =>
  random() < 0.5 ? Math.round((random() - 0.5) * 2 ** 34) / 2 ** 24 : Math.round((random() - 0.5) * 2 ** 53) / 2 ** 50;
