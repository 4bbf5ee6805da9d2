import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { limit } from "../../src/base/limit.ts";
import { type StartedApp, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;
before(async () => {
  app = await startApp();
  key = await app.key("acme");
});
after(() => app[Symbol.asyncDispose]());

const payment = (id: string, more: object = {}): object => ({ id, account: "a1", cents: 100, ...more });
const send = (body: unknown, path = "/events/payment", headers: Record<string, string> = {}) =>
  app.call("POST", path, { key, body, headers });

test("an event is accepted once, a repeat is a duplicate, another payload under its id is a conflict", async () => {
  const at = Date.now();
  const first = await send(payment("once", { at }));
  assert.equal(first.status, 202);
  assert.equal(first.body.accepted, 1);
  assert.match(first.body.position, /^p/);
  const second = await send(payment("once", { at }));
  assert.deepEqual([second.body.accepted, second.body.duplicate, second.body.conflict], [0, 1, 0]);
  const third = await send(payment("once", { at, cents: 7 }));
  assert.deepEqual([third.body.accepted, third.body.duplicate, third.body.conflict], [0, 1, 1]);
});

test("a bad item of an array never sinks its neighbours, and is told with its index and code", async () => {
  const { status, body } = await send([
    payment("n1"),
    payment("n2", { cents: "1" }),
    payment("n3", { centz: 1 }),
    payment("n4"),
  ]);
  assert.equal(status, 202);
  assert.equal(body.accepted, 2);
  assert.deepEqual(
    body.rejected.map((reject: { index: number; code: string }) => [reject.index, reject.code]),
    [
      [1, "field.type"],
      [2, "field.unknown"],
    ],
  );
  assert.match(body.rejected[1].message, /Did you mean "cents"\?/);
  const all = await send([payment("n5", { cents: null })]);
  assert.deepEqual([all.status, all.body.accepted, all.body.rejectedCount], [202, 0, 1]);
});

test("NDJSON is taken as a stream, with line numbers of what was refused", async () => {
  const lines = [payment("l1"), payment("l2"), { nope: 1 }, payment("l3")].map((row) => JSON.stringify(row));
  const { status, body } = await send(`${lines.slice(0, 3).join("\n")}\n{"broken\n\n${lines[3]}`, "/events/payment", {
    "content-type": "application/x-ndjson",
  });
  assert.equal(status, 202);
  assert.equal(body.accepted, 3);
  assert.deepEqual(
    body.rejected.map((reject: { index: number; code: string }) => [reject.index, reject.code]),
    [
      [2, "field.missing"],
      [3, "body.unreadable"],
    ],
  );
});

test("what was accepted is readable once its position is applied", async () => {
  const { body } = await send(payment("fresh", { account: "fresh", cents: 250, country: "DE" }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  const read = await app.call("POST", "/features/spend", {
    key,
    body: { keys: [{ account: "fresh" }], after: body.position },
  });
  assert.equal(read.status, 200);
  const [row] = read.body.rows;
  assert.deepEqual(
    [row.values.paid_1h, row.values.payments_lifetime, row.values.country_30d, row.values.countries_30d],
    [250, 1, "DE", 1],
  );
  assert.equal(row.statuses.paid_30d, "incomplete", "the window reaches before the first event that this app ever got");
  assert.ok(row.ages.paid_1h >= 0);
});

const badRows: readonly [string, unknown, number, string][] = [
  ["a wrong type", payment("b", { cents: "100" }), 422, "field.type"],
  ["a missing field", { id: "b", cents: 1 }, 422, "field.missing"],
  ["an unknown field", payment("b", { acount: 1 }), 422, "field.unknown"],
  ["a fraction for an integer", payment("b", { cents: 1.5 }), 422, "field.type"],
  ["a decimal with too many digits", payment("b", { price: 1.005 }), 422, "field.range"],
  ["an unlisted value", payment("b", { tier: "gold" }), 422, "field.type"],
  ["a time without zone", payment("b", { when: "2026-01-01T00:00:00" }), 422, "field.type"],
  ["a time in the far future", payment("b", { at: Date.now() + 86_400_000 }), 422, "time.future"],
  ["an empty key", payment("b", { account: "" }), 422, "field.range"],
  ["a key that is too long", payment("b", { account: "x".repeat(300) }), 422, "field.range"],
  ["half a surrogate pair", '{"id":"b","account":"\\ud800","cents":1}', 422, "field.type"],
  ["a number beyond 2^53", '{"id":"b","account":"a","cents":9007199254740993}', 422, "field.range"],
  ["a real beyond its bound", '{"id":"b","account":"a","cents":1,"ratio":1e999}', 422, "field.range"],
  ["NaN", '{"id":"b","account":"a","cents":NaN}', 400, "body.unreadable"],
  ["an object where a value belongs", payment("b", { country: { a: 1 } }), 422, "field.type"],
  ["a __proto__ key", '{"id":"b","account":"a","cents":1,"__proto__":{"x":1}}', 422, "field.unknown"],
  ["a constructor key", '{"id":"b","account":"a","cents":1,"constructor":1}', 422, "field.unknown"],
  ["no object at all", "42", 422, "field.type"],
  ["null", "null", 422, "field.type"],
  ["nothing", "", 400, "body.unreadable"],
  ["half a value", '{"id":"b","account', 400, "body.unreadable"],
];

for (const [what, body, status, code] of badRows) {
  test(`${what} is refused as ${code}, and nothing is stored`, async () => {
    const before = app.running.tenon.log.lastSeq;
    const answer = await send(body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.code, code);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.ok(answer.body.remedy.length > 0 && answer.body.requestId.length > 0);
    assert.equal(app.running.tenon.log.lastSeq, before);
  });
}

test("an unknown event is refused with the nearest name", async () => {
  const answer = await send(payment("u"), "/events/paymnt");
  assert.deepEqual([answer.status, answer.body.code], [404, "event.unknown"]);
  assert.match(answer.body.detail, /Did you mean "payment"\?/);
});

test("a body of 10 MB is refused before it is read, a chunked one while it is", async () => {
  const declared = await send(`"${"x".repeat(10 * 1024 * 1024)}"`).catch((error: Error) => error);
  assert.ok(declared instanceof Error || declared.body.code === "body.too-large");
  const chunked = await new Promise<number>((resolve) => {
    const open = request(
      `${app.url}/events/payment`,
      { method: "POST", headers: { authorization: `Bearer ${key}` } },
      (response) => resolve(response.statusCode ?? 0),
    );
    open.on("error", () => resolve(413));
    for (let i = 0; i < 10; i++) open.write("x".repeat(limit.bodyBytesMax / 8));
    open.end();
  });
  assert.equal(chunked, 413);
});

test("invalid UTF-8 and deep nesting are refused", async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"id":"b","account":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('","cents":1}'),
  ]);
  const response = await fetch(`${app.url}/events/payment`, {
    method: "POST",
    body: bytes,
    headers: { authorization: `Bearer ${key}` },
  });
  assert.equal(response.status, 400);
  const deep = await send(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  assert.ok(deep.status === 400 || deep.status === 202 || deep.status === 422);
  assert.equal(deep.body.accepted ?? 0, 0);
});

test("malformed HTTP gets a 4xx and leaves the server well", async () => {
  const port = Number(new URL(app.url).port);
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(text));
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.on("close", () => resolve(answer));
      socket.on("error", () => resolve(answer));
      socket.setTimeout(3_000, () => socket.destroy());
    });
  for (const text of [
    "GARBAGE\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "POST /events/payment HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
    `GET /${"x".repeat(20_000)} HTTP/1.1\r\n\r\n`,
  ]) {
    const answer = await say(text);
    assert.ok(answer === "" || /^HTTP\/1\.1 4\d\d/.test(answer), answer.slice(0, 80));
  }
  assert.equal((await app.call("GET", "/health/live")).status, 200);
});

test("memory stays flat under a flood of bad requests", async () => {
  const flood = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++)
      await send(i % 2 === 0 ? '{"id":' : [payment("x", { cents: "no" }), { ["k".repeat(1_000)]: 1 }]);
  };
  await flood(200);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await flood(600);
  globalThis.gc?.();
  assert.ok(process.memoryUsage().heapUsed - before < 60 * 1024 * 1024);
});
