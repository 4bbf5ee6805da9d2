import assert from "node:assert/strict";
import { test } from "node:test";
import * as t from "../index.ts";
import { catalogOf, entriesNamed, searchCatalog } from "./catalog.ts";
import { compileApp } from "./compile.ts";
import { lineageOf } from "./lineage.ts";
import { lineageAround, nodesNamed, usersIn } from "./lineage-walk.ts";

const { c } = t;

function shop() {
  const account = t.entity("account", { owner: "growth", description: "Who pays" });
  const payment = t.event(
    "payment",
    { account: c.ref(account), cents: c.integer(), country: c.text(), gift: c.flag() },
    { owner: "payments", description: "Money came in" },
  );
  const refund = t.event("refund", { payment: c.ref(payment), cents: c.integer() });
  const plan = t.table("plan", { account: c.ref(account), seats: c.integer() }, { description: "What they bought" });
  const spend = t.features(
    "spend",
    account,
    {
      paid: payment.sum("cents", { country: "DE" }).over("30d"),
      gifts: payment.count({ gift: true }).over("1d"),
      byCountry: payment.sum("cents").by("country").over("7d"),
    },
    { description: "What an account pays" },
  );
  const shape = t.onDemand("shape", {
    on: payment,
    uses: [plan],
    compute: ({ row, features }) => ({ perSeat: row.cents / (features.seats ?? 1) }),
    owner: "risk",
  });
  const refunded = t.label("refunded", { of: payment, is: refund.follows("7d"), description: "It came back" });
  const risk = t.model("risk", {
    label: refunded,
    features: [payment.pick("country"), spend.pick("paid_30d"), shape],
    trainer: t.gradientBoosting({ seed: 1 }),
    description: "Will it come back?",
  });
  const answer = t.prediction("risk", { model: risk, fallback: { score: 0 }, description: "Asked at the till" });
  return compileApp(
    t.defineApp({
      name: "shop",
      tenancy: "none",
      stores: { dev: () => t.embedded() },
      use: [payment, spend, answer],
    }),
  ).plan;
}

const edgesTo = (to: string): string[] =>
  lineageOf(shop())
    .edges.filter((edge) => edge.to === to)
    .map(({ from, role }) => `${role} ${from}`);

test("a feature comes from the key, the value, the filter and the group of its event, and from nothing else", () => {
  assert.deepEqual(edgesTo("feature:spend.paid_30d"), [
    "key eventColumn:payment.account",
    "value eventColumn:payment.cents",
    "filter eventColumn:payment.country",
  ]);
  assert.deepEqual(edgesTo("feature:spend.gifts_1d"), [
    "key eventColumn:payment.account",
    "filter eventColumn:payment.gift",
  ]);
  assert.deepEqual(edgesTo("feature:spend.byCountry_7d"), [
    "key eventColumn:payment.account",
    "value eventColumn:payment.cents",
    "group eventColumn:payment.country",
  ]);
});

test("a function may read all of its row and sets, a label reads its outcome, a model its inputs and its label", () => {
  assert.deepEqual(edgesTo("onDemand:shape"), [
    "mayRead eventColumn:payment.account",
    "mayRead eventColumn:payment.cents",
    "mayRead eventColumn:payment.country",
    "mayRead eventColumn:payment.gift",
    "mayRead feature:plan.seats",
  ]);
  assert.deepEqual(edgesTo("label:refunded"), ["key eventColumn:refund.payment", "example event:payment"]);
  assert.deepEqual(edgesTo("model:risk"), [
    "input eventColumn:payment.country",
    "input feature:spend.paid_30d",
    "input onDemand:shape",
    "label label:refunded",
  ]);
  assert.deepEqual(edgesTo("prediction:risk"), ["serves model:risk"]);
});

test("every edge joins two nodes that are there, and no id is told twice", () => {
  const { nodes, edges } = lineageOf(shop());
  const ids = new Set(nodes.map(({ id }) => id));
  assert.equal(ids.size, nodes.length);
  assert.deepEqual(
    edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to)),
    [],
  );
});

