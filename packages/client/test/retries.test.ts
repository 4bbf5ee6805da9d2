import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { backoffMs } from "../src/backoff.ts";
import { type ClientOptions, createClient, TenonClientError } from "../src/index.ts";
import type { app } from "./shop.config.ts";

/** What a failing server does with its requests, one after the other; the last goes on. */
type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

const servers: Server[] = [];
const bodies: string[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  bodies.length = 0;
});

async function clientOf(behaviours: readonly Behaviour[], o: Partial<ClientOptions> = {}) {
  let count = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      bodies.push(body);
      behaviours[Math.min(count++, behaviours.length - 1)]?.(response, request);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return createClient<typeof app>({ url: `http://127.0.0.1:${port}`, random: () => 0, ...o });
}

const answer =
  (status: number, body: object, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const tracked = answer(202, {
  accepted: 1,
  duplicate: 0,
  conflict: 0,
  late: 0,
  rejected: [],
  rejectedCount: 0,
  position: "p1",
});
const predicted = answer(200, { ok: true, receipt: { id: "r" } });
const cut: Behaviour = (response) => response.destroy();
const hang: Behaviour = () => {};
const full = answer(429, { code: "log.full", detail: "full", remedy: "wait" });
const payment = { account: "a", cents: 1, country: "DE" };

async function codeOf(call: Promise<unknown>): Promise<string> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof TenonClientError, String(thrown));
  return thrown.code;
}

test("an event whose answer is lost is sent again under the same id", async () => {
  const client = await clientOf([cut, cut, tracked]);
  assert.equal((await client.track.payment(payment)).accepted, 1);
  const ids = bodies.map((body) => JSON.parse(body).id);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
});

test("many events keep their ids too", async () => {
  const client = await clientOf([cut, tracked]);
  await client.track.payment([payment, payment]);
  assert.equal(bodies.length, 2);
  assert.equal(bodies[0], bodies[1]);
});

test("a prediction whose answer is lost is not made twice", async () => {
  const client = await clientOf([cut, predicted]);
  assert.equal(await codeOf(client.predict.limit({ cents: 1 })), "client.network");
  assert.equal(bodies.length, 1);
});

test("a prediction that was refused is asked for again", async () => {
  const client = await clientOf([full, answer(503, { code: "server.draining" }), predicted]);
  assert.equal((await client.predict.limit({ cents: 1 })).ok, true);
  assert.equal(bodies.length, 3);
});

test("a prediction is asked for again where nothing listened", async () => {
  let calls = 0;
  const counting: typeof fetch = (input, init) => {
    calls++;
    return fetch(input, init);
  };
  const client = await clientOf([predicted], { retries: 2, fetch: counting });
  await new Promise((resolve) => servers[0]?.close(resolve));
  assert.equal(await codeOf(client.predict.limit({ cents: 1 })), "client.network");
  assert.equal(calls, 3);
});

test("attempts are bounded, and the last failure is told", async () => {
  const client = await clientOf([full], { retries: 2 });
  const thrown: unknown = await client.track.payment(payment).catch((error: unknown) => error);
  assert.ok(thrown instanceof TenonClientError);
  assert.deepEqual([thrown.code, thrown.status, thrown.remedy, bodies.length], ["log.full", 429, "wait", 3]);
});

test("Retry-After is waited for, and one that is too long is told instead", async () => {
  const client = await clientOf([answer(503, { code: "server.draining" }, { "retry-after": "1" }), predicted]);
  const startedMs = performance.now();
  await client.predict.limit({ cents: 1 });
  assert.ok(performance.now() - startedMs >= 990);
  const other = await clientOf([answer(503, { code: "server.draining" }, { "retry-after": "3600" }), predicted]);
  const thrown: unknown = await other.predict.limit({ cents: 1 }).catch((error: unknown) => error);
  assert.ok(thrown instanceof TenonClientError && thrown.retryAfterMs === 3_600_000);
});

test("other refusals are final", async () => {
  for (const status of [400, 401, 404, 422, 500]) {
    const client = await clientOf([answer(status, { code: "x" }), tracked]);
    assert.equal(await codeOf(client.track.payment(payment)), "x");
  }
  assert.equal(bodies.length, 5);
});

test("an answer that does not come is given up in time, and asked for again where that is harmless", async () => {
  const client = await clientOf([hang, hang, tracked], { timeoutMs: 60 });
  assert.equal(await codeOf(client.predict.limit({ cents: 1 })), "client.timeout");
  assert.equal(bodies.length, 1);
  assert.equal((await client.track.payment(payment)).accepted, 1);
});

test("who gives up gets their own reason, during a call and between attempts", async () => {
  const client = await clientOf([hang]);
  const reason = new Error("changed my mind");
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(client.track.payment(payment, { signal: controller.signal }), reason);
  const waiting = await clientOf([answer(503, {}, { "retry-after": "20" })]);
  const later = new AbortController();
  setTimeout(() => later.abort(reason), 40);
  await assert.rejects(waiting.track.payment(payment, { signal: later.signal }), reason);
});

test("an answer that is no JSON is told as such", async () => {
  const client = await clientOf([(response) => response.writeHead(200).end("<html>")]);
  assert.equal(await codeOf(client.predict.limit({ cents: 1 })), "client.answer");
});

test("waits double up to a bound, half of each by chance", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 20].map((attempt) => backoffMs(attempt, () => 0)),
    [50, 100, 200, 400, 2_500],
  );
  assert.deepEqual(
    [1, 2].map((attempt) => backoffMs(attempt, () => 1)),
    [100, 200],
  );
});
