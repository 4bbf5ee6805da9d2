import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type StartedApp, shopConfig, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;
before(async () => {
  app = await startApp(
    shopConfig
      .replace("prediction, pretrained }", "prediction, pretrained, table }")
      .replace(
        "const shape =",
        `const plan = table("plan", { account: c.ref(account), tier: c.text() });\nconst note = event("note", { text: c.text() });\nconst shape =`,
      )
      .replace("use: [payment, refund, spend,", "use: [payment, refund, spend, plan, note,"),
  );
  key = await app.key("acme");
});
after(() => app[Symbol.asyncDispose]());

const send = (body: unknown, contentType = "application/json") =>
  app.call("POST", "/events", { key, body, headers: { "content-type": contentType } });

const mixed = [
  { type: "payment", id: "m1", account: "m", cents: 5 },
  { type: "refund", id: "m2", payment: "m1", account: "m", cents: 5 },
  { type: "paymant", id: "m3", account: "m", cents: 5 },
  { type: "payment", id: "m4", account: "m" },
  {
    specversion: "1.0",
    type: "payment",
    source: "/shop",
    id: "m5",
    time: new Date().toISOString(),
    data: { account: "m", cents: 7 },
  },
  { specversion: "0.3", type: "payment", source: "/shop", id: "m6", data: { account: "m", cents: 7 } },
  { id: "m7", account: "m", cents: 5 },
  7,
];

test("events of several names are taken together, CloudEvents among them; each bad one is told by its own index", async () => {
  const { status, body } = await send(mixed);
  assert.deepEqual([status, body.accepted, body.rejectedCount], [202, 3, 5]);
  assert.deepEqual(
    body.rejected.map(({ index, code }: { index: number; code: string }) => [index, code]),
    [
      [2, "event.unknown"],
      [3, "field.missing"],
      [5, "field.type"],
      [6, "field.type"],
      [7, "field.type"],
    ],
  );
  const again = await send(mixed.map((item) => JSON.stringify(item)).join("\n"), "application/x-ndjson");
  assert.deepEqual([again.body.accepted, again.body.duplicate, again.body.rejectedCount], [0, 3, 5]);
});

test("a single event of an unknown type is an error, and so is an id that is no text", async () => {
  assert.deepEqual([(await send(mixed[2])).status, (await send(mixed[2])).body.code], [404, "event.unknown"]);
  assert.equal((await send({ ...Object(mixed[4]), id: 5 })).status, 422);
  assert.equal((await send(mixed[0])).body.duplicate, 1);
});

test("several sets are read at one position, with their names before their columns", async () => {
  const put = await app.call("PUT", "/tables/plan", { key, body: { account: "s", tier: "pro" } });
  const { body: sent } = await send({ type: "payment", id: "s1", account: "s", cents: 9 });
  const read = (body: object) => app.call("POST", "/features", { key, body: { keys: [{ account: "s" }], ...body } });
  const { status, body } = await read({ sets: ["spend", "plan"], after: sent.position });
  assert.equal(status, 200);
  const [row] = body.rows;
  assert.deepEqual([row.values["spend.paid_1h"], row.values["plan.tier"]], [9, "pro"]);
  assert.deepEqual([row.statuses["plan.tier"], row.key], ["present", { account: "s" }]);
  const some = await read({
    sets: ["spend", "plan"],
    columns: ["plan.tier"],
    brief: true,
    position: put.body.position,
  });
  assert.deepEqual(some.body.rows[0], { key: { account: "s" }, values: { "plan.tier": "pro" } });
  assert.equal(some.body.position, put.body.position);
  for (const bad of [{ sets: [] }, { sets: ["spend", "spend"] }, {}])
    assert.equal((await read(bad)).body.code, "field.range");
  assert.equal((await read({ sets: ["spend"], columns: ["tier"] })).body.code, "field.unknown");
  assert.equal((await read({ sets: ["spent"] })).body.code, "features.unknown");
  assert.equal((await read({ sets: "spend" })).body.code, "field.type");
});

test("a position is reached also where its events are in no feature", async () => {
  const { body } = await send({ type: "note", text: "nobody counts this" });
  const query = { keys: [{ account: "s" }], after: body.position, position: body.position, brief: true };
  const read = await app.call("POST", "/features/spend", { key, body: query });
  assert.deepEqual([read.status, read.body.position], [200, body.position]);
});
