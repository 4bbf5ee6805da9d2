import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorPlace, TenonError } from "../base/error.ts";
import * as t from "../index.ts";
import { compileApp } from "./compile.ts";

/** A configuration as JavaScript has it: without types. */
// biome-ignore lint/suspicious/noExplicitAny: these tests are about what the compiler would refuse
type Untyped = any;
const { c, entity, event, features, label, model, onDemand, prediction, pretrained, gradientBoosting, table } =
  t as Untyped;
const { atLeast, atMost, defineApp, embedded } = t as Untyped;

const account = entity("account");
const product = entity("product");
const payment = event("payment", {
  account: c.ref(account),
  cents: c.integer(),
  tip: c.decimal(2).nullable(),
  country: c.text(),
  plan: c.oneOf("free", "pro"),
  due: c.time(),
  first: c.flag(),
});
const view = event("view", { product: c.ref(product), country: c.text() });
const dispute = event("dispute", { payment: c.ref(payment) });
const spend = features("spend", account, { paid: payment.sum("cents").over("1d", "30d") });
const views = features("views", product, { seen: view.count().over("1d") });
const disputed = label("disputed", { of: payment, is: dispute.follows("60d") });
const rule = { input: { cents: c.integer() }, output: { ok: c.flag() }, code: () => ({ ok: true }) };

const appOf = (...use: Untyped[]): Untyped =>
  defineApp({ name: "acme", tenancy: "none", stores: { dev: () => embedded() }, use });
const modelOf = (options: object): Untyped =>
  model("risk", { label: disputed, features: [spend], trainer: gradientBoosting(), ...options });
const predicts = (of: Untyped, options: object = {}): Untyped =>
  prediction("fraud", { model: of, fallback: { score: 0.5 }, ...options });
const withModel = (options: object): Untyped => appOf(predicts(modelOf(options)));
const withTrainer = (options: object): Untyped => withModel({ trainer: gradientBoosting(options) });
const withGate = (gate: Untyped): Untyped => withModel({ gates: [gate] });
const withEvent = (columns: object, options?: object): Untyped => appOf(event("e", columns, options));
const withSum = (columns: object): Untyped => appOf(features("f", account, columns));
const withOutcome = (is: Untyped, of: Untyped = payment): Untyped =>
  withModel({ label: label("l", { of, is }), features: [spend] });
const withRule = (options: object, predictionOptions: object = { fallback: { ok: true } }): Untyped =>
  appOf(predicts(pretrained("rule", { ...rule, ...options }), predictionOptions));

function placesOf(app: Untyped): readonly ErrorPlace[] {
  try {
    compileApp(app);
  } catch (thrown) {
    assert.ok(thrown instanceof TenonError, `expected a TenonError: ${String(thrown)}`);
    assert.equal(thrown.code, "config.invalid");
    return thrown.places;
  }
  return [];
}

const refersToItself: Untyped = { kind: "event", name: "loop", columns: {}, options: {} };
refersToItself.columns.again = c.ref(refersToItself);
const hen: Untyped = { kind: "event", name: "hen", columns: {}, options: {} };
const egg: Untyped = { kind: "event", name: "egg", columns: { hen: c.ref(hen) }, options: {} };
hen.columns.egg = c.ref(egg);
const transfer = event("transfer", { from: c.ref(account), to: c.ref(account), cents: c.integer() });
const seatKey = entity("seat", { key: c.integer() });

const tiers = table("tiers", { account: c.ref(account), tier: c.text() });

/** What is written, and the one mistake that is found: code, place, and part of the sentence. */
const cases: Readonly<
  Record<string, readonly [app: () => Untyped, code: string, path: string, part: string | RegExp]>
