import assert from "node:assert/strict";
import { test } from "node:test";
import { defineApp, embedded } from "../define/app.ts";
import { c } from "../define/column.ts";
import { entity } from "../define/entity.ts";
import { event } from "../define/event.ts";
import { postgresQuery } from "../define/postgres-query.ts";
import { secret } from "../define/secret.ts";
import type { PostgresQueryOptions, SourceDefinition } from "../define/source.ts";
import { stripeWebhook } from "../define/webhook.ts";
import { compileApp } from "./compile.ts";
import { diffPlans } from "./diff.ts";

const account = entity("account");
const good: PostgresQueryOptions = { url: secret("DATABASE_URL"), sql: "select * from orders;", cursor: "created_at" };

const planOf = (from: SourceDefinition<never>, tenancy: "none" | "required" = "none") =>
  compileApp(
    defineApp({
      name: "shop",
      tenancy,
      stores: { dev: () => embedded() },
      use: [event("order", { account: c.ref(account), cents: c.integer() }, { from })],
    }),
  ).plan;

const query = (more: object = {}): SourceDefinition<never> => postgresQuery({ ...good, ...more });

test("a query is plain data with its defaults, and the secret's name alone", () => {
  assert.deepEqual(planOf(query()).events[0].source, {
    kind: "postgresQuery",
    url: "DATABASE_URL",
    sql: "select * from orders",
    cursor: "created_at",
    id: "id",
    at: "created_at",
    everyMs: 10_000,
    complete: false,
  });
});

test("an overlap is a duration or a count", () => {
  const overlapOf = (overlap: unknown) => {
    const { source } = planOf(query({ overlap })).events[0];
    return source?.kind === "postgresQuery" ? [source.overlapMs, source.overlapCount] : undefined;
  };
  assert.deepEqual(
    [overlapOf("5m"), overlapOf(50)],
    [
      [300_000, undefined],
      [undefined, 50],
    ],
  );
});

test("a source changes no schema and no model, and a plan tells that it changed", () => {
  const [before, after] = [planOf(query()), planOf(query({ every: "1m" }))];
  assert.equal(before.events[0].fingerprint, after.events[0].fingerprint);
  assert.deepEqual(
    diffPlans(before, after).map(({ kind, what }) => [kind, what]),
    [["safe", "its source changed"]],
  );
});

const hook = (more: object): SourceDefinition<never> =>
  stripeWebhook({
    ...{ secret: secret("S"), types: ["charge.succeeded"], map: (): never => ({ account: "a", cents: 1 }) as never },
    ...more,
  });

const mistakes: readonly [string, () => SourceDefinition<never>, RegExp][] = [
  [
    "an address in place of a secret",
    () => query({ url: "postgres://me:pass@host/db" }),
    /from\.url: needs the name of/,
  ],
  ["a secret without a name", () => query({ url: secret("") }), /from\.url: needs the name of/],
  ["a statement that is no select", () => query({ sql: "delete from orders" }), /from\.sql: needs one select/],
  ["no cursor", () => query({ cursor: undefined }), /from\.cursor: needs the name of a column/],
  ["a span that is none", () => query({ every: "soon" }), /from\.every: .*"soon" is no duration/],
  ["a negative count", () => query({ overlap: -1 }), /from\.overlap: a count is a whole number/],
  ["a misspelt option", () => query({ curser: "x" }), /has no option "curser".*cursor/],
  ["a tenant without tenancy", () => query({ tenant: "tenant" }), /from\.tenant: the app's tenancy is "none"/],
  ["no types", () => hook({ types: [] }), /from\.types: needs the vendor's types/],
  ["a map that is no function", () => hook({ map: "account" }), /from\.map: needs a function/],
  ["a misspelt option of a webhook", () => hook({ typs: ["x"] }), /has no option "typs".*types/],
];
for (const [what, from, sentence] of mistakes) {
  test(`${what} is a mistake that is told at its place`, () => {
    assert.throws(() => planOf(from()), { code: "config.invalid", message: sentence });
  });
}

test("where tenancy is required a source tells whose its rows are", () => {
  assert.throws(() => planOf(query(), "required"), /from\.tenant: the app's tenancy is "required"/);
  assert.throws(() => planOf(hook({}), "required"), /from\.tenant: the app's tenancy is "required"/);
  const { source } = planOf(hook({ tenant: "acme" }), "required").events[0];
  assert.equal(source?.kind === "stripeWebhook" ? source.tenant : undefined, "acme");
});
