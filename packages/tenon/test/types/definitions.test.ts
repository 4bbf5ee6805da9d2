import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleSource, type TypeCheck, typeCheck } from "./compiler.ts";

const head = `
import { atLeast, atMost, c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, postgresQuery, prediction, pretrained, secret, stripeWebhook, table, type StripeEvent } from "tenon";
const account = entity("account"); const product = entity("product"); const seat = entity("seat", { key: c.integer() });
const payment = event("payment", { account: c.ref(account), seat: c.ref(seat), cents: c.integer(), tip: c.integer().nullable(),
  country: c.text(), plan: c.oneOf("free", "pro"), due: c.time(), first: c.flag() });
const view = event("view", { product: c.ref(product), seconds: c.real() });
const dispute = event("dispute", { payment: c.ref(payment), country: c.text() });
const spend = features("spend", account, { paid: payment.sum("cents").over("1d", "30d"), country: payment.last("country").over("7d") });
const views = features("views", product, { seconds: view.mean("seconds").over("1d") });
const disputed = label("disputed", { of: payment, is: dispute.follows("60d") });
const paidNext = label("paid_next", { of: account.every("7d"), is: payment.sum("cents").next("7d") });
const risk = model("risk", { label: disputed, features: [spend], trainer: gradientBoosting() });
const stores = { dev: () => embedded() };
`;