> = {
  "a lookup without the key of its table": [
    () => withEvent({ product: c.ref(product), tier: tiers.lookup("tier") }),
    "define.reference",
    "event e.tier",
    'found by one reference to its entity "account"; the event has none',
  ],
  "a lookup by two keys": [
    () => withEvent({ from: c.ref(account), to: c.ref(account), tier: tiers.lookup("tier") }),
    "define.reference",
    "event e.tier",
    "the event has from and to",
  ],
  "a lookup of a column that the table lacks": [
    () => withEvent({ account: c.ref(account), tier: tiers.lookup("teir") }),
    "define.reference",
    "event e.tier",
    'no column "teir". Did you mean "tier"?',
  ],
  "a lookup by a table": [
    () => appOf(table("seats", { account: c.ref(account), tier: tiers.lookup("tier") })),
    "define.column",
    "event seats.tier",
    "only an event looks values up",
  ],
  "a lookup by a rule": [
    () => withRule({ input: { tier: tiers.lookup("tier") } }),
    "define.column",
    "model rule.input.tier",
    "only an event looks values up",
  ],
  "a looked up column as an input": [
    () => {
      const paid = event("paid", { account: c.ref(account), tier: tiers.lookup("tier") });
      const again = label("again", { of: paid, is: paid.count().next("1d").above(0) });
      return withModel({ label: again, features: [paid.pick("tier"), tiers] });
    },
    "define.reference",
    "model risk.features",
    'take tiers.pick("tier")',
  ],
  // References
  "an app that is none": [() => ({ name: "x" }), "define.reference", "app", "needs the answer of defineApp()"],
  "an entity in use": [() => appOf(account), "define.reference", "use[0]", 'found entity "account"'],
  "nothing in use": [() => appOf(undefined), "define.reference", "use[0]", "found nothing"],
  "a use that is no list": [
    () => defineApp({ name: "a", tenancy: "none", stores: { dev: embedded }, use: payment }),
    "define.reference",
    "app a.use",
    "needs a list of definitions",
  ],
  "a reference by name": [
    () => withEvent({ account: c.ref("account") }),
    "define.reference",
    "event e.account",
    'needs an entity definition; found string "account"',
  ],
  "a misspelt column of an aggregate": [
    () => withSum({ paid: payment.sum("cent").over("1d") }),
    "define.reference",
    "features f.paid",
    'event "payment" has no column "cent". Did you mean "cents"?',
  ],
  "a misspelt column of a filter": [
    () => withSum({ n: payment.count({ contry: "DE" }).over("1d") }),
    "define.reference",
    "features f.n.where",
    'Did you mean "country"?',
  ],
  "a pick of an unknown column": [
    () => withModel({ features: [payment.pick("cent")] }),
    "define.reference",
    "model risk.features",
    'the spine "payment" has no column "cent". Did you mean "cents"?',
  ],
  "a pick from an event that is not the spine": [
    () => withModel({ features: [view.pick("country")] }),
    "define.reference",
    "model risk.features",
    'event "view" is not the row of the model\'s examples, which is event "payment"',
  ],
  "a pick of an unknown window": [
    () => withModel({ features: [spend.pick("paid_3d")] }),
    "define.reference",
    "model risk.features",
    'features "spend" have no column "paid_3d". Did you mean "paid_1d"?',
  ],
  "a pick of nothing": [
    () => withModel({ features: [spend, payment.pick()] }),
    "define.reference",
    "model risk.features",
    "pick() names no column",
  ],
  "an event as a model's input": [
    () => withModel({ features: [spend, payment] }),
    "define.reference",
    "model risk.features[1]",
    'found event "payment"; list its columns with pick(…)',
  ],
  "a model without an input": [
    () => withModel({ features: [] }),
    "define.reference",
    "model risk.features",
    "at least one input",
  ],
  "a model without features": [
    () => withModel({ features: undefined }),
    "define.reference",
    "model risk.features",
    "needs a list of inputs; found nothing",
  ],
  "a model without a label": [
    () => withModel({ label: undefined }),
    "define.reference",
    "model risk.label",
    "needs a label definition; found nothing",
  ],
  "a model without a trainer": [
    () => withModel({ trainer: undefined }),
    "define.reference",
    "model risk.trainer",
    "needs a trainer, such as gradientBoosting()",
  ],
  "a prediction without a model": [
    () => appOf(predicts(undefined)),
    "define.reference",
    "prediction fraud.model",
    "needs a model definition; found nothing",
  ],
  "a label of an entity without a step": [
    () => withOutcome(payment.count().next("7d"), account),
    "define.reference",
    "label l.of",
    'needs an event or entity.every("7d"); found entity "account"',
  ],
  "an on-demand function on another spine": [
    () => withModel({ features: [onDemand("o", { on: view, uses: [], compute: () => ({ a: 1 }) })] }),
    "define.reference",
    "model risk.features",
    'on-demand "o" runs on event "view", and the model\'s spine is event "payment"',
  ],
  "an on-demand function that uses an event": [
    () => withModel({ features: [onDemand("o", { on: payment, uses: [payment], compute: () => ({ a: 1 }) })] }),
    "define.reference",
    "onDemand o.uses[0]",
    "needs a features definition",
  ],
  "an on-demand function that is none": [
    () => withModel({ features: [onDemand("o", { on: payment, uses: [], compute: "1" })] }),
    "define.reference",
    "onDemand o.compute",
    "compute needs a function",
  ],
  "an on-demand function that picks an unknown window": [
    () =>
      withModel({
        features: [onDemand("o", { on: payment, uses: [spend.pick("paid_3d")], compute: () => ({ a: 1 }) })],
      }),
    "define.reference",
    "onDemand o.uses",
    'have no column "paid_3d"',
  ],
  "an aggregate without a window": [
    () => withSum({ n: payment.count() }),
    "define.reference",
    "features f.n",
    "found an aggregate without a window",
  ],
  "a feature set without a column": [() => withSum({}), "define.reference", "features f.columns", "at least one"],
  "an outcome that is none": [() => withOutcome(undefined), "define.reference", "label l.is", "needs an outcome"],
  "a rule that is no function": [
    () => withRule({ code: 1 }),
    "define.reference",
    "model rule.code",
    "needs a function",
  ],
  "a rule without an answer": [
    () => withRule({ output: {} }, { fallback: {} }),
    "define.reference",
    "model rule.output",
    "answers at least one column",
  ],
  "a record without an event": [
    () => withRule({}, { fallback: { ok: true }, record: true }),
    "define.reference",
    "prediction fraud.record",
    "are no events",
  ],

  // Circles
  "an event that refers to itself": [
    () => appOf(refersToItself),
    "define.cycle",
    "event loop",
    "event loop → event loop",
  ],
  "events that refer to each other": [
    () => appOf(event("farm", { hen: c.ref(hen) })),
    "define.cycle",
    "event hen",
    /: event hen → event egg → event hen$/,
  ],

  // Duplicates
  "two events of one name": [
    () => appOf(payment, event("payment", { n: c.integer() })),
    "define.duplicate",
    "event payment",
    'two event definitions are named "payment"',
  ],
  "two entities of one name": [
    () => appOf(payment, event("e", { account: c.ref(entity("account", { key: c.integer() })) })),
    "define.duplicate",
    "entity account",
    "two entity definitions",
  ],
  "two predictions of one name": [
    () => appOf(predicts(modelOf({})), predicts(pretrained("rule", rule), { fallback: { ok: true } })),
    "define.duplicate",
    "prediction fraud",
    "two prediction definitions",
  ],
  "an event named as an entity": [
    () => appOf(payment, event("account", { n: c.integer() })),
    "define.duplicate",
    "entity account",
    'entity and event are both named "account"',
  ],
  "an on-demand function named as a feature set": [
    () => withModel({ features: [spend, onDemand("spend", { on: payment, uses: [], compute: () => ({ a: 1 }) })] }),
    "define.duplicate",
    "features spend",
    'features and onDemand are both named "spend"',
  ],
  "one window twice": [
    () => withSum({ n: payment.count().over("1d", "1d") }),
    "define.duplicate",
    "features f.n_1d",
    'two columns are named "n_1d"',
  ],
  "one input twice": [
    () => withModel({ features: [spend, spend.pick("paid_1d")] }),
    "define.duplicate",
    "model risk.features",
    'the input "spend.paid_1d" is listed twice',
  ],
  "one gate twice": [
    () => withModel({ gates: [atLeast("auc", 0.6), atLeast("auc", 0.7)] }),
    "define.duplicate",
    "model risk.gates[1]",
    "auc is bounded twice",
  ],

  // Names
  "a name with a dash": [() => appOf(event("pay-ment", {})), "define.name", "event pay-ment", '"pay-ment" is no name'],
  "a name that is too long": [
    () => appOf(event("e".repeat(64), {})),
    "define.name",
    `event ${"e".repeat(64)}`,
    "at most 63",
  ],
  "a name that is none": [() => appOf(event(undefined, {})), "define.name", "event undefined", "is no name"],
  "a name of every object": [
    () => appOf(event("constructor", {})),
    "define.name",
    "event constructor",
    "every JavaScript object has a property of that name",
  ],
  "a column with a dot": [() => withEvent({ "a.b": c.text() }), "define.name", "event e.a.b", "is no name"],
  "a column of every object": [
    () => withEvent({ toString: c.text() }),
    "define.name",
    "event e.toString",
    "choose another",
  ],
  "a column that sets the prototype": [
    () => withEvent({ __proto__: c.text() }),
    "define.column",
    "event e",
    "columns with their own names",
  ],
  "a column named __proto__": [
    () => withEvent({ ["__proto__"]: c.text() }),
    "define.name",
    "event e.__proto__",
    "is no name",
  ],
  "a column named id": [
    () => withEvent({ id: c.text() }),
    "define.name",
    "event e.id",
    "part of every event's envelope",
  ],
  "a column named at": [
    () => withEvent({ at: c.time() }),
    "define.name",
    "event e.at",
    "part of every event's envelope",
  ],
  "an entity named at": [
    () => withEvent({ when: c.ref(entity("at")) }),
    "define.name",
    "entity at",
    "part of every event's envelope",
  ],
  "a feature with a space": [
    () => withSum({ "a b": payment.count().over("1d") }),
    "define.name",
    "features f.a b",
    "is no name",
  ],

  // Columns
  "a column that was not called": [
    () => withEvent({ n: c.integer }),
    "define.column",
    "event e.n",
    "needs a column, such as c.text(); found a function",
  ],
  "a decimal without its scale": [
    () => withEvent({ n: c.decimal() }),
    "define.column",
    "event e.n",
    "from 0 to 15; found nothing",
  ],
  "a decimal of too many digits": [
    () => withEvent({ n: c.decimal(16) }),
    "define.column",
    "event e.n",
    "found number 16",
  ],
  "a choice of nothing": [() => withEvent({ n: c.oneOf() }), "define.column", "event e.n", "at least one text"],
  "a choice with a value twice": [() => withEvent({ n: c.oneOf("a", "a") }), "define.column", "event e.n", "each once"],
  "a key that is a flag": [
    () => withEvent({ n: c.ref(entity("n", { key: c.flag() })) }),
    "define.column",
    "entity n.key",
    "a key is c.text() or c.integer() and never null; found flag",
  ],
  "a key that may be null": [
    () => withEvent({ n: c.ref(entity("n", { key: c.integer().nullable() })) }),
    "define.column",
    "entity n.key",
    "found nullable integer",
  ],
  "a sum of a text": [
    () => withSum({ n: payment.sum("country").over("1d") }),
    "define.column",
    "features f.n",
    'sum needs a column of numbers; "payment.country" is text',
  ],
  "a mean of a key": [
    () => {
      const ride = event("ride", { account: c.ref(account), seat: c.ref(seatKey) });
      return withSum({ n: ride.mean("seat").over("1d") });
    },
    "define.column",
    "features f.n",
    '"ride.seat" is ref',
  ],
  "a sum of nothing": [
    () => withSum({ n: payment.sum().over("1d") }),
    "define.column",
    "features f.n",
    "sum needs the name of a column; found nothing",
  ],
  "a filter of another type": [
    () => withSum({ n: payment.count({ cents: "5" }).over("1d") }),
    "define.column",
    "features f.n.where.cents",
    'the filter\'s string "5" can never equal a value of "cents", which is integer',
  ],
  "a filter by a value that is no choice": [
    () => withSum({ n: payment.count({ plan: ["pro", "por"] }).over("1d") }),
    "define.column",
    "features f.n.where.plan",
    "which is one of free, pro",
  ],
  "a filter by null on a column that is never null": [
    () => withSum({ n: payment.count({ country: null }).over("1d") }),
    "define.column",
    "features f.n.where.country",
    "the filter's null can never equal",
  ],
  "a filter with more digits than its column": [
    () => withSum({ n: payment.count({ tip: 0.125 }).over("1d") }),
    "define.column",
    "features f.n.where.tip",
    "nullable decimal with 2 digits",
  ],
  "a filter that lists nothing": [
    () => withSum({ n: payment.count({ country: [] }).over("1d") }),
    "define.column",
    "features f.n.where.country",
    "an empty list is no filter",
  ],
  "a range of texts": [
    () => withSum({ n: payment.count({ country: { above: "DE" } }).over("1d") }),
    "define.column",
    "features f.n.where.country",
    "above need numbers or times",
  ],
  "a range by a text": [
    () => withSum({ n: payment.count({ cents: { atLeast: "5" } }).over("1d") }),
    "define.column",
    "features f.n.where.cents",
    "is no bound for",
  ],
  "a condition that there is not": [
    () => withSum({ n: payment.count({ cents: { between: [1, 2] } }).over("1d") }),
    "define.column",
    "features f.n.where.cents",
    "found { between }",
  ],
  "examples bound to what is no table": [
    () =>
      withModel({
        label: label("l", { of: account.every("7d", { while: spend }), is: payment.count().next("7d").above(0) }),
      }),
    "define.reference",
    "label l.of.while",
    'needs a table of entity "account"',
  ],
  "a table without a key": [
    () => appOf(table("t", { seats: c.integer() })),
    "define.entity",
    "table t",
    "exactly one reference, its key, to an entity; found none",
  ],
  "a table with two keys": [
    () => appOf(table("t", { account: c.ref(account), product: c.ref(product), seats: c.integer() })),
    "define.entity",
    "table t",
    "found account, product",
  ],
  "a table of keys alone": [
    () => appOf(table("t", { account: c.ref(account) })),
    "define.column",
    "table t",
    "needs a column besides its key",
  ],
  "a column that is a word of a put": [
    () => appOf(table("t", { account: c.ref(account), validFrom: c.time() })),
    "define.name",
    "table t.validFrom",
    "part of every row that is put",
  ],
  "a misspelt option of a table": [
    () => appOf(table("t", { account: c.ref(account), seats: c.integer() }, { tll: "1d" })),
    "config.invalid",
    "table t.tll",
    'Did you mean "ttl"?',
  ],
  "a table that is valid for a word": [
    () => appOf(table("t", { account: c.ref(account), seats: c.integer() }, { ttl: "long" })),
    "define.duration",
    "table t.ttl",
    "long",
  ],
  "a table by the name of an event": [
    () => appOf(payment, table("payment", { account: c.ref(account), seats: c.integer() })),
    "define.duplicate",
    "event payment",
    "two event definitions",
  ],
  "a quantile beyond 1": [
    () => withSum({ n: payment.quantile("cents", 95).over("1d") }),
    "define.column",
    "features f.n",
    "quantile needs a number from 0 to 1",
  ],
  "a list of nothing": [
    () => withSum({ n: payment.lastN("cents", 0).over("1d") }),
    "define.column",
    "features f.n",
    "lastN needs a whole number from 1 to 100",
  ],
  "a half-life without an end": [
    () => withSum({ n: payment.decayedCount("lifetime").over("1d") }),
    "define.duration",
    "features f.n",
    "has no end",
  ],
  "a list as an input": [
    () =>
      withModel({
        features: [features("f", account, { n: payment.lastN("country", 3).over("1d") })],
      }),
    "define.column",
    "model risk.features",
    "make numbers of this in an onDemand function",
  ],
  "a hop in words": [
    () => withSum({ n: payment.count().over("1d").hop("hourly") }),
    "define.duration",
    "features f.n.hop",
    "hourly",
  ],
  "groups of amounts": [
    () => withSum({ n: payment.count().by("tip").over("1d") }),
    "define.column",
    "features f.n.by",
    "groups are of texts",
  ],
  "a filter whose value is missing": [
    () => withSum({ n: payment.count({ country: undefined }).over("1d") }),
    "define.column",
    "features f.n.where.country",
    "the filter's nothing can never equal",
  ],
  "a filter by no time": [
    () => withSum({ n: payment.count({ due: new Date("never") }).over("1d") }),
    "define.column",
    "features f.n.where.due",
    "invalid Date",
  ],
  "a filter that is a text": [
    () => withSum({ n: payment.count("plan").over("1d") }),
    "define.column",
    "features f.n.where",
    "a filter is an object of columns and values",
  ],

  // Windows and durations
  "a window longer than the event is kept": [
    () => {
      const kept = event("kept", { account: c.ref(account) }, { keep: "30d" });
      return withSum({ n: kept.count().over("90d") });
    },
    "define.window",
    "features f.n_90d",
    'the window of 90d is longer than event "kept" is kept (30 d)',
  ],
  "a lifetime of an event that is not kept": [
    () => {
      const kept = event("kept", { account: c.ref(account) }, { keep: "30d" });
      return withSum({ n: kept.count().over("lifetime") });
    },
    "define.window",
    "features f.n_lifetime",
    "is longer than",
  ],
  "an outcome longer than its event is kept": [
    () => {
      const kept = event("kept", { account: c.ref(account) }, { keep: "30d" });
      return withOutcome(kept.follows("60d"));
    },
    "define.window",
    "label l",
    "the outcome looks 60d ahead",
  ],
  "no window": [
    () => withSum({ n: payment.count().over() }),
    "define.window",
    "features f.n",
    "over() names no window",
  ],
  "an event that may be later than it is kept": [
    () => withEvent({}, { late: "7d", keep: "1d" }),
    "define.window",
    "event e.keep",
    "shorten late, or raise keep",
  ],
  "a window in words": [
    () => withSum({ n: payment.count().over("30 days") }),
    "define.duration",
    "features f.n",
    '"30 days" is no duration',
  ],
  "a window that is a number": [
    () => withSum({ n: payment.count().over(30) }),
    "define.duration",
    "features f.n",
    '"30" is no duration',
  ],
  "a window in a list": [
    () => withSum({ n: payment.count().over(["1d"]) }),
    "define.duration",
    "features f.n",
    "is no duration",
  ],
  "a window of nothing": [() => withSum({ n: payment.count().over("0d") }), "define.duration", "features f.n", '"0d"'],
  "a window of half a day": [
    () => withSum({ n: payment.count().over("0.5d") }),
    "define.duration",
    "features f.n",
    '"0.5d"',
  ],
  "a window of a million years": [
    () => withSum({ n: payment.count().over("365000000d") }),
    "define.duration",
    "features f.n",
    "at most 36525d",
  ],
  "a unit of every object": [
    () => withSum({ n: payment.count().over("1constructor") }),
    "define.duration",
    "features f.n",
    "is no duration",
  ],
  "a lateness without an end": [
    () => withEvent({}, { late: "lifetime" }),
    "define.duration",
    "event e.late",
    "has no end",
  ],
  "a keep in words": [
    () => withEvent({}, { keep: "ever" }),
    "define.duration",
    "event e.keep",
    '"ever" is no duration',
  ],
  "an outcome without an end": [
    () => withOutcome(payment.count().next("lifetime")),
    "define.duration",
    "label l.within",
    "has no end",
  ],
  "a step in words": [
    () => withOutcome(payment.count().next("7d").above(1), account.every("week")),
    "define.duration",
    "label l.of",
    '"week" is no duration',
  ],

  // Outcomes
  "an outcome that refers to nothing the example has": [
    () => withOutcome(view.follows("7d")),
    "define.outcome",
    "label l",
    'event "view" refers neither to the example ("payment") nor to any entity of it; give it a c.ref column',
  ],
  "an outcome that shares two columns": [
    () => withOutcome(transfer.follows("7d")),
    "define.outcome",
    "label l",
    "shares 2 columns (from, to) with the example",
  ],
  "an example that refers to the shared entity twice": [
    () =>
      withModel({ label: label("l", { of: transfer, is: payment.follows("7d") }), features: [transfer.pick("cents")] }),
    "define.outcome",
    "label l",
    'the example "transfer" refers to entity "account" by 2 columns (from, to)',
  ],
  "an outcome that refers to the example twice": [
    () => withOutcome(event("swap", { a: c.ref(payment), b: c.ref(payment) }).follows("7d")),
    "define.outcome",
    "label l",
    'refers to the example "payment" by 2 columns (a, b); keep one',
  ],
  "an outcome that is a text": [
    () => withOutcome(payment.last("country").next("7d").above(0)),
    "define.outcome",
    "label l",
    'an outcome is a number or a yes or no; last("country") is text',
  ],
  "a bound on a yes or no": [
    () => withOutcome(payment.last("first").next("7d").above(0)),
    "define.outcome",
    "label l",
    "is a yes or no already",
  ],
  "a bound that is no number": [
    () => withOutcome(payment.count().next("7d").above("5")),
    "define.reference",
    "label l.above",
    'above needs a finite number; found string "5"',
  ],

  // Entities
  "features of an event without a reference": [
    () => appOf(features("f", product, { n: payment.count().over("1d") })),
    "define.entity",
    "features f.n",
    'event "payment" has no column that refer to entity "product"; it needs exactly one',
  ],
  "features of an event with two references": [
    () => withSum({ n: transfer.count().over("1d") }),
    "define.entity",
    "features f.n",
    'event "transfer" has 2 columns (from, to)',
  ],
  "features of a foreign entity": [
    () => withModel({ features: [spend, views] }),
    "define.entity",
    "model risk.features",
    'features "views" are of entity "product", to which the spine "payment" has no column',
  ],
  "features of an entity that the example has twice": [
    () =>
      withModel({
        label: label("l", { of: transfer, is: event("undo", { transfer: c.ref(transfer) }).follows("7d") }),
        features: [spend],
      }),
    "define.entity",
    "model risk.features",
    "has 2 columns (from, to) that refer",
  ],

  // Trainers and gates
  "no round": [
    () => withTrainer({ rounds: 0 }),
    "config.invalid",
    "model risk.trainer.rounds",
    "from 1 to 10000; found number 0",
  ],
  "too many rounds": [
    () => withTrainer({ rounds: 10_001 }),
    "config.invalid",
    "model risk.trainer.rounds",
    "from 1 to 10000",
  ],
  "half a round": [() => withTrainer({ rounds: 1.5 }), "config.invalid", "model risk.trainer.rounds", "whole number"],
  "one leaf": [() => withTrainer({ leaves: 1 }), "config.invalid", "model risk.trainer.leaves", "from 2 to 4096"],
  "no learning": [
    () => withTrainer({ learningRate: 0 }),
    "config.invalid",
    "model risk.trainer.learningRate",
    "greater than 0 and at most 1",
  ],
  "too much learning": [
    () => withTrainer({ learningRate: 1.1 }),
    "config.invalid",
    "model risk.trainer.learningRate",
    "at most 1",
  ],
  "empty leaves": [
    () => withTrainer({ minRowsPerLeaf: 0 }),
    "config.invalid",
    "model risk.trainer.minRowsPerLeaf",
    "from 1",
  ],
  "no patience": [
    () => withTrainer({ earlyStoppingRounds: 0 }),
    "config.invalid",
    "model risk.trainer.earlyStoppingRounds",
    "from 1",
  ],
  "a negative seed": [() => withTrainer({ seed: -1 }), "config.invalid", "model risk.trainer.seed", "from 0"],
  "a number as text": [
    () => withTrainer({ rounds: "9" }),
    "config.invalid",
    "model risk.trainer.rounds",
    'found string "9"',
  ],
  "an unknown trainer": [
    () => withModel({ trainer: { trainer: "forest", options: {} } }),
    "define.reference",
    "model risk.trainer",
    "needs a trainer",
  ],
  "a gate for another task": [
    () => withGate(atMost("rmse", 3)),
    "config.invalid",
    "model risk.gates[0]",
    'rmse judges regression models, and the label\'s task is binary; use atLeast("auc", …)',
  ],
  "an unknown metric": [
    () => withGate(atLeast("acc", 0.7)),
    "config.invalid",
    "model risk.gates[0]",
    'found metric "acc"',
  ],
  "a metric of every object": [
    () => withGate(atLeast("toString", 0.7)),
    "config.invalid",
    "model risk.gates[0]",
    "found metric",
  ],
  "a metric as a ceiling": [
    () => withGate(atMost("auc", 0.7)),
    "config.invalid",
    "model risk.gates[0]",
    "auc is bounded by atLeast; found atMost",
  ],
  "a bound out of range": [
    () => withGate(atLeast("auc", 65)),
    "config.invalid",
    "model risk.gates[0]",
    "a number from 0 to 1; found number 65",
  ],
  "a gate that is none": [() => withGate("auc"), "config.invalid", "model risk.gates[0]", 'found string "auc"'],

  // Predictions
  "a fallback without a column": [
    () => appOf(predicts(modelOf({}), { fallback: {} })),
    "define.reference",
    "prediction fraud.fallback.score",
    'the fallback lacks "score", which model "risk" answers',
  ],
  "a fallback of another column": [
    () => appOf(predicts(modelOf({}), { fallback: { score: 0, scores: 1 } })),
    "define.reference",
    "prediction fraud.fallback.scores",
    'answers no "scores" but score. Did you mean "score"?',
  ],
  "a fallback of another type": [
    () => appOf(predicts(modelOf({}), { fallback: { score: "0.5" } })),
    "define.column",
    "prediction fraud.fallback.score",
    'is real; found string "0.5"',
  ],
  "a fallback that is no probability": [
    () => appOf(predicts(modelOf({}), { fallback: { score: 50 } })),
    "define.column",
    "prediction fraud.fallback.score",
    "a probability from 0 to 1",
  ],
  "no fallback": [
    () => withRule({}, { fallback: undefined }),
    "define.reference",
    "prediction fraud.fallback.ok",
    "the fallback lacks",
  ],
  "a decision that is no function": [
    () => appOf(predicts(modelOf({}), { decide: "block" })),
    "define.reference",
    "prediction fraud.decide",
    "decide needs a function",
  ],

  // Options that would be ignored
  "a misspelt option of an event": [
    () => withEvent({}, { lat: "6h" }),
    "config.invalid",
    "event e.lat",
    'event has no option "lat". Did you mean "late"?',
  ],
  "a misspelt option of an entity": [
    () => withEvent({ n: c.ref(entity("n", { ownr: "x" })) }),
    "config.invalid",
    "entity n.ownr",
    'Did you mean "owner"?',
  ],
  "a misspelt option of features": [
    () => appOf(features("f", account, { n: payment.count().over("1d") }, { versoin: 2 })),
    "config.invalid",
    "features f.versoin",
    'Did you mean "version"?',
  ],
  "a misspelt option of a model": [
    () => withModel({ gate: [] }),
    "config.invalid",
    "model risk.gate",
    'Did you mean "gates"?',
  ],
  "a misspelt option of a trainer": [
    () => withTrainer({ round: 3 }),
    "config.invalid",
    "model risk.trainer.round",
    'Did you mean "rounds"?',
  ],
  "a misspelt option of a prediction": [
    () => appOf(predicts(modelOf({}), { records: true })),
    "config.invalid",
    "prediction fraud.records",
    'Did you mean "record"?',
  ],
  "a misspelt option of the app": [
    () => ({ ...appOf(payment), tenency: "none" }),
    "config.invalid",
    "app acme.tenency",
    'Did you mean "tenancy"?',
  ],
  "a version that is no number": [
    () => appOf(features("f", account, { n: payment.count().over("1d") }, { version: "2" })),
    "config.invalid",
    "features f.version",
    "a whole number from 1",
  ],
  "a description that is no text": [
    () => withModel({ description: 7 }),
    "config.invalid",
    "model risk.description",
    "a description is a text",
  ],
  "a description that is a page": [
    () => withModel({ description: "x".repeat(1_001) }),
    "config.invalid",
    "model risk.description",
    "a description has at most 1000 characters",
  ],
  "an owner that is no name": [
    () => withModel({ owner: 7 }),
    "config.invalid",
    "model risk.owner",
    "an owner is a team's name",
  ],

  // The app
  "an unknown tenancy": [
    () => defineApp({ name: "a", tenancy: "maybe", stores: { dev: embedded }, use: [payment] }),
    "config.invalid",
    "app a.tenancy",
    'tenancy is "none" or "required"; found string "maybe"',
  ],
  "no store": [
    () => defineApp({ name: "a", tenancy: "none", stores: {}, use: [payment] }),
    "define.store",
    "app a",
    "names no environment",
  ],
  "a store that is opened too early": [
    () => defineApp({ name: "a", tenancy: "none", stores: { dev: embedded() }, use: [payment] }),
    "define.store",
    "app a.stores.dev",
    "needs a function",
  ],
};

