import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { SqliteLogReader } from "../../src/drivers/sqlite/log-reader.ts";
import { buildDataset } from "../../src/service/learn/dataset.ts";
import { type StartedApp, startApp } from "../start-app.ts";

const dayMs = 86_400_000;
/** A Monday. */
const day0 = Date.parse("2026-01-05T00:00:00Z");

const config = (sql: string, options = 'every: "1d"', more = "", use = "") => `
import { batch, c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction, table } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), price: c.decimal(2).nullable(), country: c.text().nullable(), tier: c.oneOf("free", "pro").nullable(), when: c.time().nullable(), ratio: c.real().nullable(), gift: c.flag().nullable() }, { late: "1d" });
const plan = table("plan", { account: c.ref(account), seats: c.integer() }, { ttl: "30d" });
const spend = features("spend", account, { paid: payment.sum("price").over("2d", "lifetime"), last: payment.last("country").over("30d") });
${more}
const value = batch("value", account, { ${options}, columns: { total: c.integer(), top: c.text() }, sql: ${JSON.stringify(sql)} });
const pays = prediction("pays", { model: model("pays", { label: label("pays", { of: payment, is: payment.count().next("1d").above(0) }), features: [payment.pick("cents"), value], trainer: gradientBoosting({ rounds: 5 }) }), fallback: { score: 0.5 } });
export const app = defineApp({ name: "shop", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, plan, spend, value, pays, ${use}] });
`;
const totals =
  "select account, sum(cents) as total, max(country) as top from payment where account is not null group by account";

/** An app whose clock begins at `day0`; nothing runs but what a test asks for. */
const start = (text: string, o: { readonly isScheduled?: boolean } = {}): Promise<StartedApp> =>
  startApp(text, { clock: { startMs: day0, rate: 1 }, pulls: o.isScheduled === true });

async function rowOf(app: StartedApp, key: string, account: string, o: object = {}, set = "value") {
  const { body } = await app.call("POST", `/features/${set}`, { key, body: { keys: [{ account }], ...o } });
  assert.ok(body.rows !== undefined, JSON.stringify(body));
  return body.rows[0];
}

const applied = (app: StartedApp) => app.running.tenon.applier.waitFor(app.running.tenon.log.lastSeq, 5_000);

test("a run is published as one: a read at a time sees the run that was published by then, and of it alone", async () => {
  await using app = await start(config(totals));
  const { tenon } = app.running;
  const key = await app.key("acme");
  const send = (rows: object[]) => app.call("POST", "/events/payment", { key, body: rows });
  await send([
    { account: "a", cents: 1, country: "DE" },
    { account: "a", cents: 2, country: "US" },
    { account: "b", cents: 40 },
  ]);
  const before = tenon.clock.nowMs();
  assert.equal((await rowOf(app, key, "a")).statuses.total, "incomplete");
  tenon.clock.advanceTo(day0 + dayMs);
  const first = await tenon.batches.run("value");
  assert.deepEqual([first.state, first.rows, first.tenants], ["published", 2, 1]);
  await applied(app);
  const a = await rowOf(app, key, "a");
  assert.deepEqual(
    [a.values, a.statuses],
    [
      { total: 3, top: "US" },
      { total: "present", top: "present" },
    ],
  );
  assert.equal((await rowOf(app, key, "b")).statuses.top, "null");
  assert.deepEqual((await rowOf(app, key, "nobody")).statuses, { total: "not-found", top: "not-found" });
  const between = tenon.clock.nowMs();

  // The next run lacks a key that the first one had.
  tenon.clock.advanceTo(day0 + 2 * dayMs);
  await send([{ id: "late", account: "c", cents: 5, at: day0 + dayMs + 60_000 }]);
  await tenon.batches.run("value");
  await applied(app);
  assert.equal((await rowOf(app, key, "c")).values.total, 5);
  assert.equal((await rowOf(app, key, "c", { at: between })).statuses.total, "not-found");
  assert.equal((await rowOf(app, key, "a", { at: between })).values.total, 3);
  assert.equal((await rowOf(app, key, "a", { at: before })).statuses.total, "incomplete");
});

