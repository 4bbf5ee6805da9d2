import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { serve } from "../../src/run.ts";
import { type StartedApp, shopConfig, startApp } from "../start-app.ts";

/** Made by `.ci/run`; TENON_PYTHON names another that has Feast. */
const python = process.env.TENON_PYTHON ?? join(import.meta.dirname, "../../../../.ci/venv/bin/python");
const hasFeast = existsSync(python);

let app: StartedApp;
let feast: Awaited<ReturnType<typeof serve>>;
let key: string;
before(async () => {
  app = await startApp(
    shopConfig
      .replace("prediction, pretrained }", "prediction, pretrained, table }")
      .replace(
        'countries: payment.distinct("country").over("30d") })',
        'median: payment.quantile("cents", 0.5).over("30d") })',
      )
      .replace(
        "const shape =",
        `const plan = table("plan", { account: c.ref(account), tier: c.text().nullable(), seats: c.integer(), live: c.flag().nullable() }, { ttl: "400d" });\nconst shape =`,
      )
      .replace("use: [payment, refund, spend,", "use: [payment, refund, spend, plan,"),
  );
  key = await app.key("acme");
  feast = await serve(app.running, { port: 0, tenant: "acme", feastPort: 0 });
  const rows = ["p1", "p2", "p3"].map((id, i) => ({ id, account: "payer", cents: 100 * (i + 1), country: "DE" }));
  const { body } = await app.call("POST", "/events/payment", { key, body: rows });
  assert.ok(await app.running.tenon.applier.waitFor(app.running.tenon.log.lastSeq, 5_000), body.position);
});
after(async () => {
  await feast.close();
  await app[Symbol.asyncDispose]();
});

