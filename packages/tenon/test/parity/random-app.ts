import { type Random, randomBelow } from "../../src/base/random.ts";

/** A random definition: one event about two entities, a feature set of each, and a label; as the text of a configuration. */
export interface RandomApp {
  readonly config: string;
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
] as const;

export interface RandomColumn {
  readonly set: "by_a" | "by_b";
  readonly name: string;
  readonly fn: (typeof functions)[number];
  readonly column: "whole" | "money" | "real" | "word" | "tier" | "flag" | "when" | undefined;
  readonly where: "flag" | "word" | undefined;
  readonly windowMs: number;
}

const windows = ["500ms", "7s", "1m", "10m", "3h", "2d", "lifetime"] as const;
const windowMs: Readonly<Record<string, number>> = {
  "500ms": 500,
  "7s": 7_000,
  "1m": 60_000,
  "10m": 600_000,
  "3h": 10_800_000,
  "2d": 172_800_000,
  lifetime: Number.POSITIVE_INFINITY,
};
const filters = { flag: "{ flag: true }", word: '{ word: ["w1", "w2"] }' } as const;

const pick = <T>(random: Random, list: readonly T[]): T => list[randomBelow(random, list.length)];

export function randomApp(random: Random): RandomApp {
  const columns: RandomColumn[] = [];
  const sets = (["by_a", "by_b"] as const).map((set) => {
    const lines = Array.from({ length: 3 + randomBelow(random, 6) }, (_, i) => {
      const fn = pick(random, functions);
      const numeric = pick(random, ["whole", "money", "real"] as const);
      const column =
        fn === "count" || fn === "timeSince"
          ? undefined
          : fn === "first" || fn === "last" || fn === "distinct"
            ? pick(random, ["whole", "money", "word", "tier", "flag", "when"] as const)
            : numeric;
      const where = random() < 0.3 ? pick(random, ["flag", "word"] as const) : undefined;
      const over = [...new Set([pick(random, windows), pick(random, windows), pick(random, windows)])];
      for (const window of over)
        columns.push({ set, name: `c${i}_${window}`, fn, column, where, windowMs: windowMs[window] });
      const args = [...(column === undefined ? [] : [`"${column}"`]), ...(where === undefined ? [] : [filters[where]])];
      return `  c${i}: thing.${fn}(${args.join(", ")}).over(${over.map((window) => `"${window}"`).join(", ")}),`;
    });
    return `const ${set} = features("${set}", ${set === "by_a" ? "a" : "b"}, {\n${lines.join("\n")}\n});`;
  });
  const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction } from "tenon";
const a = entity("a");
const b = entity("b", { key: c.integer() });
const thing = event("thing", { a: c.ref(a), b: c.ref(b), whole: c.integer(), money: c.decimal(2).nullable(), real: c.real().nullable(), word: c.text().nullable(), tier: c.oneOf("free", "team", "pro").nullable(), when: c.time().nullable(), flag: c.flag() }, { late: "1d" });
const asked = event("asked", { a: c.ref(a), b: c.ref(b) });
${sets.join("\n")}
const next = model("next", { label: label("spent", { of: asked, is: event("answer", { asked: c.ref(asked), worth: c.integer() }, { late: "1m" }).sum("worth").next("10m").above(10) }), features: [by_a, by_b], trainer: gradientBoosting({ seed: 1 }) });
export const app = defineApp({ name: "parity", tenancy: "none", stores: { dev: () => embedded() }, use: [thing, asked, by_a, by_b, prediction("next", { model: next, fallback: { score: 0 } })] });
`;
  return { config, columns };
}
