import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { kinds, parseKey } from "../../src/drivers/lmdb/online-keys.ts";
import { openOnline } from "../../src/drivers/lmdb/open-online.ts";
import { startApp } from "../start-app.ts";

const config = `import { c, defineApp, embedded, entity, event, features } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), country: c.text() }, { late: "1d" });
const spend = features("spend", account, { paid: payment.sum("cents").over("1h", "7d"), country: payment.last("country").over("7d") });
const ever = features("ever", account, { paid: payment.sum("cents").over("lifetime") });
export const app = defineApp({ name: "sweep", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, spend, ever] });
`;
const startMs = Date.parse("2026-01-01T00:00:00Z");
const dayMs = 24 * 3_600_000;
const accounts = 300;

test("keys that nothing touches are let go, reads of now and of then stay right, and windows without an end stay", {
  timeout: 120_000,
}, async () => {
  await using app = await startApp(config, { clock: { startMs, rate: 0 } });
  const { tenon, dataDir } = app.running;
  const key = await app.key("sweep");
  const { tenant } = tenon.keys.authenticate(key);
  const send = async (rows: readonly object[]): Promise<void> => {
    const { lastSeq, accepted } = await tenon.ingest(tenant, "payment", rows);
    assert.equal(accepted, rows.length);
    assert.ok(await tenon.applier.waitFor(lastSeq, 10_000));
  };
  const heads = async (): Promise<number[]> => {
    const database = openOnline(join(dataDir, "online"));
    const lanes = new Map<string, number>();
    for (const found of database.getKeys()) {
      const parsed = parseKey(found);
      if (parsed?.kind === kinds.head) lanes.set(parsed.laneId, (lanes.get(parsed.laneId) ?? 0) + 1);
    }
    await database.close();
    return [...lanes.values()].sort((a, b) => a - b);
  };
  const read = (account: string, at?: number, set = "spend") =>
    app.call("POST", `/features/${set}`, { key, body: { keys: [{ account }], ...(at === undefined ? {} : { at }) } });

  const row = (account: string, i: number) => ({ account, cents: i, country: "DE", at: tenon.clock.nowMs() - i });
  // One of them long enough for pages under tiles.
  await send(Array.from({ length: 400 }, (_, i) => row("a0", i)));
  await send(Array.from({ length: accounts }, (_, i) => row(`a${i}`, i)));
  const then = tenon.clock.nowMs() + 60_000;
  tenon.clock.advanceTo(then);
  const before = await read("a0", then);
  for (let day = 1; day <= 20; day++) {
    tenon.clock.advanceTo(startMs + day * dayMs);
    await send([row("hot", day)]);
  }
  // Two lanes: windows of seven days, and of a lifetime.
  for (let tries = 0; tries < 100 && (await heads())[0] !== 1; tries++) await wait(50);
  assert.deepEqual(await heads(), [1, accounts + 1]);

  const now = await read("a0");
  assert.deepEqual(now.body.rows[0].values, { paid_1h: 0, paid_7d: 0, country_7d: null });
  assert.equal(now.body.archive, undefined, "a read of now is online");
  const again = await read("a0", then);
  assert.equal(again.body.archive, true);
  assert.deepEqual(again.body.rows[0].values, before.body.rows[0].values);
  const ever = await read("a299", undefined, "ever");
  assert.deepEqual(ever.body.rows[0].values, { paid_lifetime: 299 });
  // It comes back, and what was let go stays known as such.
  await send([row("a0", 5)]);
  assert.equal((await read("a0")).body.rows[0].values.paid_7d, 5);
  assert.deepEqual((await read("a0", then)).body.rows[0].values, before.body.rows[0].values);
});