test("training sets read the run that a prediction at that time read", async () => {
  await using app = await start(config(totals));
  const { tenon } = app.running;
  const key = await app.key("acme");
  const tenant = await tenon.metadata.tenant("acme");
  for (let day = 0; day < 6; day++) {
    tenon.clock.advanceTo(day0 + day * dayMs + 1_000);
    if (day % 2 === 1) await tenon.batches.run("value");
    tenon.clock.advanceTo(day0 + day * dayMs + 2_000);
    const body = ["a", "b", "c"]
      .slice(0, 1 + (day % 3))
      .map((account) => ({ id: `${account}${day}`, account, cents: 10 ** day }));
    await app.call("POST", "/events/payment", { key, body });
  }
  await applied(app);
  const log = new SqliteLogReader(join(app.dir, "data", "log"));
  const dataset = buildDataset(tenon.build.app, "pays", log, tenon.catalogue, {
    seqMax: tenon.log.lastSeq,
    nowMs: tenon.clock.nowMs(),
    rowsMax: 1_000,
    asOf: "served",
    onProgress: () => {},
  });
  log.close();
  const [, total] = dataset.columns.finish();
  assert.equal(total.name, "value.total");
  assert.ok(dataset.rowCount >= 10);
  for (const [i, atMs] of dataset.atMs.entries()) {
    const account = dataset.ids[i].slice(0, 1);
    const { values } = await tenon
      .features(tenant, {
        set: "value",
        keys: [{ account }],
        atMs,
        seqMax: undefined,
        asOf: "served",
        columns: undefined,
        brief: false,
      })
      .then(({ rows }) => rows[0]);
    assert.equal(
      Number.isNaN(total.values[i]) ? null : total.values[i],
      values.total,
      `${account} at ${new Date(atMs).toISOString()}`,
    );
  }
});

test("SQL sees events, tables, other sets and other batches as they were known at the time of the run", async () => {
  const sql = `with p as (select account, sum(price) as exact, count(*) as n, max(at) as newest, bool_or(gift) as gift, max("receivedAt") as received from payment group by account)
    select p.account, p.n::integer + coalesce(plan.seats, 0) * 100 + coalesce(base.n, 0) * 10000 as total,
      concat_ws('|', p.exact::varchar, typeof(p.exact), plan.seats, spend.paid_2d, spend.last_30d, base.n, p.newest < as_of(), strftime(as_of(), '%d'), p.gift) as top
    from p left join plan using (account) left join spend using (account) left join base using (account)`;
  const base = `const base = batch("base", account, { every: "1d", columns: { n: c.integer() }, sql: "select account, count(*)::int as n from payment group by account" });`;
  await using app = await start(config(sql, 'every: "1d"', base, "base"));
  const { tenon } = app.running;
  const key = await app.key("acme");
  tenon.clock.advanceTo(day0 + 5 * dayMs);
  const send = (body: object) => app.call("POST", "/events/payment", { key, body });
  await send([
    { id: "1", account: "a", cents: 1, price: 0.1, country: "DE", gift: false },
    { id: "2", account: "a", cents: 1, price: 0.2, country: "US", gift: true },
    { id: "3", account: "a", cents: 1, price: 70 },
  ]);
  await app.call("POST", "/events/payment/retract", { key, body: { ids: ["3"] } });
  await app.call("PUT", "/tables/plan", {
    key,
    body: [
      { account: "a", seats: 7 },
      { account: "a", seats: 9, validFrom: tenon.clock.nowMs() + dayMs },
    ],
  });
  await wait(5);
  const ran = await tenon.batches.run("base");
  assert.equal(ran.rows, 1);
  await wait(5);
  await tenon.batches.run("value");
  await applied(app);
  assert.deepEqual((await rowOf(app, key, "a")).values, {
    total: 20702,
    top: "0.30|DECIMAL(38,2)|7|0.3|US|2|true|10|true",
  });
});

