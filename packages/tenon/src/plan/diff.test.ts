import assert from "node:assert/strict";
import { test } from "node:test";
import * as t from "../index.ts";
import { compileApp } from "./compile.ts";
import { diffPlans } from "./diff.ts";
import type { Plan } from "./plan.ts";

// biome-ignore lint/suspicious/noExplicitAny: a plan is varied at any of its definitions
type Untyped = any;
const { c, entity, event, features, label, model, onDemand, prediction, pretrained, gradientBoosting } = t as Untyped;

interface Variation {
  readonly columns?: (columns: Untyped) => object;
  readonly options?: object;
  readonly eventName?: string;
  readonly sums?: (payment: Untyped) => object;
  readonly setName?: string;
  readonly setOptions?: object;
  readonly setOf?: "account" | "shop";
  readonly within?: string;
  readonly seed?: number;
  readonly fallback?: number;
  readonly decide?: boolean;
  readonly input?: object;
  readonly code?: () => object;
  readonly output?: object;
  readonly tenancy?: string;
  readonly key?: object;
  readonly about?: object;
  readonly use?: (definitions: Untyped) => readonly Untyped[];
}

/** A plan, varied where it is asked for. */
function planOf(o: Variation = {}): Plan {
  const account = entity("account", o.key ?? {});
  const shop = entity("shop");
  const columns = {
    account: c.ref(account),
    shop: c.ref(shop),
    cents: c.integer(),
    note: c.text().nullable(),
    plan: c.oneOf("free", "pro"),
  };
  const payment = event(
    o.eventName ?? "payment",
    o.columns?.(columns) ?? columns,
    o.options ?? { late: "1d", keep: "400d" },
  );
  const of = o.setOf === "shop" ? shop : account;
  const sums = o.sums?.(payment) ?? {
    paid: payment.sum("cents").over("1d", "30d"),
    n: payment.count({ plan: "pro" }).over("7d"),
  };
  const spend = features(o.setName ?? "spend", of, sums, o.setOptions ?? {});
  const share = onDemand("share", { on: payment, uses: [spend], compute: () => ({ a: 1 }), ...o.about });
  const next = label("next", {
    of: payment,
    is: event("refund", { payment: c.ref(payment) }).follows(o.within ?? "7d"),
    ...o.about,
  });
  const risk = model("risk", {
    label: next,
    features: [spend, share],
    trainer: gradientBoosting({ seed: o.seed ?? 1 }),
    ...o.about,
  });
  const fraud = prediction("fraud", {
    model: risk,
    fallback: { score: o.fallback ?? 0.5 },
    ...o.about,
    decide: o.decide === false ? undefined : () => ({ verdict: "block" }),
  });
  const haul = pretrained("haul", {
    input: o.input ?? { miles: c.integer() },
    output: o.output ?? { ok: c.flag() },
    code: o.code ?? (() => ({ ok: true })),
  });
  const rule = prediction("rule", { model: haul, fallback: o.output === undefined ? { ok: true } : { ok: "yes" } });
  const definitions = { payment, spend, fraud, rule };
  return compileApp(
    t.defineApp({
      name: "acme",
      tenancy: (o.tenancy ?? "none") as "none",
      stores: { dev: () => t.embedded() },
      use: o.use?.(definitions) ?? Object.values(definitions),
    }),
  ).plan;
}

const told = (before: Variation, after: Variation): string[] =>
  diffPlans(planOf(before), planOf(after)).map(({ kind, definition, what }) => `${kind}: ${definition}: ${what}`);
const changed = (after: Variation): string[] => told({}, after);
const column = (name: string, made: object) => ({ columns: (columns: object) => ({ ...columns, [name]: made }) });
const without =
  (name: string) =>
  ({ [name]: _, ...rest }: Record<string, object>) =>
    rest;
