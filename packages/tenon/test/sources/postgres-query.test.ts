import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger } from "../../src/base/log.ts";
import { MetadataDatabase } from "../../src/drivers/sqlite/metadata-database.ts";
import { startTenon } from "../../src/run.ts";
import type { SourceStatus } from "../../src/server/wire.ts";
import { noPostgres, type Postgres, startPostgres } from "../engines/postgres.ts";
import { type StartedApp, startApp } from "../start-app.ts";

const skip = noPostgres;
const patienceMs = 20_000;
/** Names of the environment that no other test has. */
const urlName = "TENON_TEST_SHOP_URL";

let postgres: Postgres;
before(async () => {
  if (skip !== false) return;
  postgres = await startPostgres();
  process.env[urlName] = postgres.url;
});
after(async () => {
  delete process.env[urlName];
  await postgres?.[Symbol.asyncDispose]();
});

interface ConfigOptions {
  readonly table: string;
  readonly sql?: string;
  readonly more?: string;
  readonly tenancy?: "none" | "required";
  readonly late?: string;
}

const configOf = ({ table, sql, more = "", tenancy = "none", late = "7d" }: ConfigOptions): string =>
  `import { c, defineApp, embedded, entity, event, features, postgresQuery, secret } from "tenon";
const account = entity("account");
const order = event("order", { account: c.ref(account), cents: c.integer(), note: c.text().nullable() }, { late: "${late}",
  from: postgresQuery({ url: secret("${urlName}"), sql: "${sql ?? `select * from ${table}`}", cursor: "changed_at", every: "100ms", ${more} }) });
const spend = features("spend", account, { paid: order.sum("cents").over("lifetime"), orders: order.count().over("1h", "lifetime") });
export const app = defineApp({ name: "shop", tenancy: "${tenancy}", stores: { dev: () => embedded() }, use: [order, spend] });
`;

const makeTable = (name: string, more = ""): Promise<unknown> =>
  postgres.query(
    `create table ${name} (id text primary key, account text, cents bigint, note text, changed_at timestamptz not null default clock_timestamp() ${more})`,
  );

async function statusOf(app: StartedApp, key?: string): Promise<SourceStatus> {
  const { body } = await app.call("GET", "/sources", { key: key ?? (await app.key("default")) });
  return body.sources[0];
}

/** Waits until the source says so. */
async function until(app: StartedApp, isMet: (status: SourceStatus) => boolean): Promise<SourceStatus> {
  const key = await app.key("default");
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const status = await statusOf(app, key);
    if (isMet(status)) return status;
    assert.ok(performance.now() < deadlineMs, `still ${JSON.stringify(status)}`);
    await wait(50);
  }
}

const accepted =
  (count: number) =>
  ({ counts }: SourceStatus): boolean =>
    counts.accepted >= count;

/** Every pass that began after this call has ended. */
async function nextPass(app: StartedApp): Promise<void> {
  const fromMs = Date.now();
  await until(app, ({ lastSuccessAt, lagMs }) => lastSuccessAt !== null && Date.now() - (lagMs ?? 0) > fromMs);
}

async function spendOf(app: StartedApp, account: string): Promise<Record<string, unknown>> {
  const key = await app.key("default");
  const after = (await app.call("GET", "/status", { key })).body.position;
  const body = { keys: [{ account }], after };
  const answer = await app.call("POST", "/features/spend", { key, body });
  return answer.body.rows[0].values;
}

test("what is in a table becomes events, and so do rows that are inserted while it runs", { skip }, async () => {
  await makeTable("orders");
  await postgres.query(
    "insert into orders select 'h' || i, 'a' || i % 2, i, null, now() - interval '400 days' + i * interval '1 hour' from generate_series(1, 2500) i",
  );
  await using app = await startApp(configOf({ table: "orders", more: "complete: true" }));
  const history = await until(app, ({ state, counts }) => state === "live" && counts.accepted === 2_500);
  assert.deepEqual([history.counts.late, history.counts.rejected, history.error], [0, 0, null]);
  assert.equal((await spendOf(app, "a0")).orders_lifetime, 1_250);
  await postgres.query("insert into orders values ('n1', 'a0', 7, 'new')");
  await until(app, accepted(2_501));
  const spend = await spendOf(app, "a0");
  assert.deepEqual([spend.orders_1h, spend.orders_lifetime], [1, 1_251]);
  const key = await app.key("default");
  const read = await app.call("POST", "/features/spend", { key, body: { keys: [{ account: "a0" }] } });
  assert.equal(read.body.rows[0].statuses.paid_lifetime, "present", "a complete source covers what came before it");
  const metrics: string = (await app.call("GET", "/metrics", { key })).body;
  assert.match(metrics, /^tenon_source_rows_total\{event="order",outcome="accepted"\} 2501$/m);
  assert.match(metrics, /^tenon_source_lag_seconds\{event="order"\} \d/m);
  assert.equal((await app.call("GET", "/status", { key })).body.sources[0].state, "live");
});

