import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allRoutes } from "../../src/server/routes.ts";
import { type StartedApp, startApp } from "../start-app.ts";

const shop = "https://shop.example.com";
let app: StartedApp;
let admin: string;

before(async () => {
  app = await startApp();
  admin = await app.key("a");
});
after(() => app[Symbol.asyncDispose]());

const publish = (terms: object, scopes: readonly string[] = ["predict"]) =>
  app.call("POST", "/keys", { key: admin, body: { scopes, publishable: terms } });

const published = async (more: object = {}): Promise<string> => {
  const { status, body } = await publish({ predictions: ["limit"], origins: [shop], ...more });
  assert.equal(status, 201, JSON.stringify(body));
  return body.key;
};

const ask = (key: string, origin: string | undefined, path = "/predict/limit") =>
  app.call("POST", path, {
    key,
    body: path.startsWith("/predict/risk") ? { account: "a", cents: 1 } : { cents: 1 },
    headers: origin === undefined ? {} : { origin },
  });

test("a published key asks its predictions from pages of its sites", async () => {
  const key = await published();
  assert.match(key, /^tn_pub_/);
  const answer = await ask(key, shop);
  assert.deepEqual([answer.status, answer.body.ok], [200, true]);
  assert.equal(answer.headers.get("access-control-allow-origin"), shop);
});

test("and does nothing else: no other site, prediction, question or route", async () => {
  const key = await published();
  const codeOf = async (origin: string | undefined, path?: string) => (await ask(key, origin, path)).body.code;
  assert.equal(await codeOf(undefined), "key.published", "a program says no origin");
  assert.equal(await codeOf("https://other.example.com"), "key.published");
  assert.equal(await codeOf(shop, "/predict/risk"), "key.published");
  assert.equal(await codeOf(shop, "/predict/limit?explain=features"), "key.published");
  const many = (body: unknown, type: string) =>
    app.call("POST", "/predict/limit", { key, body, headers: { origin: shop, "content-type": type } });
  assert.equal(
    (await many([{ cents: 1 }], "application/json")).body.code,
    "key.published",
    "rows are counted as calls",
  );
  assert.equal((await many('{"cents":1}\n', "application/x-ndjson")).body.code, "key.published");
  for (const { method, path, scope } of allRoutes("test")) {
    if (scope === "none" || path === "/predict/:prediction") continue;
    const body = method === "GET" ? undefined : {};
    const o = { key, headers: { origin: shop }, ...(body === undefined ? {} : { body }) };
    const refused = await app.call(method, path.replaceAll(/:\w+/g, "limit"), o);
    assert.equal(refused.status, 403, `${method} ${path}: ${JSON.stringify(refused.body)}`);
  }
});

test("a visitor has so many calls a minute, and is told when to come again", async () => {
  const key = await published({ callsPerMinute: 2 });
  assert.deepEqual([(await ask(key, shop)).status, (await ask(key, shop)).status], [200, 200]);
  const third = await ask(key, shop);
  assert.deepEqual([third.status, third.body.code], [429, "key.visitor"]);
  assert.ok(Number(third.headers.get("retry-after")) >= 1);
  assert.equal(third.headers.get("access-control-allow-origin"), shop, "the page may read why");
  assert.equal((await ask(await published(), shop)).status, 200, "another key is not touched");
});

test("the browser's question is answered for sites of published keys, and no longer once they are revoked", async () => {
  const origin = "https://once.example.com";
  const { body } = await publish({ predictions: ["limit"], origins: [origin] });
  const preflight = () =>
    app.call("OPTIONS", "/predict/limit", { headers: { origin, "access-control-request-method": "POST" } });
  const allowed = await preflight();
  assert.deepEqual([allowed.status, allowed.headers.get("access-control-allow-origin")], [204, origin]);
  await app.call("DELETE", `/keys/${body.id}`, { key: admin });
  assert.equal((await preflight()).headers.get("access-control-allow-origin"), null);
});

test("its terms are stored, and listed", async () => {
  await published({ callsPerMinute: 7 });
  const { body } = await app.call("GET", "/keys", { key: admin });
  const terms = { predictions: ["limit"], origins: [shop], callsPerMinute: 7 };
  assert.ok(
    body.keys.some((key: { publishable: object | null }) => JSON.stringify(key.publishable) === JSON.stringify(terms)),
  );
  assert.ok(body.keys.some((key: { publishable: object | null }) => key.publishable === null));
});

const mistaken: readonly (readonly [string, object, RegExp])[] = [
  ["no prediction", { predictions: [], origins: [shop] }, /publishable\/predictions: a list of 1 to 100 texts/],
  ["a prediction that is none", { predictions: ["limits"], origins: [shop] }, /no prediction "limits"/],
  ["any site", { predictions: ["limit"], origins: ["*"] }, /publishable\/origins: "\*" is no origin/],
  ["a site with a path", { predictions: ["limit"], origins: [`${shop}/page`] }, /is no origin/],
  ["no calls", { predictions: ["limit"], origins: [shop], callsPerMinute: 0 }, /callsPerMinute: a whole number from 1/],
];

for (const [what, terms, told] of mistaken)
  test(`a key is not published for ${what}`, async () => {
    const { status, body } = await publish(terms);
    assert.ok(status === 422 || status === 404, String(status));
    assert.match(body.detail, told);
  });

test("a secret key may have a quota", async () => {
  const made = await app.call("POST", "/keys", { key: admin, body: { scopes: ["predict"], callsPerMinute: 1 } });
  const call = () => app.call("POST", "/predict/limit", { key: made.body.key, body: { cents: 1 } });
  assert.equal((await call()).status, 200);
  const second = await call();
  assert.deepEqual([second.status, second.body.code], [429, "key.quota"]);
  assert.ok(Number(second.headers.get("retry-after")) >= 30);
  const wrong = await app.call("POST", "/keys", { key: admin, body: { scopes: ["predict"], callsPerMinute: 0 } });
  assert.match(wrong.body.detail, /callsPerMinute: a whole number from 1/);
});

test("a published key has the scope of predictions alone", async () => {
  const { body } = await publish({ predictions: ["limit"], origins: [shop] }, ["predict", "ingest"]);
  assert.match(body.detail, /a published key has the scope "predict" alone/);
});