const call = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${feast.feastUrl}${path}`, { method: "POST", body: JSON.stringify(body), headers });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
};
const read = (body: object) => call("/get-online-features", body);

test("Feast's own SDK reads and writes through its remote online store", {
  skip: hasFeast || process.env.CI === "true" ? false : `${python} is not there: see .ci/run`,
  timeout: 120_000,
}, async () => {
  const script = join(import.meta.dirname, "feast-client.py");
  const env = { ...process.env, FEAST_USAGE: "False" };
  const { stdout } = await promisify(execFile)(python, [script, feast.feastUrl ?? ""], { env });
  const seen = JSON.parse(stdout.slice(stdout.indexOf("RESULT ") + 7));
  assert.deepEqual(seen.read, {
    account: ["f1", "f2", "payer", "nobody"],
    tier: ["pro", null, null, null],
    seats: [5, 7, null, null],
    live: [true, false, null, null],
    paid_30d: [null, null, 600, null],
    country_30d: [null, null, "DE", null],
    median_30d: [null, null, 200, null],
  });
  assert.deepEqual(seen.full, { account: ["payer"], spend__paid_30d: [600] });
  // A service is the model of its name, with what that takes.
  assert.deepEqual([seen.service.paid_30d, seen.service.account], [[600], ["payer"]]);
  assert.equal(seen.ghost, "FeatureViewNotFoundException");
  const own = await app.call("POST", "/features/plan", { key, body: { keys: [{ account: "f1" }], brief: true } });
  assert.deepEqual(own.body.rows[0].values, { tier: "pro", seats: 5, live: true });
});

test("an answer is column by column with statuses and times, join keys first", async () => {
  const before = Date.now();
  const frame = { account: ["w1"], tier: [null], seats: [3], event_timestamp: ["2026-01-02 03:04:05"] };
  assert.deepEqual(await call("/write-to-online-store", { feature_view_name: "plan", df: frame }), {
    status: 200,
    body: null,
  });
  const features = ["plan:seats", "spend:paid_1h", "plan:tier"];
  const { status, body } = await read({ features, entities: { account: ["w1", "payer", "nobody"] }, extra: 1 });
  assert.equal(status, 200);
  assert.deepEqual(body.metadata.feature_names, ["account", "seats", "paid_1h", "tier"]);
  const [keys, seats, paid, tier] = body.results;
  assert.deepEqual([keys.values, keys.statuses[0]], [["w1", "payer", "nobody"], "PRESENT"]);
  assert.deepEqual(seats.values, [3, null, null]);
  assert.deepEqual(seats.statuses, ["PRESENT", "NOT_FOUND", "NOT_FOUND"]);
  assert.deepEqual(tier.statuses, ["NULL_VALUE", "NOT_FOUND", "NOT_FOUND"]);
  assert.equal(seats.event_timestamps[0], "2026-01-02T03:04:05.000Z");
  assert.deepEqual([paid.values[1], paid.statuses[1]], [600, "PRESENT"]);
  assert.ok(Math.abs(Date.parse(paid.event_timestamps[1]) - before) < 60_000);
  const versioned = await read({
    features: ["plan@v1:seats"],
    entities: { account: ["w1"] },
    full_feature_names: true,
  });
  assert.deepEqual(versioned.body.metadata.feature_names, ["account", "plan__seats"]);
  const service = await read({ feature_service: "risk", entities: { account: ["payer"] } });
  assert.deepEqual(service.body.metadata.feature_names.slice(0, 3), ["account", "paid_1h", "paid_30d"]);
});

test("a push is events or rows of a table, by the name of its source", async () => {
  const df = { id: ["push1"], account: ["pushed"], cents: [42], country: ["FR"] };
  assert.deepEqual(await call("/push", { push_source_name: "payment", df }), { status: 200, body: undefined });
  const { body } = await read({ features: ["spend:paid_1h"], entities: { account: ["pushed"] } });
  assert.deepEqual(body.results[1].values, [42]);
  await call("/push", { push_source_name: "plan", df: { account: ["pushed"], seats: [1] }, to: "online_and_offline" });
  const put = await read({ features: ["plan:seats"], entities: { account: ["pushed"] } });
  assert.deepEqual(put.body.results[1].values, [1]);
  assert.equal(
    (await call("/materialize-incremental", { end_ts: "2026-01-01", feature_views: ["spend"] })).status,
    200,
  );
  assert.equal((await fetch(`${feast.feastUrl}/health`)).status, 200);
});

const bad: readonly [string, string, object, number, RegExp][] = [
  [
    "an unknown view",
    "/get-online-features",
    { features: ["nope:x"], entities: { account: ["a"] } },
    404,
    /FeatureViewNotFound/,
  ],
  [
    "an unknown feature",
    "/get-online-features",
    { features: ["plan:x"], entities: { account: ["a"] } },
    500,
    /'Feature x not found/,
  ],
  [
    "a missing join key",
    "/get-online-features",
    { features: ["plan:tier"], entities: { user: ["a"] } },
    500,
    /Missing join key/,
  ],
  ["no entities", "/get-online-features", { features: ["plan:tier"] }, 422, /entities/],
  ["entities in a list", "/get-online-features", { features: ["plan:tier"], entities: [1] }, 422, /valid dictionary/],
  [
    "a key of another type",
    "/get-online-features",
    { features: ["plan:tier"], entities: { account: [5] } },
    422,
    /is a text/,
  ],
  ["an unknown service", "/get-online-features", { feature_service: "x", entities: {} }, 404, /FeatureServiceNotFound/],
  [
    "a write to an unknown view",
    "/write-to-online-store",
    { feature_view_name: "nope", df: {} },
    404,
    /FeastObjectNotFound/,
  ],
  [
    "a write to a computed view",
    "/write-to-online-store",
    { feature_view_name: "spend", df: {} },
    500,
    /computed from events/,
  ],
  ["an unknown push source", "/push", { push_source_name: "nope", df: { a: [1] } }, 422, /PushSourceNotFound/],
  ["a push to the moon", "/push", { push_source_name: "payment", df: {}, to: "moon" }, 500, /moon is not a supported/],
  [
    "ragged columns",
    "/write-to-online-store",
    { feature_view_name: "plan", df: { account: ["a", "b"], seats: [1] } },
    500,
    /same length/,
  ],
  [
    "a row that is wrong",
    "/write-to-online-store",
    { feature_view_name: "plan", df: { account: ["x1", "x2"], seats: [1, "2"] } },
    422,
    /row 1 of plan/,
  ],
];
for (const [what, path, body, status, sentence] of bad) {
  test(`${what} is told as Feast tells it, and nothing is written`, async () => {
    const answer = await call(path, body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(typeof answer.body, "string");
    assert.match(answer.body, sentence);
    const { body: written } = await read({ features: ["plan:seats"], entities: { account: ["x1", "a"] } });
    assert.deepEqual(written.results[1].statuses, ["NOT_FOUND", "NOT_FOUND"]);
  });
}

test("Feast's port is for programs of this machine alone; elsewhere its routes take a key", async () => {
  const entities = { account: ["payer"] };
  const fromPage = await call(
    "/get-online-features",
    { features: ["plan:tier"], entities },
    { origin: "http://evil.example" },
  );
  assert.deepEqual([fromPage.status, fromPage.body.code], [403, "host.refused"]);
  assert.equal((await call("/keys", {})).status, 404);
  const keyless = await app.call("POST", "/get-online-features", { body: { features: ["spend:paid_1h"], entities } });
  assert.equal(keyless.status, 401);
  const other = await app.key("other");
  const foreign = await app.call("POST", "/get-online-features", {
    key: other,
    body: { features: ["spend:paid_1h"], entities },
  });
  assert.deepEqual(foreign.body.results[1].statuses, ["NOT_FOUND"]);
});
