import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Ended, folder, startDev, tenon } from "./command-line.ts";

let at: Awaited<ReturnType<typeof folder>>;
before(async () => {
  at = await folder();
  await writeFile(
    join(at.dir, "tenon.config.ts"),
    `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction } from "tenon";
const account = entity("account", { owner: "growth" });
const payment = event("payment", { account: c.ref(account), cents: c.integer() });
const refund = event("refund", { payment: c.ref(payment) });
const spend = features("spend", account, { paid: payment.sum("cents").over("1d", "30d") }, { description: "What comes in" });
const risk = model("risk", { label: label("refunded", { of: payment, is: refund.follows("1h") }), features: [spend.pick("paid_30d")], trainer: gradientBoosting({ seed: 1 }) });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, spend, prediction("risk", { model: risk, fallback: { score: 0.1 } })] });
`,
  );
});
after(() => at[Symbol.asyncDispose]());

const call = (...args: string[]): Promise<Ended> => tenon(at.dir, "features", ...args);
const good = async (...args: string[]): Promise<Ended["values"]> => {
  const { code, stderr, values } = await call(...args, "--json");
  assert.equal(code, 0, stderr);
  return values;
};

test("the catalogue of a configuration needs no data: owner, definition, users, and what nobody uses", async () => {
  const listed = await good("list");
  assert.deepEqual(
    listed.map(({ name, owner, description, definition, unused, figures }) => [
      [name, owner, description, definition, unused, figures],
    ]),
    [
      [["spend.paid_1d", "growth", "What comes in", "sum(payment.cents) over 1d", true, null]],
      [["spend.paid_30d", "growth", "What comes in", "sum(payment.cents) over 30d", false, null]],
    ],
  );
  assert.deepEqual(
    (await good("list", "--unused")).map(({ name }) => name),
    ["spend.paid_1d"],
  );
  assert.deepEqual(
    (await good("list", "comes", "30D")).map(({ name }) => name),
    ["spend.paid_30d"],
  );
  const { stdout } = await call("list");
  assert.match(stdout, /^spend\.paid_1d {3}sum\(payment\.cents\) over 1d {3}growth {2}unused$/m);
  assert.match(stdout, /^No model takes 1 of 2/m);
});

test("a set and a column are shown from the configuration, and a misspelt one is told the nearest", async () => {
  const [set] = await good("show", "spend");
  assert.deepEqual(
    set.features.map(({ column }: { column: string }) => column),
    ["paid_1d", "paid_30d"],
  );
  const [column] = await good("show", "spend.paid_30d");
  assert.deepEqual(column.users, { onDemand: [], models: ["risk"], predictions: ["risk"], labels: [], batches: [] });
  const { code, stderr } = await call("show", "spend.paid_300d");
  assert.equal(code, 1);
  assert.match(stderr, /Did you mean "spend\.paid_30d"\? \[features\.unknown\]/);
});

test("a lineage is a tree for people, a graph for Mermaid and data for programs", async () => {
  const { stdout } = await call("lineage", "spend.paid_30d");
  assert.equal(
    stdout,
    `spend.paid_30d  feature, sum(payment.cents) over 30d, growth
comes from
├─ column payment.account  ref
└─ column payment.cents  integer
goes to
└─ model risk  binary, gradientBoosting
   └─ prediction risk  POST /predict/risk

`,
  );
  const graph = (await call("lineage", "spend.paid_30d", "--mermaid")).stdout;
  assert.match(graph, /^flowchart LR\n {2}subgraph sn0\["event payment"\]\n/);
  const told = [...graph.matchAll(/^ *(n\d+)[[({]/gm)].map(([, id]) => id);
  const linked = [...graph.matchAll(/^ {2}(n\d+) -->\|\w+\| (n\d+)$/gm)].flatMap(([, from, to]) => [from, to]);
  assert.ok(linked.length > 0 && linked.every((id) => told.includes(id)), "every end of an edge is told");
  const [data] = await good("lineage", "model:risk");
  assert.ok(data.edges.some((edge: { role: string }) => edge.role === "label"));
  assert.equal((await call("lineage", "nobody")).code, 1);
});

test("a group's help has its commands, and the reading of a set is one of them", async () => {
  const { stdout } = await tenon(at.dir, "help", "features");
  for (const usage of [
    "tenon features SET KEY",
    "tenon features list",
    "tenon features show SET",
    "tenon features lineage NAME",
  ])
    assert.ok(stdout.includes(usage), usage);
});

test("where the app runs, the same commands have live figures, and the lineage is that of what serves", async () => {
  const dev = await startDev(at.dir);
  try {
    const rows = Array.from({ length: 12 }, (_, i) => JSON.stringify({ id: `p${i}`, account: `a${i % 4}`, cents: i }));
    await writeFile(join(at.dir, "payments.ndjson"), rows.join("\n"));
    assert.equal((await tenon(at.dir, "events", "send", "payment", "payments.ndjson")).code, 0);
    // Events become features a moment after they are durable.
    let [set] = await good("show", "spend");
    for (const endMs = Date.now() + 10_000; set.sample.keys < 4 && Date.now() < endMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      [set] = await good("show", "spend");
    }
    assert.deepEqual([set.sample.keys, set.sample.whole, typeof set.coveredFrom.payment], [4, true, "string"]);
    const [listed] = await good("list", "paid_30d");
    assert.equal(listed.figures.nullShare, 0);
    const { stdout } = await call("show", "spend.paid_30d");
    assert.match(stdout, /^ {2}freshness {2}newest .* old, half of them within .*; 0 events wait for the applier$/m);
    assert.match(stdout, /^Figures are of 4 of 4 keys of this tenant\.$/m);
    assert.match(stdout, /^keys now: 4 values$/m);
    assert.match((await call("lineage", "payment.cents")).stdout, /^ {6}└─ prediction risk/m);
  } finally {
    await dev.stop();
  }
});
