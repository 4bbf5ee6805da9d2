import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { c, defineApp, embedded, entity, event, features, table } from "../index.ts";
import { compileApp } from "../plan/compile.ts";
import { postgres } from "./dialect/postgres.ts";
import { spark } from "./dialect/spark.ts";
import type { SqlDialect } from "./dialect.ts";
import { featureSql } from "./feature-sql.ts";
import { createReads, createRows } from "./relation.ts";

const golden = join(import.meta.dirname, "../../test/golden");

const account = entity("account");
const payment = event("payment", {
  account: c.ref(account),
  cents: c.integer(),
  price: c.decimal(2).nullable(),
  ratio: c.real().nullable(),
  country: c.text().nullable(),
  due: c.time(),
  gift: c.flag(),
});
const refund = event("refund", { account: c.ref(account), cents: c.integer() });
const spend = features("spend", account, {
  payments: payment.count().over("1d", "lifetime"),
  hopped: payment
    .count({ country: ["DE", null], gift: { not: true } })
    .over("7d")
    .hop("5m"),
  paid: payment.sum("cents", { price: { atLeast: 0.5 }, ratio: { below: 1e-7 } }).over("30d"),
  prices: payment.sum("price").over("1d"),
  mean: payment.mean("price").over("1d"),
  least: payment.min("ratio").over("1d"),
  most: payment.max("cents").over("1d"),
  spread: payment.variance("ratio").over("1d"),
  deviation: payment.stddev("cents").over("1d"),
  median: payment.quantile("cents", 0.5).over("1d"),
  first: payment.first("country").over("1d"),
  last: payment.last("due").over("1d"),
  three: payment.lastN("gift", 3).over("1d"),
  top: payment.topK("country", 2).over("1d"),
  since: payment.timeSince({ country: { not: ["it's", "a\\b", null] } }).over("1d"),
  countries: payment.distinct("country").over("1d"),
  recent: payment.decayedCount("1h").over("1d"),
  weight: payment.decayedSum("ratio", "1h").over("1d"),
  byCountry: payment.sum("cents").by("country").over("1d"),
  refunds: refund.count().over("30d"),
});
const plan = table(
  "plan",
  { account: c.ref(account), tier: c.oneOf("free", "pro"), seats: c.integer() },
  { ttl: "90d" },
);
const compiled = compileApp(
  defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [spend, plan] }),
).plan;

const textOf = (dialect: SqlDialect): string =>
  compiled.featureSets
    .flatMap((set) => [createReads(set, dialect), featureSql(compiled, set, dialect)])
    .concat(compiled.events.map((one) => createRows(one, dialect)))
    .map((statement) => `${statement};\n`)
    .join("\n");

for (const dialect of [postgres, spark])
  test(`every aggregate has its text for ${dialect.name}`, (t) => {
    const file = join(golden, `feature-sql.${dialect.name}.sql`);
    t.assert.fileSnapshot(textOf(dialect), file, { serializers: [String] });
  });

test("the text is of the definitions alone: it is the same however often it is made", () => {
  assert.equal(textOf(postgres), textOf(postgres));
  assert.notEqual(textOf(postgres), textOf(spark));
});

test("a name that PostgreSQL would cut is refused", () => {
  const long = features("long", account, { ["a".repeat(61)]: payment.count().over("7d") });
  const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [long] });
  const { plan: longPlan } = compileApp(app);
  const set = longPlan.featureSets[0]!;
  assert.throws(() => featureSql(longPlan, set, postgres), { code: "sql.name" });
  assert.ok(featureSql(longPlan, set, spark).includes("a".repeat(61)));
});