test("a changed row under its old id is a conflict; with an id of its change it is an event of its own", {
  skip,
}, async () => {
  await makeTable("carts");
  await postgres.query("insert into carts values ('c1', 'a1', 1, null)");
  await using plain = await startApp(configOf({ table: "carts" }));
  const sql = "select account, cents, note, changed_at, id || '@' || changed_at as id from carts";
  await using versions = await startApp(configOf({ table: "carts", sql }));
  await Promise.all([until(plain, accepted(1)), until(versions, accepted(1))]);
  await postgres.query("update carts set cents = 5, changed_at = clock_timestamp()");
  const { counts } = await until(plain, (status) => status.counts.conflict === 1);
  assert.equal(counts.accepted, 1);
  assert.equal((await spendOf(plain, "a1")).paid_lifetime, 1, "the first one wins");
  await until(versions, accepted(2));
  assert.equal((await spendOf(versions, "a1")).paid_lifetime, 6);
});

test("rows with one cursor are all taken, also where a page ends among them, to the microsecond", {
  skip,
}, async () => {
  await makeTable("ties");
  const at = new Date(Date.now() - 3_600_000).toISOString().slice(0, 20);
  const insert = (prefix: string, count: number, micros: string): Promise<unknown> =>
    postgres.query(
      `insert into ties select '${prefix}' || i, 'a1', 1, null, '${at}${micros}Z' from generate_series(1, ${count}) i`,
    );
  await insert("t", 2_500, "123456");
  await using app = await startApp(configOf({ table: "ties", more: 'overlap: "1ms"' }));
  await until(app, accepted(2_500));
  // The same microsecond again, and the next one.
  await insert("u", 10, "123456");
  await insert("v", 10, "123457");
  await until(app, accepted(2_520));
  await nextPass(app);
  const { counts } = await statusOf(app);
  assert.deepEqual([counts.accepted, counts.late, counts.conflict, counts.duplicate], [2_520, 0, 0, 0]);
});

test("a transaction that commits after later ones is found within the overlap, and nothing counts twice", {
  skip,
}, async () => {
  await makeTable("slow");
  await using app = await startApp(configOf({ table: "slow", more: 'overlap: "1m"' }));
  await until(app, ({ state }) => state === "live");
  const slow = await postgres.connect();
  await slow.query("begin");
  await slow.query("insert into slow values ('s1', 'a1', 100, null)");
  await postgres.query("insert into slow select 'q' || i, 'a1', 1, null from generate_series(1, 20) i");
  await until(app, accepted(20));
  await slow.query("commit");
  await slow.end();
  await until(app, accepted(21));
  await nextPass(app);
  const { counts } = await statusOf(app);
  assert.deepEqual([counts.accepted, counts.conflict, counts.duplicate], [21, 0, 0]);
  assert.equal((await spendOf(app, "a1")).paid_lifetime, 120);
});

test("whole numbers are a cursor too, with an overlap of a count", { skip }, async () => {
  await postgres.query(
    "create table numbered (id bigserial primary key, account int, cents numeric(9, 0), note text, at date default now())",
  );
  await postgres.query("insert into numbered (account, cents) select i % 3, i from generate_series(1, 30) i");
  const config = configOf({ table: "numbered" })
    .replace('cursor: "changed_at"', 'cursor: "id", at: "at", overlap: 5')
    .replace('entity("account")', 'entity("account", { key: c.integer() })');
  await using app = await startApp(config);
  await until(app, accepted(30));
  await postgres.query("insert into numbered (account, cents) values (1, 2)");
  await until(app, accepted(31));
  const key = await app.key("default");
  const { body } = await app.call("GET", "/events/order/recent?limit=1", { key });
  assert.deepEqual([body.events[0].id, body.events[0].row.account, body.events[0].row.cents], ["31", 1, 2]);
});