/** What is written, and what the compiler must say about it. */
const mistakes: Readonly<Record<string, readonly [snippet: string, sentence: string]>> = {
  "features of an event without a reference to the entity": [
    `features("f", product, { n: payment.count().over("1d") });`,
    "this event has no column that refers to the entity",
  ],
  "a sum of a text": [`payment.sum("country");`, "sum, mean, min and max take a column of numbers"],
  "a mean of a flag": [`payment.mean("first");`, "sum, mean, min and max take a column of numbers"],
  "a maximum of a time": [`payment.max("due");`, "sum, mean, min and max take a column of numbers"],
  "a minimum of a number that is a key": [`payment.min("seat");`, "sum, mean, min and max take a column of numbers"],
  "a sum of an unknown column": [`payment.sum("cent");`, `'"cent"' is not assignable`],
  "a distinct count of an unknown column": [`payment.distinct("cent");`, `'"cent"' is not assignable`],
  "a filter on an unknown column": [`payment.count({ plans: "pro" });`, "Did you mean to write 'plan'?"],
  "a lookup of an unknown column": [
    `const t = table("t", { account: c.ref(account), tier: c.text() }); t.lookup("teir");`,
    `'"teir"' is not assignable`,
  ],
  "a looked up column as an input": [
    `const t = table("t", { account: c.ref(account), tier: c.text() });
     event("e", { account: c.ref(account), tier: t.lookup("tier") }).pick("tier");`,
    `'"tier"' is not assignable`,
  ],
  "a filter on a looked up value that it cannot have": [
    `const t = table("t", { account: c.ref(account), tier: c.oneOf("free", "pro") });
     event("e", { account: c.ref(account), tier: t.lookup("tier") }).count({ tier: "por" });`,
    `'"por"' is not assignable`,
  ],
  "a looked up column in the row of a function": [
    `const t = table("t", { account: c.ref(account), tier: c.text() });
     onDemand("o", { on: event("e", { account: c.ref(account), tier: t.lookup("tier") }), uses: [], compute: ({ row }) => ({ tier: row.tier }) });`,
    "'tier' does not exist on type",
  ],
  "a filter that can never match": [
    `payment.count({ plan: "por" });`,
    `Type '"por"' is not assignable to type 'Condition<"free" | "pro">`,
  ],
  "a filter of another type": [
    `payment.count({ cents: "5" });`,
    "Type 'string' is not assignable to type 'Condition<number>",
  ],
  "a range of texts": [`payment.count({ country: { above: "DE" } });`, "'above' does not exist in type"],
  "a webhook whose map lacks a column": [
    `event("e", { account: c.ref(account), cents: c.integer() }, { from: stripeWebhook({ secret: secret("S"), types: ["x"],
       map: ({ data }: StripeEvent<{ customer: string }>) => ({ account: data.object.customer }) }) });`,
    "'cents' is missing in type",
  ],
  "a webhook whose map has a column of another type": [
    `event("e", { account: c.ref(account), cents: c.integer() }, { from: stripeWebhook({ secret: secret("S"), types: ["x"],
       map: ({ data }: StripeEvent<{ customer: string }>) => ({ account: data.object.customer, cents: "5" }) }) });`,
    "'string' is not assignable to type 'number'",
  ],
  "a secret that is written out": [
    `event("e", { account: c.ref(account) }, { from: postgresQuery({ url: "postgres://me:word@host/db", sql: "select 1", cursor: "id" }) });`,
    "Type 'string' is not assignable to type 'Secret'",
  ],
  "examples bound to a table of another entity": [
    `const t = table("t", { product: c.ref(product), size: c.text() });
     label("l", { of: account.every("7d", { while: t }), is: payment.count().next("7d").above(0) });`,
    "is not assignable to type",
  ],
  "a misspelt option of a table": [
    `table("t", { account: c.ref(account), tier: c.text() }, { tll: "1d" });`,
    "'tll' does not exist in type 'TableOptions'",
  ],
  "a table's column that may have no row as a number": [
    `const t = table("t", { account: c.ref(account), seats: c.integer() });
     onDemand("x", { on: payment, uses: [t], compute: ({ features }) => ({ n: features.seats * 2 }) });`,
    "possibly 'null'",
  ],
  "a quantile of texts": [`payment.quantile("country", 0.5);`, "take a column of numbers"],
  "a list as an outcome": [`payment.lastN("cents", 3).next("1d");`, "Property 'next' does not exist"],
  "groups by an unknown column": [`payment.count().by("contry").over("1d");`, `'"contry"'`],
  "a map read as a number": [
    `const by = features("by", account, { n: payment.count().by("country").over("1d") });
     onDemand("x", { on: payment, uses: [by], compute: ({ features }) => ({ n: features.n_1d }) });`,
    "is not assignable to type",
  ],
  "an outcome that refers to nothing the example has": [
    `label("l", { of: account.every("1d"), is: view.count().next("1d") });`,
    "the outcome refers neither to the example event nor to any of its entities",
  ],
  "an outcome that is a text": [
    `label("l", { of: payment, is: payment.last("country").next("1d") });`,
    "an outcome is a number or a yes or no",
  ],
  "an outcome that is a time": [
    `label("l", { of: payment, is: payment.last("due").next("1d") });`,
    "an outcome is a number or a yes or no",
  ],
  "a bound on a yes or no": [`payment.last("first").next("1d").above(0);`, "Property 'above' does not exist"],
  "an outcome without an end": [`payment.count().next("lifetime");`, `'"lifetime"' is not assignable`],
  "features of a foreign entity": [
    `model("m", { label: disputed, features: [spend, views], trainer: gradientBoosting() });`,
    `features \\"views\\" are of entity \\"product\\", to which \\"payment\\" has no reference`,
  ],
  "features of a foreign entity in an on-demand function": [
    `onDemand("x", { on: payment, uses: [views], compute: () => ({ a: 1 }) });`,
    `features \\"views\\" are of entity \\"product\\", to which \\"payment\\" has no reference`,
  ],
  "an on-demand function of another spine": [
    `const seconds = onDemand("seconds", { on: view, uses: [], compute: ({ row }) => ({ a: row.seconds }) });
     model("m", { label: disputed, features: [seconds], trainer: gradientBoosting() });`,
    `\\"seconds\\" is of another row than the model's examples, which are of \\"payment\\"`,
  ],
  "columns of another spine": [
    `model("m", { label: disputed, features: [view.pick("seconds")], trainer: gradientBoosting() });`,
    `\\"view\\" is of another row than the model's examples, which are of \\"payment\\"`,
  ],
  "a gate for another task": [
    `model("m", { label: disputed, features: [spend], trainer: gradientBoosting(), gates: [atLeast("auc", 0.7), atMost("rmse", 3)] });`,
    "the label's task is binary, and this is for regression",
  ],
  "a gate for a yes or no on a number": [
    `model("m", { label: paidNext, features: [spend], trainer: gradientBoosting(), gates: [atLeast("auc", 0.8)] });`,
    "the label's task is regression, and this is for binary",
  ],
  "a trainer for another task": [
    `import type { Trainer } from "tenon";
     declare const factorisation: () => Trainer<"ranking">;
     model("m", { label: disputed, features: [spend], trainer: factorisation() });`,
    "the label's task is binary, and this is for ranking",
  ],
  "an unknown trainer": [
    `model("m", { label: disputed, features: [spend], trainer: { trainer: "forest", options: {} } });`,
    `Type '"forest"' is not assignable to type '"gradientBoosting"'`,
  ],
  "a loss as a lower bound": [`atLeast("rmse", 3);`, `'"rmse"' is not assignable`],
  "an unknown window's column": [
    `onDemand("x", { on: payment, uses: [spend], compute: ({ features }) => ({ a: features.paid_3d }) });`,
    "Property 'paid_3d' does not exist on type",
  ],
  "a feature that the function does not use": [
    `onDemand("x", { on: payment, uses: [], compute: ({ features }) => ({ a: features.paid_1d }) });`,
    "Property 'paid_1d' does not exist on type",
  ],
  "a feature that pick left out": [
    `onDemand("x", { on: payment, uses: [spend.pick("paid_1d")], compute: ({ features }) => ({ a: features.paid_30d }) });`,
    "Property 'paid_30d' does not exist on type",
  ],
  "an unknown column of the row": [
    `onDemand("x", { on: payment, uses: [], compute: ({ row }) => ({ a: row.cent }) });`,
    "Did you mean 'cents'?",
  ],
  "arithmetic on a value that may be null": [
    `onDemand("x", { on: payment, uses: [], compute: ({ row }) => ({ a: row.tip / 2 }) });`,
    "'row.tip' is possibly 'null'",
  ],
  "an on-demand answer that is a time": [
    `onDemand("x", { on: payment, uses: [], compute: ({ row }) => ({ a: row.at }) });`,
    "Type 'Date' is not assignable to type 'OnDemandValue'",
  ],
  "an on-demand function that waits": [
    `onDemand("x", { on: payment, uses: [], compute: async () => ({ a: 1 }) });`,
    "Type 'Promise<{ a: number; }>' is not assignable",
  ],
  "a fallback of another shape": [
    `prediction("p", { model: risk, fallback: { value: 1 } });`,
    "'value' does not exist in type '{ readonly score: number; }'",
  ],
  "a fallback of another type": [
    `prediction("p", { model: risk, fallback: { score: "1" } });`,
    "Type 'string' is not assignable to type 'number'",
  ],
  "a decision about an output that the model does not have": [
    `prediction("p", { model: risk, fallback: { score: 1 }, decide: ({ value }) => ({ x: value }) });`,
    "Property 'value' does not exist on type '{ readonly score: number; }'",
  ],
  "a pick of an unknown column": [`payment.pick("cent");`, `'"cent"' is not assignable`],
  "a pick of an unknown window": [`spend.pick("paid_3d");`, `'"paid_3d"' is not assignable`],
  "a pick of nothing": [`payment.pick();`, "Expected at least 1 arguments, but got 0"],
  "id as a column": [`event("e", { id: c.text() });`, "every event has its own id and at: choose another column name"],
  "at as a column": [`event("e", { at: c.time() });`, "every event has its own id and at: choose another column name"],
  "a misspelt option of an event": [`event("e", { n: c.integer() }, { lat: "6h" });`, "Did you mean to write 'late'?"],
  "a misspelt option of a trainer": [`gradientBoosting({ round: 3 });`, "Did you mean to write 'rounds'?"],
  "a misspelt option of features": [
    `features("f", account, { n: payment.count().over("1d") }, { onwer: "x" });`,
    "Did you mean to write 'owner'?",
  ],
  "a misspelt option of an entity": [`entity("e", { ownr: "x" });`, "Did you mean to write 'owner'?"],
  "a misspelt option of a model": [
    `model("m", { label: disputed, features: [spend], trainer: gradientBoosting(), gate: [] });`,
    "Did you mean to write 'gates'?",
  ],
  "a misspelt option of a prediction": [
    `prediction("p", { model: risk, fallback: { score: 1 }, records: true });`,
    "Did you mean to write 'record'?",
  ],
  "a duration in words": [`payment.count().over("30 days");`, `'"30 days"' is not assignable`],
  "a duration without a unit": [`payment.count().over(30);`, "'30' is not assignable"],
  "a step in words": [`account.every("week");`, `'"week"' is not assignable`],
  "an aggregate over no window": [`payment.count().over();`, "Expected at least 1 arguments, but got 0"],
  "an aggregate without its window": [
    `features("f", account, { n: payment.count() });`,
    "is missing the following properties from type 'Windowed",
  ],
  "a key that is no text and no integer": [
    `entity("e", { key: c.flag() });`,
    "Type 'Column<boolean, never>' is not assignable",
  ],
  "a key that may be null": [`entity("e", { key: c.text().nullable() });`, "is not assignable to type"],
  "a reference by name": [`c.ref("account");`, "Argument of type 'string' is not assignable"],
  "an entity in use": [
    `defineApp({ name: "x", tenancy: "none", stores, use: [account] });`,
    "is not assignable to type 'Definition'",
  ],
  "an unknown tenancy": [
    `defineApp({ name: "x", tenancy: "maybe", stores, use: [payment] });`,
    `'"maybe"' is not assignable to type '"none" | "required"'`,
  ],
  "stores that are opened too early": [
    `defineApp({ name: "x", tenancy: "none", stores: { dev: embedded() }, use: [payment] });`,
    "Type 'Stores' is not assignable to type '() => Stores'",
  ],
  "a rule that answers another type": [
    `pretrained("p", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cents }) => ({ ok: cents }) });`,
    "Type 'number' is not assignable to type 'boolean'",
  ],
  "a rule over a column that is not its input": [
    `pretrained("p", { input: { cents: c.integer() }, output: { ok: c.flag() }, code: ({ cent }) => ({ ok: cent > 1 }) });`,
    "Property 'cent' does not exist on type '{ readonly cents: number; }'",
  ],
};