for (const [name, [app, code, path, part]] of Object.entries(cases)) {
  test(`the plan refuses ${name}`, () => {
    const places = placesOf(app());
    const found = places.find((place) => place.code === code && place.path === path);
    assert.ok(found, `expected ${code} at "${path}", found ${JSON.stringify(places, undefined, 2)}`);
    if (typeof part === "string") assert.ok(found.message.includes(part), found.message);
    else assert.match(found.message, part);
    assert.equal(places.length, 1, `one mistake is told once: ${JSON.stringify(places, undefined, 2)}`);
  });
}

test("a plan without a mistake compiles", () => {
  const share = onDemand("share", { on: payment, uses: [spend], compute: () => ({ share: 1 }) });
  const all = modelOf({
    features: [payment.pick("cents"), spend, share],
    gates: [atLeast("auc", 0.6), atMost("brier", 0.3)],
  });
  assert.deepEqual(placesOf(appOf(payment, dispute, spend, views, predicts(all))), []);
});

test("a yes or no of the outcome's latest row is a binary task", () => {
  const { plan } = compileApp(withOutcome(payment.last("first").next("7d")));
  assert.deepEqual([plan.labels[0]?.task, plan.labels[0]?.above], ["binary", 0]);
});

test("all mistakes are told at once, each with its code and place", () => {
  const bad = event("bad-name", { account: c.ref(account), id: c.text() }, { late: "soon" });
  const app = appOf(
    bad,
    features("f", account, { a: payment.sum("country").over("1d"), b: payment.count().over("2 days") }),
    predicts(modelOf({ features: [views], trainer: gradientBoosting({ leaves: 1 }), gates: [atMost("mae", 1)] }), {
      fallback: { value: 1 },
    }),
    account,
  );
  const codes = placesOf(app).map((place) => `${place.path} ${place.code}`);
  assert.deepEqual(codes.toSorted(), [
    "event bad-name define.name",
    "features f.a define.column",
    "features f.b define.duration",
    "model risk.features define.entity",
    "model risk.gates[0] config.invalid",
    "model risk.trainer.leaves config.invalid",
    "prediction fraud.fallback.score define.reference",
    "prediction fraud.fallback.value define.reference",
    "use[3] define.reference",
  ]);
});

test("the error's message lists every mistake with its code", () => {
  const app = appOf(account, product);
  assert.throws(
    () => compileApp(app),
    (thrown: unknown) =>
      thrown instanceof TenonError &&
      thrown.message.startsWith("The configuration has 2 mistakes:\n  use[0]: ") &&
      thrown.message.includes("use[1]") &&
      thrown.message.includes("[define.reference]"),
  );
});
