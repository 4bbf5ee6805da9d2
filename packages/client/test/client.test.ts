import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { silentLogger } from "../../tenon/src/base/log.ts";
import { type Running, serve, startTenon } from "../../tenon/src/run.ts";
import { createClient, TenonClientError } from "../src/index.ts";
import type { app } from "./shop.config.ts";

let dir: string;
let running: Running;
let listening: Awaited<ReturnType<typeof serve>>;
let key: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "tenon-client-"));
  running = await startTenon({
    configFile: join(import.meta.dirname, "shop.config.ts"),
    dataDir: dir,
    logger: silentLogger,
  });
  listening = await serve(running, { port: 0 });
  key = (await running.tenon.keys.create({ tenant: listening.tenant, scopes: ["ingest", "predict"], note: "test" }))
    .key;
});
after(async () => {
  await listening.close();
  await running.close();
  await rm(dir, { recursive: true, force: true });
});

const client = () => createClient<typeof app>({ url: `${listening.url}/`, key });
const payment = (id: string, cents: number, more: object = {}) => ({
  id,
  account: "a1",
  cents,
  country: "DE",
  ...more,
});
const failure = async (call: Promise<unknown>): Promise<TenonClientError> => {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof TenonClientError, `expected a TenonClientError, found ${thrown}`);
  return thrown;
};

test("events are tracked and read back as features", async () => {
  const due = new Date("2026-05-01T12:00:00Z");
  const one = await client().track.payment({ account: "a9", cents: 100, country: "FR", due });
  assert.equal(one.accepted, 1);
  const many = await client().track.payment([payment("m1", 5, { account: "a9" }), payment("m2", 7, { account: "a9" })]);
  assert.deepEqual([many.accepted, many.rejectedCount], [2, 0]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const read = await client().features.spend({ account: "a9" }, { after: many.position });
  assert.deepEqual([read.paid_30d, read.payments_1h, read.country_30d], [112, 3, "DE"]);
});

test("rows of a table are put and read back, many at once, and a bad one is told", async () => {
  const until = new Date("2027-01-01T00:00:00Z");
  const { position } = await client().put.plan({ account: "t1", tier: "pro", until });
  assert.deepEqual(await client().features.plan({ account: "t1" }, { after: position }), {
    tier: "pro",
    until: until.toISOString(),
  });
  const rows = Array.from({ length: 1_500 }, (_, i) => ({ account: `t${i}`, tier: "free" as const }));
  const many = await client().put.plan([...rows, { account: "", tier: "free" }]);
  assert.deepEqual([many.accepted, many.rejectedCount, many.rejected[0]?.index], [1_500, 1, 1_500]);
  assert.equal((await failure(client().put.plan({ account: "", tier: "pro" }))).code, "field.range");
});

test("a repeated id counts once, and an event without one gets one before it is sent", async () => {
  await client().track.payment(payment("once", 1));
  assert.equal((await client().track.payment(payment("once", 1))).duplicate, 1);
  const sent: string[] = [];
  const spy: typeof fetch = (input, init) => {
    sent.push(String(init?.body));
    return fetch(input, init);
  };
  await createClient<typeof app>({ url: listening.url, key, fetch: spy }).track.payment({
    account: "b",
    cents: 1,
    country: "DE",
  });
  assert.match(JSON.parse(sent[0] ?? "").id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

test("bad events among many are told by their place in what was given, over several requests too", async () => {
  const rows = Array.from({ length: 1_205 }, (_, i) => payment(`bulk-${i}`, i === 1_100 || i === 3 ? 0.5 : i));
  const { accepted, rejected, rejectedCount } = await client().track.payment(rows);
  assert.deepEqual(
    [accepted, rejectedCount, rejected.map(({ index, code }) => [index, code])],
    [
      1_203,
      2,
      [
        [3, "field.type"],
        [1_100, "field.type"],
      ],
    ],
  );
});

test("predictions answer with their receipt, typed by the definitions", async () => {
  const limit = await client().predict.limit({ cents: 500, tier: "pro" });
  assert.equal(limit.ok, true);
  assert.equal(limit.receipt.model, "limit_rule");
  const fraud = await client().predict.fraud(payment("f1", 5));
  assert.deepEqual([fraud.score, fraud.verdict, fraud.receipt.variant], [0.25, "approve", "fallback"]);
  assert.equal((await client().predict.value({ account: "a1" })).value, 0);
});

test("a time of the past is sent with reads and predictions", async () => {
  const past = new Date("2020-01-01T00:00:00Z");
  const read = await client().at(past).features.spend({ account: "a9" });
  assert.equal(read.paid_30d, 0);
  assert.equal((await client().at(past).predict.fraud(payment("past", 5))).receipt.at, past.toISOString());
});

test("the server's mistakes keep their code, status, remedy and fields", async () => {
  const invalid = await failure(client().predict.limit({ cents: 0.5 }));
  assert.deepEqual([invalid.code, invalid.status], ["field.type", 422]);
  assert.ok(invalid.remedy.length > 0 && invalid.requestId !== undefined);
  assert.deepEqual(
    invalid.errors.map(({ path, code }) => [path, code]),
    [["/cents", "field.type"]],
  );
  const keyless = await failure(createClient<typeof app>({ url: listening.url }).predict.limit({ cents: 1 }));
  assert.deepEqual([keyless.code, keyless.status], ["key.missing", 401]);
});

test("a client is no promise, and neither are its parts", async () => {
  const c = client();
  assert.equal(await c.predict, c.predict);
});
