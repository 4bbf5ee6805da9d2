import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import type { SourceStatus } from "../../src/server/wire.ts";
import { type StartedApp, startApp } from "../start-app.ts";

const [stripeName, segmentName] = ["TENON_TEST_STRIPE_SECRET", "TENON_TEST_SEGMENT_SECRET"];
const [stripeSecret, segmentSecret] = ["whsec_of_a_test", "shared secret of a test"];

const configOf = (
  tenancy: "none" | "required",
  tenants: { readonly stripe: string; readonly segment: string },
): string =>
  `import { c, defineApp, embedded, entity, event, secret, segmentWebhook, stripeWebhook, type SegmentMessage, type StripeEvent } from "tenon";
const account = entity("account");
interface Charge { readonly customer: string; readonly amount: number; readonly outcome: { readonly risk_score: number } }
const charge = event("charge", { account: c.ref(account), cents: c.integer(), risk: c.integer().nullable() }, {
  from: stripeWebhook({ secret: secret("${stripeName}"), types: ["charge.succeeded"], ${tenants.stripe}
    map: ({ data: { object } }: StripeEvent<Charge>) => ({ account: object.customer, cents: object.amount, risk: object.outcome.risk_score }) }) });
const order = event("order", { account: c.ref(account), revenue: c.decimal(2) }, {
  from: segmentWebhook({ secret: secret("${segmentName}"), types: ["track:Order Completed", "identify"], ${tenants.segment}
    map: ({ userId, properties }: SegmentMessage<{ revenue: number }>) => ({ account: userId ?? "", revenue: properties.revenue }) }) });
const plain = event("plain", { account: c.ref(account) });
export const app = defineApp({ name: "shop", tenancy: "${tenancy}", stores: { dev: () => embedded() }, use: [charge, order, plain] });
`;

let app: StartedApp;
let key: string;
before(async () => {
  process.env[stripeName] = stripeSecret;
  process.env[segmentName] = segmentSecret;
  app = await startApp(configOf("none", { stripe: "", segment: "" }));
  key = await app.key("default");
});
after(async () => {
  await app[Symbol.asyncDispose]();
  delete process.env[stripeName];
  delete process.env[segmentName];
});

/** As Stripe documents an event: the object within `data`, times in seconds. */
const stripeEvent = (
  id: string,
  o: { readonly type?: string; readonly object?: object; readonly account?: string } = {},
) => ({
  id,
  object: "event",
  api_version: "2026-01-28",
  created: Math.floor(Date.now() / 1_000) - 2,
  type: o.type ?? "charge.succeeded",
  livemode: false,
  pending_webhooks: 1,
  request: { id: "req_1", idempotency_key: null },
  ...(o.account === undefined ? {} : { account: o.account }),
  data: {
    object: o.object ?? {
      id: "ch_1",
      object: "charge",
      amount: 1_999,
      currency: "eur",
      customer: "cus_1",
      outcome: { network_status: "approved_by_network", risk_level: "normal", risk_score: 12 },
    },
  },
});

/** As Segment documents a call. */
const segmentCall = (messageId: string, more: object = {}) => ({
  anonymousId: "507f191e810c19729de860ea",
  channel: "browser",
  context: { ip: "8.8.8.8" },
  event: "Order Completed",
  integrations: {},
  messageId,
  originalTimestamp: new Date().toISOString(),
  properties: { revenue: 39.95, currency: "USD" },
  receivedAt: new Date().toISOString(),
  sentAt: new Date().toISOString(),
  timestamp: new Date(Date.now() - 1_000).toISOString(),
  type: "track",
  userId: "user_1",
  version: "1.1",
  ...more,
});

const stripeSigned = (text: string, o: { readonly secret?: string; readonly atS?: number } = {}): string => {
  const t = o.atS ?? Math.floor(Date.now() / 1_000);
  return `t=${t},v1=${createHmac("sha256", o.secret ?? stripeSecret)
    .update(`${t}.${text}`)
    .digest("hex")}`;
};

const toStripe = (value: unknown, signature?: (text: string) => string, to = app) => {
  const body = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const headers = { "stripe-signature": (signature ?? stripeSigned)(body) };
  return to.call("POST", "/webhooks/charge", { body, headers });
};