test("a backfill computes past times of the schedule from what had been received then", async () => {
  await using app = await start(config(totals));
  const { tenon } = app.running;
  const key = await app.key("acme");
  const tenant = await tenon.metadata.tenant("acme");
  tenon.clock.advanceTo(day0 + 30 * dayMs);
  const rows = Array.from({ length: 20 }, (_, day) => ({
    id: `p${day}`,
    account: day % 2 === 0 ? "even" : "odd",
    cents: 1,
    at: day0 + day * dayMs + 60_000,
  }));
  await tenon.ingest(tenant, "payment", rows, { latencyMs: 0 });
  // It happened on the third day, and was known on the tenth.
  await tenon.ingest(
    tenant,
    "payment",
    [{ id: "slow", account: "odd", cents: 1_000, at: day0 + 3 * dayMs, receivedAt: day0 + 10 * dayMs + 1 }],
    { latencyMs: 0 },
  );
  const run = await tenon.batches.backfill("value", { fromMs: day0, untilMs: day0 + 25 * dayMs });
  assert.deepEqual([run.state, run.times, run.kind], ["published", 26, "backfill"]);
  await applied(app);
  const read = async (account: string, day: number) =>
    (await rowOf(app, key, account, { at: day0 + day * dayMs + 1 })).values.total;
  assert.deepEqual([await read("even", 1), await read("even", 5), await read("even", 25)], [1, 3, 10]);
  assert.deepEqual([await read("odd", 10), await read("odd", 11), await read("odd", 25)], [5, 1005, 1010]);
  assert.equal((await rowOf(app, key, "odd", { at: day0 - 1 })).statuses.total, "incomplete");
});

test("a run that fails leaves what was published, says why, and is tried again", async () => {
  const sql = `select account, sum(cents) as total, case when sum(cents) > 100 then error('too much: ' || account) else 'ok' end as top from payment group by account`;
  await using app = await start(config(sql));
  const { tenon } = app.running;
  const key = await app.key("acme");
  await app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 1 }] });
  await wait(5);
  await tenon.batches.run("value");
  await app.call("POST", "/events/payment", { key, body: [{ account: "b", cents: 101 }] });
  await wait(5);
  await assert.rejects(tenon.batches.run("value"), { code: "batch.sql", message: /too much: b/ });
  await applied(app);
  assert.deepEqual((await rowOf(app, key, "a")).values, { total: 1, top: "ok" });
  assert.equal((await rowOf(app, key, "b")).statuses.total, "not-found");
  assert.deepEqual(
    tenon.batches.runs("value").map(({ state, error }) => [state, error?.code]),
    [
      ["failed", "batch.sql"],
      ["published", undefined],
    ],
  );
});

test("an answer that is no run of the batch publishes nothing: a key twice, none, or a value of another type", async () => {
  const cases = [
    ["select account, cents as total, country as top from payment", /"a" has 2 rows: `group by account`/],
    [
      "select nullif(account, 'a') as account, max(cents) as total, null as top from payment group by 1",
      /rows have no "account"/,
    ],
    [
      "select account, 0.5 as total, null as top from payment group by account",
      /of "a", total: expected a whole number/,
    ],
  ] as const;
  for (const [sql, message] of cases) {
    await using app = await start(config(sql));
    const key = await app.key("acme");
    await app.call("POST", "/events/payment", {
      key,
      body: [
        { account: "a", cents: 1 },
        { account: "a", cents: 2 },
      ],
    });
    await wait(5);
    await assert.rejects(app.running.tenon.batches.run("value"), { code: "batch.rows", message });
    await applied(app);
    assert.equal((await rowOf(app, key, "a")).statuses.total, "incomplete");
  }
});

test("tenants are apart: each one's SQL sees its own rows, and they are published together", async () => {
  await using app = await start(config(totals));
  const { tenon } = app.running;
  const [acme, globex] = [await app.key("acme"), await app.key("globex")];
  await app.call("POST", "/events/payment", { key: acme, body: [{ account: "a", cents: 1 }] });
  await app.call("POST", "/events/payment", { key: globex, body: [{ account: "a", cents: 50 }] });
  await wait(5);
  const run = await tenon.batches.run("value");
  assert.equal(run.tenants, 2);
  await applied(app);
  assert.equal((await rowOf(app, acme, "a")).values.total, 1);
  assert.equal((await rowOf(app, globex, "a")).values.total, 50);
});

