import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { begin, type Dev, type Ended, folder, startDev, tenon } from "./command-line.ts";

const dayMs = 86_400_000;
let at: Awaited<ReturnType<typeof folder>>;
let dev: Dev | undefined;
before(async () => {
  at = await folder();
  await tenon(at.dir, "init");
});
after(async () => {
  await dev?.stop();
  await at[Symbol.asyncDispose]();
});

const call = (...args: string[]): Promise<Ended> => tenon(at.dir, ...args);
const good = async (...args: string[]): Promise<Ended["values"]> => {
  const { code, stderr, values } = await call(...args, "--json");
  assert.equal(code, 0, stderr);
  return values;
};

/** Sixty days of payments; dear ones are refunded within the hour. */
function history(): { payments: string; refunds: string } {
  const fromMs = Date.now() - 70 * dayMs;
  const rows = Array.from({ length: 1_500 }, (_, i) => ({
    id: `h${i}`,
    at: fromMs + i * ((60 * dayMs) / 1_500),
    account: `a${i % 20}`,
    cents: (i * 7_919) % 1_000,
    country: i % 3 === 0 ? "DE" : "FR",
  }));
  const refunds = rows
    .filter(({ cents }) => cents > 700)
    .map(({ id, at: time, account }) => ({ id: `r-${id}`, at: time + 3_600_000, payment: id, account }));
  const lines = (of: readonly object[]): string => of.map((row) => `${JSON.stringify(row)}\n`).join("");
  return { payments: lines(rows), refunds: lines(refunds) };
}

test("where nothing runs, keys are made, listed and revoked on the directory alone", async () => {
  const [made] = await good("keys", "create", "--tenant", "acme", "--scope", "predict", "--note", "checkout");
  assert.match(made.key, /^tn_/);
  const listed = await good("keys", "list", "--tenant", "acme");
  assert.deepEqual(
    listed.map(({ id, scopes, note }) => [id, scopes, note]),
    [[made.id, ["predict"], "checkout"]],
  );
  await good("keys", "revoke", made.id);
  assert.notEqual((await good("keys", "list", "--tenant", "acme"))[0].revokedAt, null);
  const unknown = await call("keys", "revoke", "nobody");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /\[key\.absent\]/);
});

test("features sql prints a set's text and its tables, without an app or a data directory", async () => {
  const { code, stdout, stderr } = await call("features", "sql", "spend");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^WITH\n[\s\S]*FROM "tenon_reads"[\s\S]*AS "paid_30d"[\s\S]*ORDER BY reads\._n;\n$/);
  const [made] = await good("features", "sql", "spend", "--dialect", "spark");
  assert.deepEqual([made.set, made.dialect, made.tables.length], ["spend", "spark", 2]);
  assert.match((await call("features", "sql", "spend", "--tables")).stdout, /CREATE TABLE "tenon_event_payment" \(/);
  const unknown = await call("features", "sql", "spent");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no feature set "spent"\. Did you mean "spend"\?[\s\S]*\[features\.unknown\]/);
});

test("where nothing runs, what needs a running app ends with 3", async () => {
  for (const args of [
    ["predict", "limit", '{"cents":1}'],
    ["events", "send", "payment", "-"],
    ["events", "tail", "payment"],
  ]) {
    const { code, stderr } = await call(...args);
    assert.equal(code, 3);
    assert.match(stderr, /\[cli\.not-running\]\n {2}→ Start it: `tenon dev`/);
  }
});

test("serve beyond loopback is refused without keys", async () => {
  await using other = await folder();
  await tenon(other.dir, "init");
  const { code, stderr } = await tenon(other.dir, "serve", "--host", "0.0.0.0", "--port", "0");
  assert.equal(code, 1);
  assert.match(stderr, /\[serve\.keyless\]\n {2}→ .*tenon keys create/);
});

test("serve logs JSON, makes no development key, and ends with 0 on SIGTERM", async () => {
  await using other = await folder();
  await tenon(other.dir, "init");
  const serving = begin(other.dir, ["serve", "--port", "0"]);
  const [line] = await serving.waitFor(/^\{.*"msg":"listening".*\}$/m);
  const { url }: { url: string } = JSON.parse(line);
  assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  assert.deepEqual((await tenon(other.dir, "keys", "list", "--json")).values, []);
  serving.child.kill("SIGTERM");
  const { code, values } = await serving.ended;
  assert.equal(code, 0);
  assert.equal(values.at(-1).msg, "stopped");
});