test("owners and descriptions come from the definitions; a set's owner is its entity's where it names none", () => {
  const told = (id: string) => {
    const { owner, description } = lineageOf(shop()).nodes.find((node) => node.id === id) ?? {};
    return [owner, description];
  };
  assert.deepEqual(told("event:payment"), ["payments", "Money came in"]);
  assert.deepEqual(told("table:plan"), [null, "What they bought"]);
  assert.deepEqual(told("features:plan"), ["growth", "What they bought"]);
  assert.deepEqual(told("features:spend"), ["growth", "What an account pays"]);
  assert.deepEqual(told("onDemand:shape"), ["risk", null]);
  assert.deepEqual(told("label:refunded"), [null, "It came back"]);
  assert.deepEqual(told("model:risk"), [null, "Will it come back?"]);
  assert.deepEqual(told("prediction:risk"), [null, "Asked at the till"]);
});

test("around a column lies what it is made of and what is made of it, and nothing beside it", () => {
  const { nodes } = lineageAround(lineageOf(shop()), "spend.paid_30d");
  assert.deepEqual(
    nodes.map(({ id }) => id),
    [
      "event:payment",
      "eventColumn:payment.account",
      "eventColumn:payment.cents",
      "eventColumn:payment.country",
      "features:spend",
      "feature:spend.paid_30d",
      "model:risk",
      "prediction:risk",
    ],
  );
});

test("a name of two definitions means both; an id means one; an unknown one is told the nearest", () => {
  const lineage = lineageOf(shop());
  const ids = (name: string): string[] => nodesNamed(lineage, name).map(({ id }) => id);
  assert.deepEqual(ids("risk"), ["model:risk", "prediction:risk"]);
  assert.deepEqual(ids("model:risk"), ["model:risk"]);
  assert.throws(() => ids("spend.paid_3d"), { code: "definition.unknown", message: /Did you mean "spend.paid_30d"\?/ });
});

test("users are all that would miss a feature, and what nobody would miss is unused", () => {
  const plan = shop();
  const usersOf = usersIn(lineageOf(plan));
  assert.deepEqual(usersOf("feature:plan.seats"), {
    onDemand: ["shape"],
    models: ["risk"],
    predictions: ["risk"],
    labels: [],
    batches: [],
  });
  const unused = catalogOf(plan).flatMap(({ name, unused }) => (unused ? [name] : []));
  assert.deepEqual(unused, ["spend.gifts_1d", "spend.byCountry_7d"]);
});

test("a table that bounds the examples of a label is used, though no model reads its columns", () => {
  const account = t.entity("account");
  const login = t.event("login", { account: c.ref(account) });
  const plan = t.table("plan", { account: c.ref(account), seats: c.integer() });
  const active = t.features("active", account, { logins: login.count().over("7d") });
  const stays = t.label("stays", { of: account.every("7d", { while: plan }), is: login.count().next("7d").above(0) });
  const model = t.model("stay", { label: stays, features: [active], trainer: t.gradientBoosting({ seed: 1 }) });
  const { plan: compiled } = compileApp(
    t.defineApp({
      name: "saas",
      tenancy: "none",
      stores: { dev: () => t.embedded() },
      use: [login, plan, t.prediction("stay", { model, fallback: { score: 0 } })],
    }),
  );
  const [seats] = entriesNamed(catalogOf(compiled), "plan");
  assert.deepEqual([seats?.unused, seats?.users.labels], [false, ["stays"]]);
});

