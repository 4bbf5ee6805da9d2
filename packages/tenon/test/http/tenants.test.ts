import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "../../src/run.ts";
import { type StartedApp, startApp } from "../start-app.ts";

let app: StartedApp;
let a: string;
let b: string;
before(async () => {
  app = await startApp();
  a = await app.key("a");
  b = await app.key("b");
});
after(() => app[Symbol.asyncDispose]());

const track = async (key: string, account: string, cents: number): Promise<string> => {
  const { body } = await app.call("POST", "/events/payment", { key, body: { id: `p-${cents}`, account, cents } });
  assert.equal(body.accepted, 1);
  return body.position;
};

test("two tenants' events with one id and one key are different events, and each reads its own", async () => {
  await track(a, "shared", 100);
  const after = await track(b, "shared", 100);
  const last = await track(b, "shared", 5);
  assert.notEqual(after, last);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const read = async (key: string) =>
    (
      await app.call("POST", "/features/spend", {
        key,
        body: { keys: [{ account: "shared" }], after: last, brief: true },
      })
    ).body.rows[0].values.paid_30d;
  assert.deepEqual([await read(a), await read(b)], [100, 105]);
});

test("recent events, predictions and their replay are the tenant's own", async () => {
  const { body } = await app.call("POST", "/predict/limit", { key: a, body: { cents: 4 } });
  await new Promise((resolve) => setTimeout(resolve, 150));
  const { id } = body.receipt;
  assert.equal((await app.call("GET", `/predictions/${id}`, { key: a })).status, 200);
  assert.equal((await app.call("GET", `/predictions/${id}`, { key: b })).status, 404);
  assert.equal((await app.call("GET", "/predictions", { key: b })).body.predictions.length, 0);
  const recent = (await app.call("GET", "/events/payment/recent", { key: b })).body.events;
  assert.deepEqual(
    recent.map((event: { row: { cents: number } }) => event.row.cents),
    [5, 100],
  );
});

test("a tenant's admin neither sees nor revokes another's keys, nor makes keys for it", async () => {
  const mine = (await app.call("GET", "/keys", { key: b })).body.keys;
  assert.ok(mine.length > 0 && mine.every((key: { tenant: string }) => key.tenant === "b"));
  const theirs = app.running.tenon.keys.list().find((key) => key.tenant === "a");
  assert.equal((await app.call("DELETE", `/keys/${theirs?.id}`, { key: b })).body.code, "key.absent");
  const made = await app.call("POST", "/keys", { key: b, body: { tenant: "a", scopes: ["admin"] } });
  assert.equal(made.status, 201);
  assert.equal(app.running.tenon.keys.authenticate(made.body.key).tenantName, "b");
});

test("no header and no field names a tenant: it comes from the credential alone", async () => {
  const sneaky = await app.call("POST", "/features/spend", {
    key: a,
    body: { keys: [{ account: "shared" }], tenant: "b" },
  });
  assert.equal(sneaky.body.code, "field.unknown");
  const header = await app.call("POST", "/features/spend", {
    key: a,
    body: { keys: [{ account: "shared" }], brief: true },
    headers: { "x-tenon-tenant": "b" },
  });
  assert.equal(header.body.rows[0].values.paid_30d, 100);
});

const routes: readonly [string, string, string][] = [
  ["POST", "/predict/limit", "predict"],
  ["POST", "/events/payment", "ingest"],
  ["POST", "/features/spend", "predict"],
  ["GET", "/events/payment/recent", "admin"],
  ["GET", "/predictions", "admin"],
  ["GET", "/predictions/x", "admin"],
  ["GET", "/models", "admin"],
  ["GET", "/models/risk", "admin"],
  ["POST", "/models/risk/versions/1/promote", "admin"],
  ["POST", "/models/risk/rollback", "admin"],
  ["POST", "/models/risk/train", "admin"],
  ["POST", "/models/risk/dataset", "admin"],
  ["GET", "/app", "admin"],
  ["GET", "/status", "admin"],
  ["GET", "/sources", "admin"],
  ["GET", "/stream", "admin"],
  ["GET", "/metrics", "admin"],
  ["GET", "/openapi.json", "predict"],
  ["GET", "/keys", "admin"],
  ["POST", "/keys", "admin"],
  ["DELETE", "/keys/x", "admin"],
];

for (const [method, path, scope] of routes) {
  test(`${method} ${path} takes a key with the scope ${scope}, and no other`, async () => {
    const body = method === "POST" ? {} : undefined;
    const o = (key?: string) => ({ ...(key === undefined ? {} : { key }), ...(body === undefined ? {} : { body }) });
    assert.deepEqual(
      [(await app.call(method, path, o())).status, (await app.call(method, path, o())).body.code],
      [401, "key.missing"],
    );
    assert.equal((await app.call(method, path, o("tn_nobody"))).body.code, "key.unknown");
    for (const other of ["ingest", "predict"] as const) {
      if (other === scope) continue;
      assert.equal((await app.call(method, path, o(await app.key("a", other)))).body.code, "key.scope");
    }
  });
}