const toSegment = (value: unknown, secret = segmentSecret, to = app) => {
  const body = JSON.stringify(value);
  const headers = { "x-signature": createHmac("sha1", secret).update(body).digest("hex") };
  return to.call("POST", "/webhooks/order", { body, headers });
};

async function statusOf(event: string, to = app, as = key): Promise<SourceStatus> {
  const { body } = await to.call("GET", "/sources", { key: as });
  return body.sources.find((source: SourceStatus) => source.event === event);
}

const recent = async (event: string) => (await app.call("GET", `/events/${event}/recent`, { key })).body.events;

test("a signed delivery of Stripe is an event with Stripe's id and time; sent again it counts once", async () => {
  const event = stripeEvent("evt_1");
  const first = await toStripe(event);
  assert.deepEqual([first.status, first.body.handled, first.body.accepted], [200, true, 1]);
  const again = await toStripe(event);
  assert.deepEqual([again.status, again.body.accepted, again.body.duplicate], [200, 0, 1]);
  const [taken] = await recent("charge");
  assert.deepEqual(
    [taken.id, Date.parse(taken.at), taken.row],
    ["evt_1", event.created * 1_000, { account: "cus_1", cents: 1_999, risk: 12 }],
  );
});

test("a signed call of Segment is an event with its message's id and time", async () => {
  const call = segmentCall("ajs-1");
  assert.equal((await toSegment(call)).body.accepted, 1);
  const [taken] = await recent("order");
  assert.deepEqual([taken.id, taken.at, taken.row], ["ajs-1", call.timestamp, { account: "user_1", revenue: 39.95 }]);
  assert.equal((await toSegment(segmentCall("ajs-2", { type: "identify", event: undefined }))).body.accepted, 1);
});

test("a type that the source does not take is answered well, and counted", async () => {
  const before = (await statusOf("charge")).counts.unhandled;
  const answer = await toStripe(stripeEvent("evt_2", { type: "charge.refunded" }));
  assert.deepEqual([answer.status, answer.body], [200, { handled: false }]);
  assert.equal((await toSegment(segmentCall("ajs-3", { event: "Order Cancelled" }))).body.handled, false);
  assert.equal((await statusOf("charge")).counts.unhandled, before + 1);
});

const wrong: readonly [string, (text: string) => string][] = [
  ["of another secret", (text) => stripeSigned(text, { secret: "whsec_of_another" })],
  ["of another body", () => stripeSigned("{}")],
  ["six minutes old", (text) => stripeSigned(text, { atS: Math.floor(Date.now() / 1_000) - 360 })],
  ["of a time to come", (text) => stripeSigned(text, { atS: Math.floor(Date.now() / 1_000) + 360 })],
  ["without a time", (text) => stripeSigned(text).replace(/^t=\d+,/, "")],
  ["of the old scheme alone", (text) => stripeSigned(text).replace("v1=", "v0=")],
  ["that is cut", (text) => stripeSigned(text).slice(0, -2)],
  ["of another time", (text) => stripeSigned(text).replace(/t=(\d+)/, (_, t: string) => `t=${Number(t) - 1}`)],
  ["that is empty", () => ""],
];
for (const [what, signature] of wrong) {
  test(`a delivery with a signature ${what} is refused and counted, and nothing of it is taken`, async () => {
    const before = (await statusOf("charge")).counts;
    const { status, body } = await toStripe(stripeEvent("evt_forged"), signature);
    assert.deepEqual([status, body.code], [401, "webhook.signature"]);
    assert.doesNotMatch(JSON.stringify(body), /whsec_of_a_test/);
    const { counts } = await statusOf("charge");
    assert.deepEqual([counts.unsigned, counts.accepted], [before.unsigned + 1, before.accepted]);
  });
}

test("while a secret is rolled over one signature of several is enough", async () => {
  const rolled = (text: string): string =>
    `${stripeSigned(text, { secret: "the old one" })},${stripeSigned(text).split(",")[1]}`;
  assert.equal((await toStripe(stripeEvent("evt_rolled"), rolled)).body.accepted, 1);
});

test("a call of Segment with a wrong signature is refused; an API key is no signature", async () => {
  assert.equal((await toSegment(segmentCall("ajs-4"), "another secret")).status, 401);
  const body = JSON.stringify(segmentCall("ajs-5"));
  assert.equal((await app.call("POST", "/webhooks/order", { key, body })).status, 401);
});