test("the catalogue tells what a tenant's keys have in the latest run, and what its SQL may read", async () => {
  await using app = await start(config(totals));
  const { tenon } = app.running;
  const [acme, globex] = [await app.key("acme"), await app.key("globex")];
  const paid = [
    { account: "a", cents: 1, country: "DE" },
    { account: "b", cents: 2 },
  ];
  await app.call("POST", "/events/payment", { key: acme, body: paid });
  await app.call("POST", "/events/payment", { key: globex, body: [{ account: "c", cents: 50 }] });
  await wait(5);
  await tenon.batches.run("value");
  await applied(app);
  const { body } = await app.call("GET", "/catalog/value", { key: acme });
  const [total, top] = body.features;
  assert.deepEqual([body.kind, total.definition], ["batch", "by SQL over payment, every 1 d"]);
  assert.deepEqual([body.sample.keys, total.figures.nullShare, top.figures.nullShare], [2, 0, 0.5]);
  assert.deepEqual(total.figures.statuses, { present: 1 });
  assert.deepEqual([total.users.models, total.unused], [["pays"], false]);
  const column = (await app.call("GET", "/catalog/value/total", { key: globex })).body;
  assert.deepEqual([column.distributions.keys.rows ?? column.distributions.keys.count, column.sample.keys], [1, 1]);
  const lineage = (await app.call("GET", "/lineage?of=value.total", { key: acme })).body;
  assert.deepEqual(
    lineage.edges.filter(({ to }: { to: string }) => to === "feature:value.total").length,
    lineage.nodes.filter(({ kind }: { kind: string }) => kind === "eventColumn").length,
  );
  assert.equal(lineage.nodes.find(({ id }: { id: string }) => id === "batch:value").text, "SQL, every 1 d");
});

/** Processes of DuckDB that this one started. */
function engines(): number {
  const { stdout } = spawnSync("ps", ["-o", "args=", "--ppid", String(process.pid)], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes("duckdb-process")).length;
}

test("SQL reaches no file, no network and no setting, and has the time that it may take", async () => {
  const outside = [
    "select account, 1 as total, (select content from read_text('/etc/hostname')) as top from payment",
    "select account, 1 as total, (select max(column0) from read_csv('/etc/passwd')) as top from payment",
  ];
  for (const sql of outside) {
    await assert.rejects(start(config(sql)), {
      code: "config.invalid",
      message: /batch value.sql: read_(text|csv)\(\) reads what no relation of the app is/,
    });
  }
  const forever =
    "select account, (select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = 7)::bigint as total, null as top from payment group by account";
  await using app = await start(config(forever, 'every: "1d", timeLimit: "2s"'));
  const key = await app.key("acme");
  await app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 1 }] });
  await wait(5);
  await assert.rejects(app.running.tenon.batches.run("value"), { code: "batch.time" });
  for (let waitedMs = 0; engines() > 0 && waitedMs < 5_000; waitedMs += 50) await wait(50);
  assert.equal(engines(), 0, "nothing goes on computing");
});

