import { type Random, randomBelow } from "../base/random.ts";
import type { ColumnPlan, FeatureColumnPlan, Plan, SpinePlan } from "./plan.ts";
import type { WebhookPlan } from "./source-plan.ts";

const texts = ["", "a", "Zürich", "0", "two words", "DE"] as const;
const wholes = [0, 1, 2, 7, 60, 999, 12_345, -1] as const;
/** Noon of a Thursday, so that no zone's midnight is near. */
const firstMs = Date.UTC(2026, 0, 1, 12);

const pick = <T>(random: Random, list: readonly T[]): T => list[randomBelow(random, list.length)]!;
const timeOf = (random: Random): Date => new Date(firstMs + randomBelow(random, 200 * 86_400) * 1_000);

/** A value that the column may hold; a nullable column holds null in about a third of the rows. */
export function sampleValue(column: ColumnPlan, random: Random): string | number | boolean | Date | null {
  if (column.nullable && random() < 0.34) return null;
  switch (column.type) {
    case "integer":
      return pick(random, wholes);
    case "decimal":
      return Number((pick(random, wholes) + random()).toFixed(column.scale));
    case "real":
      return pick(random, wholes) + random();
    case "flag":
      return random() < 0.5;
    case "time":
      return timeOf(random);
    case "oneOf":
      return pick(random, column.values);
    case "ref":
      return column.to?.keyType === "integer" ? 1 + randomBelow(random, 9) : `k${1 + randomBelow(random, 9)}`;
    case "text":
      return pick(random, texts);
  }
}

/** A value that is there, as JSON has it: a time as epoch milliseconds. */
export function samplePlain(column: ColumnPlan, random: Random): string | number | boolean | null {
  const value = sampleValue({ ...column, nullable: false }, random);
  return value instanceof Date ? value.getTime() : value;
}

/** A row of columns. */
export const sampleRow = (columns: readonly ColumnPlan[], random: Random): Record<string, unknown> =>
  Object.fromEntries(columns.map((column) => [column.name, sampleValue(column, random)]));

/** A row that an example, a prediction or an on-demand function may be for. */
export function sampleSpineRow(spine: SpinePlan, random: Random): Record<string, unknown> {
  const row = sampleRow(spine.columns, random);
  if (spine.kind === "none") return row;
  if (spine.kind === "event") row.id = `sample-${randomBelow(random, 1_000_000)}`;
  row.at = timeOf(random);
  return row;
}

/** The features that a function sees of these sets. `isEmpty`: those of a key that nothing was ever heard of. */
export function sampleFeatures(
  plan: Plan,
  sets: readonly string[],
  isEmpty: boolean,
  random: Random,
): Record<string, unknown> {
  const columns = plan.featureSets.filter((set) => sets.includes(set.name)).flatMap((set) => set.columns);
  return Object.fromEntries(columns.map((column) => [column.name, sampleFeature(plan, column, isEmpty, random)]));
}

function sampleFeature(plan: Plan, column: FeatureColumnPlan, isEmpty: boolean, random: Random): unknown {
  const fn = plan.lanes[column.lane]?.cells[column.cell]?.fn ?? "last";
  const isNever = neverNull.has(fn);
  if (column.many === "groups") return isEmpty ? {} : sampleGroups(column, random);
  if (isEmpty || (!isNever && random() < 0.2)) return isNever ? 0 : null;
  const several = <T>(of: () => T): T[] => Array.from({ length: 1 + randomBelow(random, 3) }, of);
  if (column.many === "list") return several(() => sampleOne(column, random));
  if (column.many === "counts")
    return several(() => ({ value: sampleOne(column, random), count: 1 + randomBelow(random, 50) }));
  if (fn === "count" || fn === "distinct") return 1 + randomBelow(random, 50);
  return sampleOne(column, random);
}

const neverNull: ReadonlySet<string> = new Set(["count", "distinct", "sum", "decayedCount", "decayedSum"]);

const sampleGroups = (column: FeatureColumnPlan, random: Random): Record<string, unknown> =>
  Object.fromEntries(
    texts.slice(0, randomBelow(random, texts.length)).map((text) => [text, sampleOne(column, random)]),
  );

function sampleOne(column: FeatureColumnPlan, random: Random): unknown {
  switch (column.type) {
    case "number":
      return Number((pick(random, wholes) + random()).toFixed(Math.max(2, column.scale)));
    case "text":
      return pick(random, texts);
    case "flag":
      return random() < 0.5;
    case "time":
      return timeOf(random);
  }
}

/** A delivery with what every one of the vendor's has; what it is about is the team's. */
export function sampleDelivery({ kind, types }: WebhookPlan): Record<string, unknown> {
  const [type = "", event] = (types[0] ?? "").split(":");
  return kind === "stripeWebhook"
    ? { id: "evt_sample", type, created: firstMs / 1_000, account: "acct_sample", data: { object: {} } }
    : {
        ...{ messageId: "sample", type, ...(event === undefined ? {} : { event }) },
        ...{ timestamp: new Date(firstMs).toISOString(), userId: "k1", anonymousId: "a1" },
        ...{ properties: {}, traits: {}, context: {} },
      };
}
