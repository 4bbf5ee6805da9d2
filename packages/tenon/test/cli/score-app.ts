/** An app whose rule answers with what it was asked, so that each row of the scores tells which row it is of. */
export const scoreConfig = `import { c, defineApp, embedded, entity, event, features, prediction, pretrained } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer() });
const spend = features("spend", account, { paid: payment.sum("cents").over("lifetime") });
const rule = pretrained("rule", { input: { account: c.ref(account), cents: c.integer().nullable() }, output: { score: c.real() }, code: ({ cents }) => ({ score: (cents ?? 0) / 4 }) });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, spend,
  prediction("rule", { model: rule, fallback: { score: 0 }, decide: ({ score }) => ({ verdict: score > 500 ? "high" : score < 0 ? "half \\ud800" : "low" }) })] });
`;

/** Rows with every tenth one wrong, as CSV. */
export const csvRows = (count: number): string =>
  `account,cents\n${Array.from({ length: count }, (_, i) => `a${i},${i % 10 === 9 ? "x" : i}\n`).join("")}`;

export const goodAccounts = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => i)
    .filter((i) => i % 10 !== 9)
    .map((i) => `a${i}`);