test("a revoked key is unknown from the next request on", async () => {
  const { id, key } = await app.running.tenon.keys.create({ tenant: "a", scopes: ["predict"], note: "" });
  assert.equal((await app.call("POST", "/predict/limit", { key, body: { cents: 1 } })).status, 200);
  assert.equal((await app.call("DELETE", `/keys/${id}`, { key: a })).status, 200);
  assert.equal((await app.call("POST", "/predict/limit", { key, body: { cents: 1 } })).body.code, "key.unknown");
});

test("a key that is in use while it is revoked is unknown once that is answered", async () => {
  for (let round = 0; round < 5; round++) {
    const { id, key } = await app.running.tenon.keys.create({ tenant: "a", scopes: ["predict"], note: "" });
    let isOver = false;
    const callers = Array.from({ length: 4 }, async () => {
      while (!isOver) await app.call("POST", "/predict/limit", { key, body: { cents: 1 } });
    });
    await app.running.tenon.keys.revoke(id);
    const after = await app.call("POST", "/predict/limit", { key, body: { cents: 1 } });
    isOver = true;
    await Promise.all(callers);
    assert.equal(after.body.code, "key.unknown");
  }
});

test("figures and activity are the tenant's own", async () => {
  const quiet = await app.key("quiet");
  await track(a, "shared", 77);
  const status = (await app.call("GET", "/status", { key: quiet })).body;
  assert.deepEqual([status.eventsTotal, status.predictionsTotal], [0, 0]);
  const told = status.activity.map(({ text }: { text: string }) => text).join("\n");
  assert.match(told, /for tenant quiet/);
  assert.doesNotMatch(told, /for tenant a/);
  assert.match((await app.call("GET", "/metrics", { key: quiet })).body, /^tenon_events_accepted_total 0$/m);
  assert.match((await app.call("GET", "/metrics", { key: a })).body, /^tenon_events_accepted_total [1-9]/m);
});

test("the console opens once by its token, acts by a SameSite cookie, and changes need its header", async () => {
  const { pathname, search } = new URL(app.consoleUrl);
  const opened = await app.call("GET", `${pathname}${search}`);
  assert.equal(opened.status, 303);
  const cookie = opened.headers.get("set-cookie") ?? "";
  assert.match(cookie, /HttpOnly; SameSite=Strict/);
  const session = { cookie: cookie.split(";")[0] };
  assert.equal((await app.call("GET", "/status", { headers: session })).status, 200);
  assert.equal(
    (await app.call("POST", "/models/risk/rollback", { headers: session, body: {} })).body.code,
    "key.scope",
  );
  assert.equal(
    (await app.call("POST", "/models/risk/rollback", { headers: { ...session, "x-tenon-console": "1" }, body: {} }))
      .body.code,
    "model.no-live",
  );
  const again = await app.call("GET", `${pathname}${search}`);
  assert.equal(again.headers.get("set-cookie"), null, "the token works once");
});

test("another site's name in the Host header is refused: DNS rebinding ends there", async () => {
  const { hostname, port } = new URL(app.url);
  const { request } = await import("node:http");
  const status = await new Promise((resolve) =>
    request({ hostname, port, path: "/health/live", headers: { host: "evil.example" } }, (response) =>
      resolve(response.statusCode),
    ).end(),
  );
  assert.equal(status, 403);
});

test("a page of another site is answered by a browser's leave only where its origin was named", async () => {
  const { url, close } = await serve(app.running, { port: 0, allowOrigins: ["https://app.example.com"] });
  const ask = (method: string, origin: string, more: Record<string, string> = {}) =>
    fetch(`${url}/predict/limit`, {
      method,
      headers: { origin, authorization: `Bearer ${a}`, "content-type": "application/json", ...more },
      ...(method === "POST" ? { body: '{"cents":1}' } : {}),
    });
  const asked = { "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
  const preflight = await ask("OPTIONS", "https://app.example.com", asked);
  assert.deepEqual(
    [preflight.status, preflight.headers.get("access-control-allow-origin")],
    [204, "https://app.example.com"],
  );
  assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /authorization/);
  const answered = await ask("POST", "https://app.example.com");
  assert.equal(answered.headers.get("access-control-allow-origin"), "https://app.example.com");
  assert.equal(answered.headers.get("x-request-id")?.length, 15);
  for (const other of ["https://evil.example", "https://app.example.com.evil.example", "null"]) {
    assert.equal((await ask("POST", other)).headers.get("access-control-allow-origin"), null);
    assert.equal((await ask("OPTIONS", other, asked)).status, 405);
  }
  await close();
  await assert.rejects(serve(app.running, { port: 0, allowOrigins: ["example.com/path"] }), { code: "cli.usage" });
});