const retrained = "safe: model risk: its label, inputs or trainer changed";
const stale = (inputs: string): string => `backfill: model risk: its inputs ${inputs} changed or are gone`;

test("equal plans have no difference, whatever their order, owners and comments", () => {
  assert.deepEqual(changed({}), []);
  assert.deepEqual(changed({ use: ({ payment, spend, fraud, rule }) => [rule, fraud, spend, payment] }), []);
  assert.deepEqual(changed({ setOptions: { owner: "finance", description: "What comes in" } }), []);
  const about = { owner: "finance", description: "What comes in" };
  assert.deepEqual(changed({ options: { late: "1d", keep: "400d", ...about }, about }), []);
});

test("a nullable column is safe, one that is not is breaking with its remedy", () => {
  assert.deepEqual(changed(column("tip", c.integer().nullable()))[0], `safe: event payment: column "tip" is added`);
  const [change] = diffPlans(planOf(), planOf(column("tip", c.integer())));
  assert.deepEqual(change, {
    kind: "breaking",
    definition: "event payment",
    what: `column "tip" is added`,
    why: "rows from before lack it; make it nullable",
  });
});

test("a removed column is safe for the rows that have it", () => {
  assert.equal(changed({ columns: without("note") })[0], `safe: event payment: column "note" is removed`);
});

test("a type, a scale, a reference or a null that is taken back is breaking", () => {
  assert.equal(
    changed(column("note", c.flag().nullable()))[0],
    `breaking: event payment: column "note" was text and is flag`,
  );
  assert.equal(
    told(column("rate", c.decimal(2)), column("rate", c.decimal(3)))[0],
    `breaking: event payment: column "rate" was decimal with 2 digits and is decimal with 3 digits`,
  );
  assert.equal(changed(column("note", c.text()))[0], `breaking: event payment: column "note" is no longer nullable`);
  assert.ok(
    changed(column("shop", c.ref(entity("store")))).includes(
      `breaking: event payment: column "shop" referred to entity "shop" (text) and refers to entity "store" (text)`,
    ),
  );
});

test("a choice may get values and not lose them", () => {
  assert.equal(
    changed(column("plan", c.oneOf("free", "pro", "team"))).at(0),
    `safe: event payment: column "plan" also takes "team"`,
  );
  const [lost] = told(column("plan", c.oneOf("free", "pro", "team")), {});
  assert.equal(lost, `breaking: event payment: column "plan" no longer takes "team"`);
});

test("a column that becomes personal has old rows to encrypt", () => {
  assert.equal(
    changed(column("note", c.text().nullable().personal()))[0],
    `backfill: event payment: column "note" is personal now`,
  );
});

test("events that are kept shorter are deleted; kept longer or later is safe", () => {
  assert.equal(
    changed({ options: { late: "1d", keep: "90d" } })[0],
    "breaking: event payment: keep was 400 d and is 90 d",
  );
  assert.deepEqual(changed({ options: { late: "1d" } }), ["safe: event payment: keep was 400 d and is lifetime"]);
  assert.equal(changed({ options: { late: "2d", keep: "400d" } })[0], "safe: event payment: late was 1 d and is 2 d");
});

test("a new window and a changed filter or aggregate are filled anew, and the model is trained again", () => {
  const base = (payment: Untyped) => ({
    paid: payment.sum("cents").over("1d", "30d"),
    n: payment.count({ plan: "pro" }).over("7d"),
  });
  const longer = (payment: Untyped) => ({ ...base(payment), paid: payment.sum("cents").over("1d", "30d", "90d") });
  assert.deepEqual(changed({ sums: longer }), [`backfill: features spend: column "paid_90d" is added`, retrained]);
  const filtered = (payment: Untyped) => ({ ...base(payment), n: payment.count({ plan: "free" }).over("7d") });
  assert.deepEqual(changed({ sums: filtered }), [
    `backfill: features spend: column "n_7d" is computed otherwise`,
    stale("spend.n_7d"),
  ]);
  const mean = (payment: Untyped) => ({ ...base(payment), paid: payment.mean("cents").over("1d", "30d") });
  assert.equal(changed({ sums: mean }).filter((line) => line.startsWith("backfill: features")).length, 2);
  const shorter = (payment: Untyped) => ({ ...base(payment), paid: payment.sum("cents").over("1d") });
  assert.deepEqual(changed({ sums: shorter }), [
    `breaking: features spend: column "paid_30d" is removed`,
    stale("spend.paid_30d"),
  ]);
  const text = (payment: Untyped) => ({ ...base(payment), n: payment.last("plan").over("7d") });
  assert.equal(changed({ sums: text })[0], `breaking: features spend: column "n_7d" was number and is text`);
});