test("bad rows are counted with their reasons and stop no other", { skip }, async () => {
  await makeTable("bad");
  await postgres.query(
    "insert into bad values ('b1', 'a1', 1, null), ('b2', null, 1, null), ('b3', 'a1', 9007199254740993, null), ('b4', 'a1', 4, null)",
  );
  await using app = await startApp(configOf({ table: "bad" }));
  const { counts, rejects, state } = await until(app, ({ counts, state }) => counts.rejected === 2 && state === "live");
  assert.deepEqual([counts.accepted, state], [2, "live"]);
  const told = Object.fromEntries(rejects.map(({ id, message }) => [id, message]));
  assert.match(told.b2 ?? "", /\/account: "account" is missing/);
  assert.match(told.b3 ?? "", /\/cents: .*9007199254740993/);
  await nextPass(app);
  assert.equal((await statusOf(app)).counts.rejected, 2, "a re-read row is not rejected again");
});

test("the app starts while the server is down, says so, and goes on where it was when it is back", {
  skip,
}, async () => {
  await makeTable("restarts");
  await postgres.query("insert into restarts values ('r1', 'a1', 1, null)");
  await postgres.stop();
  await using app = await startApp(configOf({ table: "restarts" }));
  const failing = await until(app, ({ state }) => state === "failing");
  assert.equal(failing.error?.code, "source.unreachable");
  assert.doesNotMatch(JSON.stringify(failing), /postgres:\/\//);
  const key = await app.key("default");
  assert.equal((await app.call("POST", "/events/order", { key, body: { account: "a1", cents: 2 } })).status, 202);
  await postgres.start();
  await until(app, accepted(1));
  await postgres.stop();
  await until(app, ({ state }) => state === "failing");
  await postgres.start();
  await postgres.query("insert into restarts values ('r2', 'a1', 3, null)");
  // Rows are counted when they are durable, and the error goes when the pass has come to its end.
  const { errors } = await until(app, (status) => accepted(2)(status) && status.error === null);
  assert.ok(errors >= 2);
  assert.equal((await spendOf(app, "a1")).paid_lifetime, 6);
});

test("an app that starts again goes on from its cursor: nothing is lost, nothing is there twice", {
  skip,
}, async () => {
  await makeTable("again");
  await postgres.query("insert into again select 'x' || i, 'a1', 1, null from generate_series(1, 1500) i");
  const dir = await mkdtemp(join(tmpdir(), "tenon-sources-"));
  const configFile = join(dir, "tenon.config.ts");
  await writeFile(configFile, configOf({ table: "again" }));
  const copies = [join(dir, "data"), join(dir, "copy")] as const;
  /** How many events there are once a pass has reached the end. */
  const totalOf = async (dataDir: string): Promise<number> => {
    const { tenon, close } = await startTenon({ configFile, dataDir, logger: silentLogger });
    for (
      const deadlineMs = performance.now() + patienceMs;
      tenon.sources.pull("order")?.endReachedAtMs === undefined;
    ) {
      assert.ok(performance.now() < deadlineMs);
      await wait(30);
    }
    const tenant = await tenon.metadata.tenant("default");
    const entries = await tenon.log.newest(tenant, tenon.catalogue.topics.order, 10_000);
    await close();
    return entries.length;
  };
  try {
    assert.equal(await totalOf(copies[0]), 1_500);
    // As a crash leaves it: the rows are durable and the cursor is the one before.
    await cp(copies[0], copies[1], { recursive: true });
    await postgres.query("insert into again select 'y' || i, 'a1', 1, null from generate_series(1, 10) i");
    assert.equal(await totalOf(copies[0]), 1_510);
    const metadata = new MetadataDatabase(join(copies[1], "metadata.db"));
    metadata.transact([{ sql: "delete from setting where name = 'source order'", parameters: [] }]);
    metadata.close();
    assert.equal(await totalOf(copies[1]), 1_510);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test("a row goes to the tenant of its column; one of an unknown tenant is refused and shown to the owner alone", {
  skip,
}, async () => {
  await makeTable("tenants", ", tenant text");
  const config = configOf({ table: "tenants", tenancy: "required", more: 'tenant: "tenant"' });
  await using app = await startApp(config);
  const [acme, bolt] = [await app.key("acme"), await app.key("bolt")];
  await postgres.query(
    "insert into tenants values ('1', 'a1', 1, null, now(), 'acme'), ('2', 'a1', 2, null, now(), 'bolt'), ('3', 'a1', -4, null, now(), 'nobody'), ('4', 'a1', 8, null, now(), null), ('5', null, 8, null, now(), 'bolt')",
  );
  await until(app, () => app.running.tenon.sources.tally("order").counts("all").rejected === 3);
  const [ofAcme, ofBolt] = [await statusOf(app, acme), await statusOf(app, bolt)];
  assert.deepEqual([ofAcme.counts.accepted, ofAcme.counts.rejected, ofAcme.rejects], [1, 0, []]);
  assert.deepEqual([ofBolt.counts.accepted, ofBolt.rejects.map(({ id }) => id)], [1, ["5"]]);
  const recent = await app.call("GET", "/events/order/recent", { key: bolt });
  assert.deepEqual(
    recent.body.events.map(({ row }: { row: { cents: number } }) => row.cents),
    [2],
  );
  const owner = app.running.tenon.sources.tally("order").rejects("all");
  assert.deepEqual(owner.map(({ id }) => id).toSorted(), ["3", "4", "5"]);
});

test("a secret that is not set is named when the app starts, and is no matter for other commands", {
  skip,
}, async () => {
  const config = configOf({ table: "orders" }).replace(urlName, "TENON_TEST_NOWHERE");
  await assert.rejects(startApp(config), { code: "secret.missing", message: /TENON_TEST_NOWHERE/ });
  await using app = await startApp(config, { pulls: false });
  assert.equal((await statusOf(app)).state, "starting");
});

test("a query that lacks a column says which ones it has", { skip }, async () => {
  await makeTable("lacking");
  await using app = await startApp(
    configOf({ table: "lacking", sql: "select id, account, changed_at, note from lacking" }),
  );
  const { error } = await until(app, ({ state }) => state === "failing");
  assert.deepEqual([error?.code], ["source.query"]);
  assert.match(error?.message ?? "", /no column "cents" but id, account, changed_at, note/);
});

test("a table takes rows of a query: each change is valid from its cursor on, and its history is kept", {
  skip,
}, async () => {
  await postgres.query(
    "create table accounts (id text primary key, tier text, seats int, updated_at timestamptz not null default clock_timestamp())",
  );
  await postgres.query(
    "insert into accounts values ('a1', 'free', 1, now() - interval '40 days'), ('a2', 'pro', 9, now() - interval '2 hours')",
  );
  await using app =
    await startApp(`import { c, defineApp, embedded, entity, event, features, postgresQuery, secret, table } from "tenon";
const account = entity("account");
const order = event("order", { account: c.ref(account), cents: c.integer() });
const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro"), seats: c.integer() }, {
  from: postgresQuery({ url: secret("${urlName}"), sql: "select id as account, tier, seats, updated_at from accounts", cursor: "updated_at", every: "100ms" }) });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [order, plan] });
`);
  const key = await app.key("default");
  const { tenon } = app.running;
  const read = async (account: string, atMs = tenon.clock.nowMs()) => {
    await tenon.applier.waitFor(tenon.log.lastSeq, 5_000);
    const { body } = await app.call("POST", "/features/plan", { key, body: { keys: [{ account }], at: atMs } });
    return body.rows[0];
  };
  await until(app, accepted(2));
  assert.deepEqual((await read("a1")).values, { tier: "free", seats: 1 });
  assert.equal((await read("a2", tenon.clock.nowMs() - 3 * 3_600_000)).statuses.tier, "not-found");
  const before = tenon.clock.nowMs();
  await wait(5);
  await postgres.query("update accounts set tier = 'pro', seats = 5, updated_at = clock_timestamp() where id = 'a1'");
  await until(app, accepted(3));
  assert.deepEqual((await read("a1")).values, { tier: "pro", seats: 5 });
  assert.deepEqual((await read("a1", before)).values, { tier: "free", seats: 1 });
  // A value that a table does not take is a bad row, and stops no other.
  await postgres.query(
    "insert into accounts values ('a3', 'gold', 1, clock_timestamp()), ('a4', 'pro', 2, clock_timestamp())",
  );
  const { counts, rejects } = await until(app, accepted(4));
  assert.equal(counts.rejected, 1);
  assert.match(rejects[0].message, /tier/);
});
