import assert from "node:assert/strict";
import { type ClientRequest, request } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { limit } from "../../src/base/limit.ts";
import { startApp } from "../start-app.ts";

test("a key that floods with calls that never end is refused further ones; another key, the console and health are answered", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp();
  const { admission } = app.running.tenon;
  const flooder = await app.key("a", "predict");
  const other = await app.key("b", "predict");
  const open: ClientRequest[] = [];
  for (let i = 0; i < limit.callsOfKeyMax; i++) {
    const slow = request(`${app.url}/predict/limit`, {
      method: "POST",
      headers: { authorization: `Bearer ${flooder}`, "content-length": "100" },
    });
    slow.on("error", () => {});
    slow.write("{");
    open.push(slow);
  }
  while (admission.underWay < limit.callsOfKeyMax) await sleep(10);
  const refused = await app.call("POST", "/predict/limit", { key: flooder, body: { cents: 1 } });
  assert.deepEqual([refused.status, refused.body.code], [429, "key.busy"]);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(admission.shed, 1);
  assert.equal((await app.call("POST", "/predict/limit", { key: other, body: { cents: 1 } })).status, 200);
  assert.equal((await app.call("GET", "/health/ready")).status, 200);
  const { body: metrics } = await app.call("GET", "/metrics", { key: await app.key("a") });
  assert.match(String(metrics), /tenon_calls_shed_total 1/);
  for (const slow of open) slow.destroy();
  while (admission.underWay > 0) await sleep(10);
  assert.equal((await app.call("POST", "/predict/limit", { key: flooder, body: { cents: 1 } })).status, 200);
});
