// Columns of events that are looked up in tables: what they hold, and that every way to a feature has the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type StartedApp, startApp } from "../start-app.ts";
import { lookupConfig } from "./lookup-config.ts";

const hourMs = 3_600_000;

const start = (): Promise<StartedApp> => startApp(lookupConfig, { pulls: false });
const put = (app: StartedApp, key: string, body: unknown) => app.call("PUT", "/tables/plan", { key, body });
const send = (app: StartedApp, key: string, body: unknown) => app.call("POST", "/events/payment", { key, body });
async function spendOf(app: StartedApp, key: string, o: object = {}) {
  await app.running.tenon.applier.waitFor(app.running.tenon.log.lastSeq, 5_000);
  const { body } = await app.call("POST", "/features/spend", { key, body: { keys: [{ account: "a" }], ...o } });
  return body.rows[0].values;
}

test("an event has what its table said of its time when it came, and keeps it", async () => {
  await using app = await start();
  const key = await app.key("acme");
  const { tenon } = app.running;
  const since = "2026-01-01T00:00:00.000Z";
  const nowMs = tenon.clock.nowMs();
  await send(app, key, { id: "before", account: "a", cents: 1 });
  // Put, and used at once: no event is ahead of what was acknowledged.
  for (const [i, tier] of ["free", "pro", "free", "pro"].entries()) {
    await wait(2);
    assert.equal((await put(app, key, { account: "a", tier, price: 9.9 + i, since })).status, 202);
    assert.equal((await send(app, key, { id: `e${i}`, account: "a", cents: 10 ** (i + 1) })).status, 202);
  }
  await send(app, key, { id: "past", account: "a", at: nowMs - hourMs, cents: 7 });
  assert.deepEqual(await spendOf(app, key), {
    pro_7d: 10_100,
    pro_lifetime: 10_100,
    byTier_7d: { free: 2, pro: 2 },
    price_7d: 45.6,
  });
  // What is put later of an earlier time changes no event that has come.
  await put(app, key, { account: "a", tier: "pro", price: 1, since, validFrom: nowMs - 2 * hourMs });
  assert.equal((await spendOf(app, key)).pro_7d, 10_100);
  await send(app, key, { id: "past again", account: "a", at: nowMs - hourMs, cents: 3 });
  assert.equal((await spendOf(app, key)).pro_7d, 10_103);
  await put(app, key, { account: "a", deleted: true });
  await send(app, key, { id: "gone", account: "a", cents: 5_000_000 });
  assert.equal((await spendOf(app, key)).pro_7d, 10_103);
  const { body } = await app.call("GET", "/events/payment/recent?limit=9", { key });
  const rows = new Map<string, { tier: string | null; price: number | null; since: string | null }>(
    body.events.map(({ id, row }: { id: string; row: { tier: string; price: number; since: string } }) => [id, row]),
  );
  assert.deepEqual(rows.get("e3"), { account: "a", cents: 10_000, tier: "pro", price: 12.9, since });
  assert.deepEqual([rows.get("before")?.tier, rows.get("gone")?.price, rows.get("past")?.since], [null, null, null]);
});

test("it is not sent: an event and a prediction that bring it are refused", async () => {
  await using app = await start();
  const key = await app.key("acme");
  const { status, body } = await send(app, key, { id: "1", account: "a", cents: 1, tier: "pro" });
  assert.deepEqual([status, body.code], [422, "field.unknown"]);
  assert.match(body.detail, /"tier" is looked up in plan.tier when the event comes: leave it out/);
  const asked = await app.call("POST", "/predict/again", { key, body: { account: "a", cents: 1, tier: "pro" } });
  assert.deepEqual([asked.status, asked.body.code], [422, "field.unknown"]);
  const answer = await app.call("POST", "/predict/again", { key, body: { account: "a", cents: 1 } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { body: api } = await app.call("GET", "/openapi.json", { key });
  const schema = JSON.stringify(api.paths["/events/payment"]);
  assert.ok(schema.includes('"cents"') && !schema.includes('"tier"'));
  const { body: described } = await app.call("GET", "/app", { key });
  const [{ columns }] = described.events;
  assert.deepEqual(
    columns.map(({ name, lookup }: { name: string; lookup?: string }) => [name, lookup]),
    [
      ["account", undefined],
      ["cents", undefined],
      ["tier", "plan.tier"],
      ["price", "plan.price"],
      ["since", "plan.since"],
    ],
  );
  const { body: lineage } = await app.call("GET", "/lineage?of=spend.pro_7d", { key });
  assert.ok(
    lineage.edges.some(
      ({ from, to }: { from: string; to: string }) =>
        from === "eventColumn:plan.tier" && to === "eventColumn:payment.tier",
    ),
  );
});

test("tenants look up in their own tables", async () => {
  await using app = await start();
  const [acme, globex] = [await app.key("acme"), await app.key("globex")];
  await put(app, acme, { account: "a", tier: "pro", price: 1, since: 0 });
  for (const key of [acme, globex]) await send(app, key, { id: "1", account: "a", cents: 5 });
  assert.equal((await spendOf(app, acme)).pro_7d, 5);
  assert.equal((await spendOf(app, globex)).pro_7d, 0);
});

test("an import looks up as of when each row was received", async () => {
  await using app = await start();
  const { tenon } = app.running;
  const tenant = await tenon.metadata.tenant("acme");
  const key = await app.key("acme");
  const from = tenon.clock.nowMs() - 20 * 24 * hourMs;
  const since = new Date(from).toISOString();
  for (const [i, tier] of ["free", "pro", "free"].entries()) {
    const validFrom = from + i * 100 * hourMs;
    const row = { account: "a", tier, price: 2, since, validFrom, receivedAt: validFrom };
    await tenon.put(tenant, "plan", [row], { latencyMs: 0 });
  }
  const rows = Array.from({ length: 300 }, (_, i) => ({ id: `i${i}`, account: "a", at: from + i * hourMs, cents: 1 }));
  await tenon.ingest(tenant, "payment", rows, { latencyMs: 0 });
  assert.equal((await spendOf(app, key)).pro_lifetime, 100);
  assert.equal((await spendOf(app, key, { at: from + 150 * hourMs })).pro_lifetime, 50);
});