test("events are sent as lines, an array or one object, from a file or standard input", async () => {
  dev = await startDev(at.dir);
  const { payments, refunds } = history();
  await writeFile(join(at.dir, "payments.ndjson"), payments);
  await writeFile(
    join(at.dir, "refunds.json"),
    JSON.stringify(
      refunds
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      null,
      2,
    ),
  );
  const [sent] = await good(
    "events",
    "send",
    "payment",
    "payments.ndjson",
    "--import",
    "--latency",
    "5m",
    "--complete",
  );
  assert.deepEqual([sent.accepted, sent.rejectedCount], [1_500, 0]);
  const [array] = await good("events", "send", "refund", "refunds.json", "--import", "--complete");
  assert.equal(array.accepted, refunds.trim().split("\n").length);
  const one = await begin(
    at.dir,
    ["events", "send", "payment", "-"],
    '{\n  "account": "live", "cents": 9,\n  "country": "DE"\n}',
  ).ended;
  assert.equal(one.code, 0, one.stderr);
  assert.match(one.stdout, /^1 accepted$/m);
});

test("a rejected event is told with its place and ends with 1; the others are taken", async () => {
  const bad = await begin(
    at.dir,
    ["events", "send", "payment", "-"],
    '{"account":"x","cents":1,"country":"DE"}\n{"account":"x","cents":"1","country":"DE"}\n',
  ).ended;
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /1 accepted, 1 rejected\n {2}item 2: \/cents: .*\[field\.type\]/);
});

test("tail shows the newest events and then each that comes", async () => {
  assert.deepEqual((await good("events", "tail", "payment", "--once", "--limit", "2")).length, 2);
  const tailing = begin(at.dir, ["events", "tail", "payment", "--limit", "1", "--json"]);
  await tailing.waitFor(/\n/);
  await begin(at.dir, ["events", "send", "payment", "-"], '{"id":"tailed","account":"live","cents":3,"country":"DE"}')
    .ended;
  await tailing.waitFor(/"id":"tailed"/);
  tailing.child.kill("SIGINT");
  const { code, values } = await tailing.ended;
  assert.equal(code, 0);
  assert.equal(values.filter(({ id }) => id === "tailed").length, 1);
});

test("features are read now and at a time", async () => {
  const [now] = await good("features", "spend", "live");
  assert.equal(now.rows[0].values.paid_1d, 12);
  const [past] = await good("features", "spend", "a0", "--at", new Date(Date.now() - 30 * dayMs).toISOString());
  assert.ok(past.rows[0].values.paid_30d > 0);
  const unknown = await call("features", "spent", "a0");
  assert.match(unknown.stderr, /Did you mean "spend"\?/);
});

test("a dataset is built, a model trained with progress, promoted and rolled back", async () => {
  const [dataset] = await good("dataset", "build", "refund_risk");
  assert.ok(dataset.manifest.labelled > 1_000 && dataset.manifest.rows >= dataset.manifest.labelled);
  const trained = await call("train", "refund_risk");
  assert.equal(trained.code, 0, trained.stderr);
  assert.match(trained.stdout, /refund_risk@1.*\n[\s\S]*auc[\s\S]*gate auc ≥ 0\.6: pass[\s\S]*It is live\./);
  assert.match(trained.stderr, /^Training refund_risk: 100 %/m);
  const [second] = await good("train", "refund_risk", "--rows", "1000");
  assert.deepEqual([second.version, second.live], [2, false]);
  assert.equal((await good("models", "promote", "refund_risk", "2"))[0].live, 2);
  assert.equal((await good("models", "rollback", "refund_risk"))[0].live, 1);
  assert.deepEqual(
    (await good("models", "list")).map(({ name, live }) => [name, live]),
    [
      ["refund_risk", 1],
      ["limit_rule", null],
    ],
  );
  assert.deepEqual(
    (await good("models", "show", "refund_risk"))[0].versions.map((version: { version: number }) => version.version),
    [2, 1],
  );
});

test("a prediction is explained, listed, and made again from the past with the same bits", async () => {
  const [answer] = await good("predict", "refund", '{"account":"a0","cents":900,"country":"DE"}', "--explain");
  assert.equal(answer.receipt.model, "refund_risk@1");
  assert.ok("spend.paid_30d" in answer.features.values);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { id } = answer.receipt;
  assert.equal((await good("predictions", "list", "--limit", "1"))[0].id, id);
  const shown = await call("predictions", "show", id, "--replay");
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /the same to the last bit/);
});

