/** How many definitions of each kind a large product has: 1,000 together. */
const counts = {
  entity: 60,
  event: 200,
  features: 240,
  onDemand: 100,
  label: 150,
  model: 150,
  prediction: 100,
} as const;

export const definitionCount = Object.values(counts).reduce((sum, count) => sum + count, 0);

const times = (count: number, line: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i));

/** The text of a configuration with 1,000 definitions, each of its own shape. */
export function thousandDefinitions(): string {
  const entityOf = (event: number): number => event % counts.entity;
  // Events refer to entity i and to event i - 1, so that labels match by reference and by entity.
  const eventOf = (i: number): number => i % counts.event;
  return [
    `import { atLeast, c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction } from "tenon";`,
    ...times(counts.entity, (i) => `const n${i} = entity("n${i}", { owner: "team${i % 9}" });`),
    ...times(
      counts.event,
      (
        i,
      ) => `const e${i} = event("e${i}", { n${entityOf(i)}: c.ref(n${entityOf(i)}),${i === 0 ? "" : ` before: c.ref(e${i - 1}),`}
  cents${i}: c.integer(), rate: c.real().nullable(), country: c.text(), plan: c.oneOf("free", "pro", "p${i}"), first: c.flag() }, { late: "6h" });`,
    ),
    ...times(counts.features, (i) => {
      const e = eventOf(i);
      return `const f${i} = features("f${i}", n${entityOf(e)}, { paid: e${e}.sum("cents${e}").over("1d", "30d"), rate: e${e}.mean("rate", { plan: "p${e}" }).over("1h", "24h", "7d"),
  visits: e${e}.count({ first: true }).over("7d"), country: e${e}.last("country").over("lifetime") });`;
    }),
    ...times(
      counts.onDemand,
      (i) =>
        `const o${i} = onDemand("o${i}", { on: e${i}, uses: [f${i}], compute: ({ row, features }) => ({ times: row.cents${i} / Math.max(1, features.paid_30d), hour: row.at.getUTCHours() }) });`,
    ),
    ...times(counts.label, (i) =>
      i % 2 === 0
        ? `const l${i} = label("l${i}", { of: e${i}, is: e${i + 1}.follows("60d") });`
        : `const l${i} = label("l${i}", { of: e${i}, is: e${i + 1}.sum("cents${i + 1}").next("7d").above(15) });`,
    ),
    ...times(counts.model, (i) => {
      const inputs = [`e${i}.pick("cents${i}", "country")`, `f${i}`, ...(i < counts.onDemand ? [`o${i}`] : [])];
      return `const m${i} = model("m${i}", { label: l${i}, features: [${inputs.join(", ")}], trainer: gradientBoosting({ seed: ${i} }), gates: [atLeast("auc", 0.65)] });`;
    }),
    ...times(
      counts.prediction,
      (i) =>
        `const p${i} = prediction("p${i}", { model: m${i}, fallback: { score: 0.2 }, decide: ({ score }) => ({ advice: score > 0.5 ? "a${i}" : "b" }) as const });`,
    ),
    `export const app = defineApp({ name: "large", tenancy: "none", stores: { dev: () => embedded() }, use: [`,
    `  ${[...times(counts.event, (i) => `e${i}`), ...times(counts.features, (i) => `f${i}`), ...times(counts.prediction, (i) => `p${i}`)].join(", ")}] });`,
  ].join("\n");
}