test("SQL names the app's relations alone, whatever hides another, and reads no clock and no sample", async () => {
  const select = (top: string, from = "payment") =>
    `select account, 1 as total, ${top} as top from ${from} group by account`;
  const cases: [string, RegExp][] = [
    [select("(select string_agg(c5) from _draft_1)"), /there is no event, table or set "_draft_1"/],
    [select("(select string_agg(c5) from main._draft_1)"), /"_draft_1"/],
    [select("(from (with _draft_1 as (select 1) from _draft_1), _draft_1)"), /"_draft_1"/],
    [select("(from query('select string_agg(c5) from _draft_1'))"), /query\(\) reads what no relation/],
    [select("(from query_table(['_draft_1']))"), /query_table\(\) reads/],
    [select("(select string_agg(table_name) from duckdb_tables())"), /duckdb_tables\(\) reads/],
    [select("(select string_agg(table_name) from information_schema.tables)"), /"tables"/],
    [select("(select string_agg(name) from (show tables))"), /shows what the engine has/],
    [select("cast(current_localtimestamp() as varchar)"), /"current_localtimestamp\(\)" answers something else/],
    [select("cast(age(max(at)) as varchar)"), /"age\(\)" answers something else/],
    [select("cast(txid_current() as varchar)"), /"txid_current\(\)" answers something else/],
    [select("cast(reservoir_quantile(cents, 0.5) as varchar)"), /"reservoir_quantile\(\)"/],
    [select("null", "payment tablesample bernoulli(50%)"), /a sample is another one each time/],
  ];
  for (const [sql, message] of cases)
    await assert.rejects(start(config(sql)), (error: Error) => {
      assert.match(error.message, message, sql);
      return true;
    });
  const fine =
    "with mine as (select * from payment) select account, sum(i)::int as total, min(age(at, at))::varchar as top from mine, range(3) r(i) group by account";
  await using app = await start(config(fine));
  assert.ok(app.running.tenon.build.id.length > 0);
});

test("SQL that takes more memory than it may ends with its process alone, when it is bound and when it runs", async () => {
  const folded = "select account, len(range(3000000000))::int as total, null as top from payment group by account";
  await assert.rejects(start(config(folded)), {
    code: "config.invalid",
    message: /batch value.sql: .*more than the 100 MB/,
  });
  const grown =
    "select account, len(range(400000000 + count(*)))::int as total, null as top from payment group by account";
  await using app = await start(config(grown, 'every: "1d", memoryMb: 100'));
  const key = await app.key("acme");
  await app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 1 }] });
  await wait(5);
  await assert.rejects(app.running.tenon.batches.run("value"), { code: "batch.memory" });
});

test("the configuration tells what is wrong with a batch", async () => {
  const cases: [string, string, RegExp][] = [
    ["delete from payment", 'every: "1d"', /needs one select/],
    [
      "select account, now() as total, null as top from payment",
      'every: "1d"',
      /"now\(\)" answers something else each time/,
    ],
    [
      "select account, 1 as total, null as top from payments",
      'every: "1d"',
      /there is no event, table or set "payments"\. Did you mean "payment"\?/,
    ],
    [
      "select account, 1 as totl, null as top from payment",
      'every: "1d"',
      /answers no column "total" but account, totl, top. Did you mean "totl"/,
    ],
    [totals, 'every: "cron 61 * * * *"', /batch value.every/],
    [totals, 'every: "1d", timeZone: "Europe/Berlin"', /a time zone is of a cron schedule/],
    [totals, 'every: "cron 0 4 * * *", timeZone: "Mars"', /Mars/],
    [totals, 'every: "1d", after: payment', /needs one of `every`/],
    [totals, 'evry: "1d"', /batch has no option "evry". Did you mean "every"/],
    [totals, 'every: "1d", memoryMb: 1', /whole number of megabytes/],
    ["select account, 1 as total, null as top from value", 'every: "1d"', /it reads value, which need it first/],
  ];
  for (const [sql, options, message] of cases)
    await assert.rejects(start(config(sql, options)), { code: "config.invalid", message });
});

/** Runs of the batch that were published, once there are that many. */
async function published(app: StartedApp, count: number) {
  for (let waitedMs = 0; ; waitedMs += 50) {
    const runs = app.running.tenon.batches.runs("value").filter(({ state }) => state === "published");
    if (runs.length >= count || waitedMs > 30_000) return runs;
    await wait(50);
  }
}

test("a batch runs by its schedule: at once, then at its times, and once for those that were missed", async () => {
  const schedule = 'every: "cron 0 6 * * *", timeZone: "America/New_York"';
  await using app = await start(config(totals, schedule), { isScheduled: true });
  const { tenon } = app.running;
  const key = await app.key("acme");
  await app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 1 }] });
  const [first] = await published(app, 1);
  assert.ok(first.asOfMs - day0 < 60_000);
  tenon.clock.advanceTo(Date.parse("2026-01-05T10:59:00Z"));
  assert.equal(tenon.batches.isLate(tenon.batches.set("value")), false);
  tenon.clock.advanceTo(Date.parse("2026-01-08T14:00:00Z"));
  assert.equal(tenon.batches.isLate(tenon.batches.set("value")), true);
  const runs = await published(app, 2);
  assert.deepEqual(
    runs.map(({ asOfMs }) => new Date(asOfMs).toISOString().slice(0, 16)),
    ["2026-01-08T11:00", "2026-01-05T00:00"],
  );
  assert.equal(tenon.batches.isLate(tenon.batches.set("value")), false);
});