test("the socket acts for the tenant that is named, and TCP never does", async () => {
  await good("keys", "create", "--tenant", "other");
  assert.deepEqual(await good("predictions", "list", "--tenant", "other"), []);
  assert.equal((await call("features", "spend", "live", "--tenant", "nobody")).code, 1);
  const { url, key } = dev?.started ?? {};
  const response = await fetch(`${url}/features/spend`, {
    method: "POST",
    body: '{"keys":[{"account":"live"}],"brief":true}',
    headers: { authorization: `Bearer ${key}`, "x-tenon-tenant": "other" },
  });
  const { rows }: { rows: { values: { paid_1d: number } }[] } = JSON.parse(await response.text());
  assert.equal(rows[0]?.values.paid_1d, 12, "the header says nothing over TCP");
});

test("the doctor finds all well, running and stopped, and rebuilds the online store to the same", async () => {
  const running = await good("doctor");
  assert.ok(
    running.every(({ outcome }) => outcome === "ok" || outcome === "warning"),
    JSON.stringify(running),
  );
  const refused = await call("doctor", "--rebuild");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /\[data\.locked\]/);
  const [before] = await good("features", "spend", "a0", "--at", "2030-01-01T00:00:00Z");
  assert.equal(await dev?.stop(), 0);
  dev = undefined;
  const [rebuilt] = await good("doctor", "--rebuild");
  assert.deepEqual([rebuilt.kept, rebuilt.keysAfter], [null, rebuilt.keysBefore]);
  assert.ok(rebuilt.keysAfter > 20);
  const [after] = await good("features", "spend", "a0", "--at", "2030-01-01T00:00:00Z");
  assert.deepEqual(after.rows[0].values, before.rows[0].values);
  assert.equal((await call("doctor")).code, 0);
});

test("the doctor tells a damaged segment, and a configuration that does not compile", async () => {
  await using other = await folder();
  await tenon(other.dir, "init");
  await tenon(other.dir, "keys", "list");
  await writeFile(join(other.dir, ".tenon", "log", "0000000000000001-2026-01-01.db"), "no database");
  await writeFile(join(other.dir, "tenon.config.ts"), "export const app = 1;");
  const { code, values } = await tenon(other.dir, "doctor", "--json");
  assert.equal(code, 1);
  const outcome = (check: string): string => values.find((finding) => finding.check === check).outcome;
  assert.deepEqual([outcome("configuration"), outcome("log"), outcome("positions")], ["failed", "failed", "skipped"]);
});

test("plan ends with 0 for nothing, safe and backfill, and with 1 for what breaks", async () => {
  const file = join(at.dir, "tenon.config.ts");
  const config = await readFile(file, "utf8");
  const planned = async (change: string): Promise<Ended> => {
    await writeFile(file, change);
    return call("plan", "--json");
  };
  const same = await planned(config);
  assert.deepEqual([same.code, same.values[0].changes], [0, []]);
  const wider = await planned(config.replace('"1d", "30d"', '"1d", "7d", "30d"'));
  assert.equal(wider.code, 0);
  assert.ok(wider.values[0].changes.some(({ kind }: { kind: string }) => kind === "backfill"));
  const breaking = await planned(config.replace("country: c.text() });", "country: c.integer() });"));
  assert.equal(breaking.code, 1);
  assert.equal(breaking.values[0].changes[0].kind, "breaking");
  const broken = await planned("export const app = 1;");
  assert.equal(broken.code, 1);
  // What the directory served goes on with a broken configuration: keys can be made and revoked all the same.
  assert.equal((await call("keys", "list")).code, 0);
  await writeFile(file, config);
  await rm(join(at.dir, ".tenon"), { recursive: true });
  const fresh = await call("plan");
  assert.equal(fresh.code, 0);
  assert.match(fresh.stdout, /has served nothing yet/);
});

test("build writes a content-addressed build, the same for the same content", async () => {
  const [first] = await good("build", "--out", "builds");
  const [again] = await good("build", "--out", "builds");
  assert.match(first.build, /^[0-9a-f]{16}$/);
  assert.equal(first.build, again.build);
  assert.equal(first.dir, join(at.dir, "builds", first.build));
});