test("a new version of a set is filled anew, and a set of another entity is another set", () => {
  assert.deepEqual(changed({ setOptions: { version: 2 } }), [
    "backfill: features spend: version 1 is version 2 now",
    retrained,
  ]);
  assert.equal(
    changed({ setOf: "shop" })[0],
    `breaking: features spend: was of entity "account" (text) and is of "shop" (text)`,
  );
});

test("a changed label or trainer keeps the live version and asks for training", () => {
  assert.deepEqual(changed({ within: "14d" }), ["safe: label next: the outcome is another", retrained]);
  assert.deepEqual(changed({ seed: 2 }), [retrained]);
  assert.match(diffPlans(planOf(), planOf({ seed: 2 }))[0]!.why, /the live version keeps its build; retrain/);
});

test("what callers of a prediction rely on is breaking when it goes", () => {
  assert.deepEqual(changed({ decide: false }), ["breaking: prediction fraud: it no longer decides"]);
  assert.deepEqual(changed({ fallback: 0.1 }), ["safe: prediction fraud: its model, fallback or options changed"]);
  assert.deepEqual(changed({ output: { ok: c.text() }, code: () => ({ ok: "yes" }) }), [
    "breaking: prediction rule: its answer has other columns",
    "safe: model haul: its rule changed",
  ]);
  assert.deepEqual(changed({ input: { miles: c.integer(), at_night: c.flag() } }), [
    `breaking: model haul: column "at_night" is added`,
    "safe: model haul: its rule changed",
  ]);
});

test("a removed definition is breaking where others read it, and a new one is told by what it needs", () => {
  const fewer = planOf({ use: ({ payment, fraud }) => [payment, fraud] });
  const list = (before: Plan, after: Plan): string[] =>
    diffPlans(before, after).map(({ kind, definition }) => `${kind} ${definition}`);
  assert.deepEqual(list(planOf(), fewer), ["breaking prediction rule", "safe model haul"]);
  assert.deepEqual(list(fewer, planOf()), ["safe model haul", "safe prediction rule"]);
  assert.deepEqual(list(planOf({ use: ({ rule }) => [rule] }), planOf({ use: ({ rule, spend }) => [rule, spend] })), [
    "backfill features spend",
    "safe entity account",
    "safe entity shop",
    "safe event payment",
  ]);
});

test("a renamed definition is a removed and a new one, with a hint", () => {
  const changes = diffPlans(planOf(), planOf({ eventName: "purchase" }));
  const removed = changes.find(({ definition }) => definition === "event payment")!;
  assert.match(removed.why, /its log stays.*; if it was renamed to "purchase": names are durable/);
  const spelled = diffPlans(planOf(), planOf({ setName: "spending" }));
  assert.match(spelled.find(({ definition }) => definition === "features spend")!.why, /renamed to "spending"/);
});

test("another tenancy or another key is breaking", () => {
  assert.deepEqual(changed({ tenancy: "required" }), [`breaking: app acme: tenancy was "none" and is "required"`]);
  assert.equal(changed({ key: { key: c.integer() } })[0], "breaking: entity account: its key was text and is integer");
});