test("a batch after an event runs once its rows have come and none for a while", async () => {
  await using app = await start(config(totals, "after: payment"), { isScheduled: true });
  const { tenon } = app.running;
  const key = await app.key("acme");
  const send = () => app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 1 }] });
  await send();
  const [first] = await published(app, 1);
  tenon.clock.advanceTo(tenon.clock.nowMs() + 5_000);
  await send();
  tenon.clock.advanceTo(tenon.clock.nowMs() + 11_000);
  const [second] = await published(app, 2);
  assert.ok(second.asOfMs - first.asOfMs >= 16_000);
  await applied(app);
  assert.equal((await rowOf(app, key, "a")).values.total, 2);
});

test("a changed SQL is another batch: what the old one published is none of it", async () => {
  await using app = await start(config(totals));
  const { tenon } = app.running;
  const key = await app.key("acme");
  await app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 3 }] });
  await wait(5);
  await tenon.batches.run("value");
  await writeFile(join(app.dir, "tenon.config.ts"), config(totals.replace("sum(cents)", "10 * sum(cents)")));
  const { changes } = await app.running.reload();
  assert.ok(changes.some(({ definition, kind }) => definition === "features value" && kind === "backfill"));
  assert.equal((await rowOf(app, key, "a")).statuses.total, "incomplete");
  await tenon.batches.run("value");
  await applied(app);
  assert.equal((await rowOf(app, key, "a")).values.total, 30);
});

test("runs are told over HTTP, begun, and filled for the past; an error's text is the owner's", async () => {
  const sql = `${totals} having max(cents) < 1000 or error('of ' || account)`;
  await using app = await start(config(sql));
  const { tenon } = app.running;
  const key = await app.key("acme");
  await app.call("POST", "/events/payment", { key, body: [{ account: "a", cents: 3 }] });
  const { status, body } = await app.call("POST", "/batches/value/run", { key });
  assert.deepEqual([status, body], [202, { batch: "value", state: "running" }]);
  await published(app, 1);
  // It is told as running until its turn has ended.
  for (let waitedMs = 0; tenon.batches.progress("value") !== undefined && waitedMs < 5_000; waitedMs += 20)
    await wait(20);
  const { body: list } = await app.call("GET", "/batches", { key });
  const [batch] = list.batches;
  assert.deepEqual(
    [batch.name, batch.state, batch.late, batch.schedule, batch.runs[0].state, batch.runs[0].error],
    ["value", "ok", false, "every 1 d", "published", null],
  );
  assert.equal((await app.call("POST", "/batches/valu/run", { key })).body.code, "batch.unknown");
  const past = { from: "2025-12-30T00:00:00Z", until: "2026-01-02T00:00:00Z" };
  assert.equal((await app.call("POST", "/batches/value/backfill", { key, body: past })).status, 202);
  assert.equal((await published(app, 1)).length, 1);
  const wrong = await app.call("POST", "/batches/value/backfill", { key, body: { from: "soon" } });
  assert.equal(wrong.status, 422);
  await app.call("POST", "/events/payment", { key, body: [{ account: "secret", cents: 3_000 }] });
  await wait(5);
  await assert.rejects(tenon.batches.run("value"), /of secret/);
  const { body: told } = await app.call("GET", "/batches/value", { key });
  assert.deepEqual(
    [told.state, told.runs[0].error],
    ["failing", { code: "batch.sql", message: "The SQL of a batch cannot be run" }],
  );
  const { body: metrics } = await app.call("GET", "/metrics", { key });
  assert.match(metrics, /tenon_batch_runs\{batch="value",state="failed"\} 1/);
});
