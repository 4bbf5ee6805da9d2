// All keys of a tenant together have its quota; other tenants, and the owner on the socket, are not touched by it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { appSocket } from "../../src/cli/app-socket.ts";
import { socketPath } from "../../src/run/socket-path.ts";
import { shopConfig, startApp } from "../start-app.ts";

test("a tenant's calls beyond its quota are refused, whichever of its keys they come with, until it is raised", {
  timeout: 60_000,
}, async () => {
  await using app = await startApp(shopConfig);
  const owner = appSocket(socketPath(join(app.dir, "data")), undefined);
  const [first, second, other] = [await app.key("a", "predict"), await app.key("a", "predict"), await app.key("b")];
  const call = (key: string) => app.call("POST", "/predict/limit", { key, body: { cents: 1 } });
  assert.deepEqual(await owner.put("/tenants/a/quota", { callsPerMinute: 3 }), { name: "a", callsPerMinute: 3 });
  const answers = [];
  for (const key of [first, second, first, second, first]) answers.push(await call(key));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 429, 429],
  );
  assert.equal(answers[4]?.body.code, "tenant.quota");
  assert.ok(Number(answers[4]?.headers.get("retry-after")) >= 10);
  assert.equal((await call(other)).status, 200);

  const mine = await app.call("GET", "/tenants", { key: other });
  assert.deepEqual(mine.body, { tenants: [{ name: "b", callsPerMinute: null }] });
  const raised = await app.call("PUT", "/tenants/b/quota", { key: other, body: { callsPerMinute: null } });
  assert.deepEqual([raised.status, raised.body.code], [403, "key.scope"]);
  await assert.rejects(owner.put("/tenants/a/quota", { callsPerMinute: 0 }), { code: "field.type" });
  await assert.rejects(owner.put("/tenants/c/quota", { callsPerMinute: 1 }), { code: "tenant.unknown" });
  await owner.put("/tenants/a/quota", { callsPerMinute: null });
  assert.equal((await call(first)).status, 200);
});