const good: Readonly<Record<string, string>> = {
  "the example's configuration": exampleSource(),
  "nullable numbers may be summed": `${head}
    const tips = features("tips", account, { tip: payment.sum("tip").over("1d"), mean: payment.mean("tip").over("1d"), last: payment.last("due").over("lifetime") });
    onDemand("x", { on: payment, uses: [tips], compute: ({ row, features }) => {
      features.tip_1d satisfies number; features.mean_1d satisfies number | null; features.last_lifetime satisfies Date | null;
      row.tip satisfies number | null; row.due satisfies Date; row.at satisfies Date; row.id satisfies string; row.seat satisfies number;
      return { late: row.at.getTime() - row.due.getTime(), tip: row.tip, isPro: row.plan === "pro" };
    } });`,
  "filters by one value, by a list and by null": `${head}
    payment.count({ plan: "pro", country: ["DE", "FR"], tip: null }); payment.sum("cents", { plan: ["free", "pro"], first: true });`,
  "filters by a range and by what is not": `${head}
    payment.count({ cents: { atLeast: 100, below: 500 }, tip: { not: null }, plan: { not: ["free"] }, country: { not: "US" } });`,
  "a table's columns as inputs, picked, and in an on-demand function": `${head}
    const tier = table("tier", { account: c.ref(account), level: c.oneOf("free", "pro"), seats: c.integer() }, { ttl: "90d" });
    const perSeat = onDemand("per_seat", { on: payment, uses: [tier], compute: ({ row, features }) => ({ perSeat: row.cents / (features.seats ?? 1), pro: features.level === "pro" }) });
    model("m", { label: disputed, features: [tier.pick("level"), perSeat], trainer: gradientBoosting() });`,
  "lists, counts and maps in an on-demand function": `${head}
    const rich = features("rich", account, { latest: payment.lastN("country", 3).over("7d"), top: payment.topK("plan", 2).over("7d").hop("1h"),
      by: payment.sum("cents").by("country").over("7d"), median: payment.quantile("cents", 0.5).over("7d"), recent: payment.decayedCount("1d").over("30d") });
    onDemand("rich_shape", { on: payment, uses: [rich], compute: ({ row, features }) => ({
      known: features.latest_7d?.includes(row.country) ?? false, most: features.top_7d?.[0]?.count ?? 0,
      here: features.by_7d?.[row.country] ?? 0, median: features.median_7d, recent: features.recent_30d }) });`,
  "outcomes by reference, by entity and of a flag": `${head}
    model("a", { label: paidNext, features: [spend], trainer: gradientBoosting(), gates: [atMost("rmse", 3)] });
    model("b", { label: label("b", { of: view, is: view.sum("seconds").next("7d").above(3) }), features: [views, view.pick("seconds")], trainer: gradientBoosting(), gates: [atLeast("auc", 0.7), atMost("brier", 0.2)] });
    model("c", { label: label("c", { of: payment, is: payment.last("first").next("7d") }), features: [spend], trainer: gradientBoosting(), gates: [atLeast("f1", 0.7)] });`,
  "inputs from the row, from features, from part of them and from a function": `${head}
    const share = onDemand("share", { on: payment, uses: [spend], compute: ({ row, features }) => ({ share: row.cents / Math.max(1, features.paid_30d), where: features.country_7d }) });
    const all = model("all", { label: disputed, features: [payment.pick("cents", "country"), spend.pick("paid_1d"), share], trainer: gradientBoosting() });
    const p = prediction("p", { model: all, fallback: { score: 0 }, decide: ({ score }) => ({ verdict: score > 0.9 ? "block" : "approve" }) as const });
    p.result!.verdict satisfies "block" | "approve"; p.result!.score satisfies number;
    defineApp({ name: "x", tenancy: "none", stores, use: [payment, dispute, spend, p] });`,
  "a rule is a prediction without an event": `${head}
    const rule = pretrained("rule", { input: { cents: c.integer(), note: c.text().nullable() }, output: { ok: c.flag() }, code: ({ cents, note }) => ({ ok: cents < 5 && note !== null }) });
    prediction("p", { model: rule, fallback: { ok: false } });`,
};

let checked: TypeCheck | undefined;
/** One program for everything: the compiler starts once. */
const sentencesOf = (name: string): readonly string[] => {
  const texts = Object.entries(mistakes).map(([key, [snippet]]) => [key, `${head}${snippet}\nexport {};`] as const);
  checked ??= typeCheck(new Map([...texts, ...Object.entries(good)]));
  return checked.sentences.get(name) ?? [];
};

for (const [name, [, sentence]] of Object.entries(mistakes)) {
  test(`the compiler refuses ${name}`, () => {
    const found = sentencesOf(name);
    assert.ok(
      found.some((text) => text.includes(sentence)),
      `expected "${sentence}" in:\n${found.join("\n") || "nothing"}`,
    );
  });
}

for (const name of Object.keys(good)) {
  test(`the compiler accepts ${name}`, () => {
    assert.deepEqual(sentencesOf(name), []);
  });
}
