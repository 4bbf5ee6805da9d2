import { type Random, randomBelow } from "../../src/base/random.ts";

/** A random definition: one event about two entities, a feature set of each, and a label; as the text of a configuration. */
export interface RandomApp {
  readonly config: string;
  /** How long a row of the table `plan` is valid. */
  readonly planTtlMs: number;
  readonly columns: readonly RandomColumn[];
}

const functions = [
  "count",
  "sum",
  "mean",
  "min",
  "max",
  "variance",
  "stddev",
  "first",
  "last",
  "timeSince",
  "distinct",
  "quantile",
  "lastN",
  "topK",
  "decayedCount",
  "decayedSum",
] as const;

export interface RandomColumn {
  readonly set: "by_a" | "by_b";
  readonly name: string;
  readonly fn: (typeof functions)[number];
  readonly column: "whole" | "money" | "real" | "word" | "tier" | "flag" | "when" | undefined;
  readonly where: keyof typeof filters | undefined;
  readonly windowMs: number;
  readonly hopMs: number | undefined;
  /** n, k, q or the half-life in milliseconds. */
  readonly parameter: number | undefined;
  readonly by: "word" | "tier" | "flag" | undefined;
}

/** Its value is not one: it reaches the model through an on-demand function. */
export const isMany = ({ fn, by }: RandomColumn): boolean => by !== undefined || fn === "lastN" || fn === "topK";

const shortWindows = ["500ms", "7s", "1m", "10m", "3h"] as const;
const windows = [...shortWindows, "2d", "lifetime"] as const;
const windowMs: Readonly<Record<string, number>> = {
  "500ms": 500,
  "7s": 7_000,
  "1m": 60_000,
  "10m": 600_000,
  "3h": 10_800_000,
  "2d": 172_800_000,
  lifetime: Number.POSITIVE_INFINITY,
};
const hops = { "10s": 10_000, "7m": 420_000 } as const;
const filters = {
  flag: "{ flag: true }",
  word: '{ word: ["w1", "w2"] }',
  notWord: '{ word: { not: ["w1", null] } }',
  noMoney: "{ money: null }",
  range: '{ money: { atLeast: 100.5, below: 700 }, flag: { not: true }, tier: { not: "free" } }',
  after: '{ when: { above: new Date("2026-01-01T00:10:00Z"), atMost: new Date("2026-01-01T02:00:00Z") } }',
} as const;
const takesNumbers = new Set(["sum", "mean", "min", "max", "variance", "stddev", "quantile", "decayedSum"]);
const takesNothing = new Set(["count", "timeSince", "decayedCount"]);
const groupable = new Set(["count", "sum", "mean", "min", "max"]);
const parameters: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  quantile: [
    ["0", 0],
    ["0.5", 0.5],
    ["0.99", 0.99],
  ],
  lastN: [
    ["1", 1],
    ["5", 5],
  ],
  topK: [
    ["1", 1],
    ["4", 4],
  ],
  decayedCount: [
    ['"90s"', 90_000],
    ['"2h"', 7_200_000],
  ],
  decayedSum: [
    ['"90s"', 90_000],
    ['"2h"', 7_200_000],
  ],
};

const isFilter = (name: string): name is keyof typeof filters => Object.hasOwn(filters, name);
const pick = <T>(random: Random, list: readonly T[]): T => list[randomBelow(random, list.length)];

export interface RandomAppOptions {
  /** A function that each set has, whatever is drawn. */
  readonly must: string | undefined;
  /** No window is long: old rows leave the online store, and reads of before come from the log. */
  readonly isShort: boolean;
}