test("a map that throws, and a row that its event does not take, are 422 for that delivery and told to the owner", async () => {
  const thrown = await toStripe(stripeEvent("evt_bare", { object: { customer: "cus_1", amount: 5 } }));
  assert.deepEqual([thrown.status, thrown.body.code], [422, "webhook.delivery"]);
  const untaken = await toStripe(stripeEvent("evt_untaken", { object: { amount: 5, outcome: {} } }));
  assert.deepEqual([untaken.status, untaken.body.code], [422, "field.missing"]);
  const { counts, rejects } = await statusOf("charge");
  assert.equal(counts.rejected, 2);
  assert.deepEqual(
    rejects.map(({ id }) => id),
    ["evt_untaken", "evt_bare"],
  );
  assert.equal((await toStripe(stripeEvent("evt_good"))).body.accepted, 1);
});

test("a signed body that is no JSON, no object, or has no id is refused", async () => {
  assert.equal((await toStripe("{")).body.code, "body.unreadable");
  assert.equal((await toStripe([])).body.code, "webhook.delivery");
  const { id: _, ...nameless } = stripeEvent("x");
  assert.equal((await toStripe(nameless)).status, 422);
});

test("a body beyond the bound, an event without a webhook and one that is not there are refused", async () => {
  assert.equal((await toStripe(`{"x":"${"x".repeat(1_100_000)}"}`)).status, 413);
  for (const name of ["plain", "chrge"])
    assert.equal((await app.call("POST", `/webhooks/${name}`, { body: {} })).body.code, "webhook.unknown");
});

test("where tenants are apart a delivery is its tenant's: a fixed one, or the one that it tells, and never a new one", async () => {
  await using apart = await startApp(
    configOf("required", { stripe: "tenant: ({ account }) => account,", segment: 'tenant: "acme",' }),
  );
  const [acme, bolt] = [await apart.key("acme"), await apart.key("acct_bolt")];
  const to = (account?: string) =>
    toStripe(stripeEvent(`evt_${account}`, account === undefined ? {} : { account }), undefined, apart);
  assert.equal((await to("acct_bolt")).body.accepted, 1);
  for (const account of ["acct_nobody", undefined]) assert.equal((await to(account)).body.code, "webhook.delivery");
  assert.equal((await toSegment(segmentCall("m1"), undefined, apart)).body.accepted, 1);
  const path = "/webhooks/order?tenant=acct_bolt";
  const body = JSON.stringify(segmentCall("m2"));
  const headers = { "x-signature": createHmac("sha1", segmentSecret).update(body).digest("hex") };
  assert.equal((await apart.call("POST", path, { body, headers })).body.accepted, 1);
  const of = async (as: string) =>
    Promise.all(
      ["charge", "order"].map(
        async (event) => (await apart.call("GET", `/events/${event}/recent`, { key: as })).body.events.length,
      ),
    );
  assert.deepEqual(
    [await of(acme), await of(bolt)],
    [
      [0, 2],
      [1, 0],
    ],
  );
  const told = await statusOf("charge", apart, acme);
  assert.deepEqual([told.counts.accepted, told.counts.rejected, told.rejects], [0, 0, []]);
  const metrics: string = (await apart.call("GET", "/metrics", { key: bolt })).body;
  assert.match(metrics, /^tenon_source_rows_total\{event="charge",outcome="accepted"\} 1$/m);
});

test("the functions and secrets of webhooks are checked when the app is built and started", async () => {
  const good = configOf("none", { stripe: "", segment: "" });
  const impure = good
    .replace("account: object.customer,", "account: String(Math.random()),")
    .replace(", risk: object.outcome.risk_score", "");
  await assert.rejects(startApp(impure), /event charge\.from\.map: answers .* and then/);
  await assert.rejects(
    startApp(good.replace("({ data: { object } }: StripeEvent<Charge>) => (", "async () => (")),
    /promise/,
  );
  await assert.rejects(startApp(good.replace(stripeName, "TENON_TEST_NOWHERE")), { code: "secret.missing" });
  await assert.rejects(
    startApp(good.replace('"none"', '"required"')),
    /event order\.from\.tenant: .*tenancy is "required"/,
  );
});