test("SQL may read every column of what it names, and what it is made of is used where it is", () => {
  const account = t.entity("account");
  const visit = t.event("visit", { account: c.ref(account), email: c.text().personal() });
  const login = t.event("login", { account: c.ref(account) });
  const plan = t.table("plan", { account: c.ref(account), seats: c.integer() });
  const active = t.features("active", account, { logins: login.count().over("7d") });
  const value = t.batch("value", account, {
    every: "1d",
    columns: { total: c.integer() },
    sql: "select account, sum(logins_7d)::int + max(seats) as total from active join plan using (account) group by account",
    owner: "finance",
    description: "What it is worth",
  });
  const rank = t.batch("rank", account, {
    after: visit,
    columns: { place: c.integer() },
    sql: "select account, 1 as place from value join visit using (account)",
  });
  const busy = t.label("busy", { of: login, is: login.count().next("1d").above(3) });
  const model = t.model("busy", { label: busy, features: [rank], trainer: t.gradientBoosting({ seed: 1 }) });
  const { plan: compiled } = compileApp(
    t.defineApp({
      name: "site",
      tenancy: "none",
      stores: { dev: () => t.embedded() },
      use: [visit, plan, active, value, rank, t.prediction("busy", { model, fallback: { score: 0 } })],
    }),
  );
  const { nodes, edges } = lineageOf(compiled);
  const to = (id: string): string[] => edges.flatMap((edge) => (edge.to === id ? [`${edge.role} ${edge.from}`] : []));
  assert.deepEqual(to("feature:value.total").sort(), [
    "mayRead eventColumn:plan.account",
    "mayRead eventColumn:plan.seats",
    "mayRead feature:active.logins_7d",
  ]);
  assert.deepEqual(to("feature:rank.place").sort(), [
    "mayRead eventColumn:visit.account",
    "mayRead eventColumn:visit.email",
    "mayRead feature:value.total",
  ]);
  assert.deepEqual(
    nodes.filter(({ id }) => /batch|:value$|:rank$/.test(id)).map(({ id, text, owner }) => [id, text, owner]),
    [
      ["batch:value", "SQL, every 1 d", "finance"],
      ["batch:rank", "SQL, after visit", null],
    ],
  );
  const [logins, total, place] = ["active", "value", "rank"].map((name) => entriesNamed(catalogOf(compiled), name)[0]);
  assert.deepEqual([logins?.users.batches, logins?.users.models, logins?.unused], [["value", "rank"], ["busy"], false]);
  assert.deepEqual([total?.kind, total?.description, total?.personal], ["batch", "What it is worth", false]);
  assert.deepEqual([place?.personal, place?.users.batches], [true, []]);
});

test("what is made of personal data says so: a column by its value or its groups, a function by what it may read", () => {
  const account = t.entity("account");
  const visit = t.event("visit", { account: c.ref(account), email: c.text().personal(), pages: c.integer() });
  const seen = t.features("seen", account, {
    email: visit.last("email").over("7d"),
    byEmail: visit.sum("pages").by("email").over("7d"),
    pages: visit.sum("pages").over("7d"),
  });
  const domain = t.onDemand("domain", { on: visit, uses: [], compute: ({ row }) => ({ domain: row.email }) });
  const busy = t.label("busy", { of: visit, is: visit.count().next("1d").above(3) });
  const model = t.model("busy", { label: busy, features: [domain], trainer: t.gradientBoosting({ seed: 1 }) });
  const { plan } = compileApp(
    t.defineApp({
      name: "site",
      tenancy: "none",
      stores: { dev: () => t.embedded() },
      use: [visit, seen, t.prediction("busy", { model, fallback: { score: 0 } })],
    }),
  );
  assert.deepEqual(
    catalogOf(plan).map(({ name, personal }) => [name, personal]),
    [
      ["seen.email_7d", true],
      ["seen.byEmail_7d", true],
      ["seen.pages_7d", false],
      ["domain", true],
    ],
  );
});

test("an entry says on one line what is computed, and a search finds it by every word", () => {
  const entries = catalogOf(shop());
  assert.deepEqual(
    entries.map(({ name, definition, type, of }) => [name, definition, type, of]),
    [
      ["spend.paid_30d", 'sum(payment.cents) where country = "DE" over 30d', "number", "account"],
      ["spend.gifts_1d", "count(payment) where gift = true over 1d", "number", "account"],
      ["spend.byCountry_7d", "sum(payment.cents) by country over 7d", "number", "account"],
      ["plan.seats", "plan.seats, as it was put last", "number", "account"],
      ["shape", "computed at the request from payment, plan", null, "payment"],
    ],
  );
  const names = (search: string): string[] => searchCatalog(entries, search).map(({ name }) => name);
  assert.deepEqual(names("GIFT 1d"), ["spend.gifts_1d"]);
  assert.deepEqual(names("bought"), ["plan.seats"]);
  assert.deepEqual(names("growth nothing"), []);
  assert.throws(() => entriesNamed(entries, "spent"), { code: "features.unknown", message: /Did you mean "spend"\?/ });
});