export function randomApp(random: Random, { must, isShort }: RandomAppOptions): RandomApp {
  const wanted = functions.find((fn) => fn === must);
  const columns: RandomColumn[] = [];
  const among = isShort ? shortWindows : windows;
  const sets = (["by_a", "by_b"] as const).map((set) => {
    const lines = Array.from({ length: 4 + randomBelow(random, 6) }, (_, i) => {
      // The first is one number, so that a model has an input.
      const fn = i === 0 ? "count" : i === 1 && wanted !== undefined ? wanted : pick(random, functions);
      const column = takesNothing.has(fn)
        ? undefined
        : takesNumbers.has(fn)
          ? pick(random, ["whole", "money", "real"] as const)
          : pick(random, ["whole", "money", "word", "tier", "flag", "when"] as const);
      const where = random() < 0.4 ? pick(random, Object.keys(filters).filter(isFilter)) : undefined;
      const by =
        i > 0 && groupable.has(fn) && random() < 0.4 ? pick(random, ["word", "tier", "flag"] as const) : undefined;
      const hop = random() < 0.2 ? pick(random, ["10s", "7m"] as const) : undefined;
      const parameter = fn in parameters ? pick(random, parameters[fn]) : undefined;
      const over = [...new Set([pick(random, among), pick(random, among), pick(random, among)])];
      for (const window of over)
        columns.push({
          set,
          name: `c${i}_${window}`,
          fn,
          column,
          where,
          windowMs: windowMs[window],
          hopMs: hop === undefined ? undefined : hops[hop],
          parameter: parameter?.[1],
          by,
        });
      const args = [
        ...(column === undefined ? [] : [`"${column}"`]),
        ...(parameter === undefined ? [] : [parameter[0]]),
        ...(where === undefined ? [] : [filters[where]]),
      ];
      const grouped = by === undefined ? "" : `.by("${by}")`;
      const hopped = hop === undefined ? "" : `.hop("${hop}")`;
      return `  c${i}: thing.${fn}(${args.join(", ")})${grouped}.over(${over.map((window) => `"${window}"`).join(", ")})${hopped},`;
    });
    return `const ${set} = features("${set}", ${set === "by_a" ? "a" : "b"}, {\n${lines.join("\n")}\n});`;
  });
  const ttl = random() < 0.5 ? undefined : pick(random, ["1m", "10m", "3h"] as const);
  const namesOf = (set: string, many: boolean): string[] =>
    columns.filter((column) => column.set === set && isMany(column) === many).map(({ name }) => name);
  const onesOf = (set: string): string =>
    namesOf(set, false)
      .map((name) => `"${name}"`)
      .join(", ");
  const manyOf = (set: string): string =>
    [" none: 1", ...namesOf(set, true).map((name) => `${name}: JSON.stringify(features.${name})`)].join(", ");
  const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction, table } from "tenon";
const a = entity("a");
const b = entity("b", { key: c.integer() });
const thing = event("thing", { a: c.ref(a), b: c.ref(b), whole: c.integer(), money: c.decimal(2).nullable(), real: c.real().nullable(), word: c.text().nullable(), tier: c.oneOf("free", "team", "pro").nullable(), when: c.time().nullable(), flag: c.flag() }, { late: "1d" });
const asked = event("asked", { a: c.ref(a), b: c.ref(b) });
${sets.join("\n")}
const plan = table("plan", { a: c.ref(a), tier: c.oneOf("free", "team", "pro").nullable(), seats: c.integer(), rate: c.decimal(2), note: c.text().nullable(), since: c.time(), live: c.flag() }${ttl === undefined ? "" : `, { ttl: "${ttl}" }`});
const many_a = onDemand("many_a", { on: asked, uses: [by_a], compute: ({ features }) => ({${manyOf("by_a")}}) });
const many_b = onDemand("many_b", { on: asked, uses: [by_b], compute: ({ features }) => ({${manyOf("by_b")}}) });
const next = model("next", { label: label("spent", { of: asked, is: event("answer", { asked: c.ref(asked), worth: c.integer() }, { late: "1m" }).sum("worth").next("10m").above(10) }), features: [by_a.pick(${onesOf("by_a")}), by_b.pick(${onesOf("by_b")}), plan, many_a, many_b], trainer: gradientBoosting({ seed: 1 }) });
export const app = defineApp({ name: "parity", tenancy: "none", stores: { dev: () => embedded() }, use: [thing, asked, by_a, by_b, plan, prediction("next", { model: next, fallback: { score: 0 } })] });
`;
  return { config, planTtlMs: ttl === undefined ? Number.POSITIVE_INFINITY : windowMs[ttl], columns };
}
