import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { begin, type Dev, type Ended, folder, startDev, tenon } from "./command-line.ts";

const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction, pretrained, table } from "tenon";
const account = entity("account");
const shop = entity("shop", { key: c.integer() });
const payment = event("payment", { account: c.ref(account), shop: c.ref(shop), cents: c.integer() });
const seen = event("seen", { account: c.ref(account) });
const plan = table("plan", { account: c.ref(account), seats: c.integer() });
const spend = features("spend", account, { paid: payment.sum("cents").over("lifetime") });
const sold = features("sold", shop, { n: payment.count().over("lifetime") });
const churn = model("churn", { label: label("churned", { of: account.every("7d", { while: plan }), is: payment.count().next("30d").above(0) }), features: [spend], trainer: gradientBoosting({ seed: 1 }) });
const next = model("next", { label: label("paid_next", { of: payment, is: seen.count().next("30d").above(0) }), features: [spend, payment.pick("cents")], trainer: gradientBoosting({ seed: 1 }) });
const rule = pretrained("rule", { input: { name: c.text(), cents: c.integer(), price: c.decimal(2).nullable(), when: c.time().nullable() }, output: { score: c.real() }, code: ({ cents }) => ({ score: cents / 1000 }) });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, seen, plan, spend, sold,
  prediction("churn", { model: churn, fallback: { score: 0.25 }, decide: ({ score }) => ({ offer: score > 0.2 ? "call" : null, model: "m" }) }),
  prediction("next", { model: next, fallback: { score: 0.1 }, record: true }),
  prediction("rule", { model: rule, fallback: { score: 0 }, decide: ({ score }) => ({ high: score > 0.5, why: { limit: 500 } }) })] });
`;

let at: Awaited<ReturnType<typeof folder>>;
let dev: Dev;
before(async () => {
  at = await folder();
  await writeFile(join(at.dir, "tenon.config.ts"), config);
  dev = await startDev(at.dir);
});
after(async () => {
  await dev?.stop();
  await at[Symbol.asyncDispose]();
});

const score = (...args: string[]): Promise<Ended> => tenon(at.dir, "score", ...args, "--json");
const put = (name: string, text: string): Promise<void> => writeFile(join(at.dir, name), text);
const text = (name: string): Promise<string> => readFile(join(at.dir, name), "utf8");
// biome-ignore lint/suspicious/noExplicitAny: rows of every shape
const lines = async (name: string): Promise<any[]> =>
  (await text(name))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
async function call(method: string, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(`${dev.started.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${dev.started.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

const csv = 'who,cents,price,when\nann,100,1.50,2026-01-01\n"bo,b",600,,\ncarl,x,,\n"d""d\nd",700,2.25,\n';
const csvCall = ["rule", "--for", "rows.csv", "--map", "name=who", "--utc"];

test("a CSV file is scored into a CSV file; a row that does not fit is reported and stops nothing", async () => {
  await put("rows.csv", csv);
  const { code, values, stderr } = await score(...csvCall, "--to", "out.csv");
  assert.equal(code, 1, stderr);
  const [{ seconds, ...told }] = values;
  assert.ok(seconds > 0);
  assert.deepEqual(told, {
    rows: 4,
    scored: 3,
    degraded: 0,
    refused: 1,
    models: { rule: 3 },
    reasons: {},
    rejects: "out.csv.rejects.ndjson",
    to: "out.csv",
    begunAtRow: 1,
  });
  const out = await text("out.csv");
  const time = "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z";
  const end = `rule,${time},[0-9a-f-]{36},`;
  const row = (start: string): string => `${start},${end}\n`;
  const pattern = [
    "name,cents,price,when,score,high,why,model,predicted_at,prediction_id,degraded\n",
    row('ann,100,1\\.5,2026-01-01T00:00:00\\.000Z,0\\.1,false,"{""limit"":500}"'),
    row('"bo,b",600,,,0\\.6,true,"{""limit"":500}"'),
    row('"d""d\nd",700,2\\.25,,0\\.7,true,"{""limit"":500}"'),
  ].join("");
  assert.match(out, new RegExp(`^${pattern}$`));
  const [reject] = await lines("out.csv.rejects.ndjson");
  assert.deepEqual([reject.line, reject.code, reject.row], [4, "field.type", "carl,x,,"]);
  assert.deepEqual(readdirSync(join(at.dir, ".tenon/scores")), []);
});

test("Parquet has the types of the columns", async () => {
  await put("rows.csv", csv);
  await score(...csvCall, "--to", "out.parquet");
  const connection = await (await DuckDBInstance.create()).connect();
  const described = await connection.runAndReadAll(`describe select * from '${join(at.dir, "out.parquet")}'`);
  assert.deepEqual(
    described.getRows().map(([name, type]) => [name, type]),
    [
      ["name", "VARCHAR"],
      ["cents", "BIGINT"],
      ["price", "DOUBLE"],
      ["when", "TIMESTAMP WITH TIME ZONE"],
      ["score", "DOUBLE"],
      ["high", "BOOLEAN"],
      ["why", "VARCHAR"],
      ["model", "VARCHAR"],
      ["predicted_at", "TIMESTAMP WITH TIME ZONE"],
      ["prediction_id", "VARCHAR"],
      ["degraded", "VARCHAR"],
    ],
  );
  const read = await connection.runAndReadAll(
    `select name, cents, price, epoch_ms("when"), score, high, degraded is null, abs(epoch_ms(predicted_at) - ${Date.now()}) < 600000 from '${join(at.dir, "out.parquet")}'`,
  );
  assert.deepEqual(read.getRows(), [
    ["ann", 100n, 1.5, BigInt(Date.parse("2026-01-01")), 0.1, false, true, true],
    ["bo,b", 600n, null, null, 0.6, true, true, true],
    ['d"d\nd', 700n, 2.25, null, 0.7, true, true, true],
  ]);
  connection.closeSync();
});

test("every key of the entity that its table has is scored, with what it was scored by", async () => {
  const payments = Array.from({ length: 2_500 }, (_, i) => ({ id: `p${i}`, account: `a${i}`, shop: i % 7, cents: i }));
  await call("POST", "/events/payment", payments);
  await call(
    "PUT",
    "/tables/plan",
    payments.slice(0, 2_400).map(({ account }) => ({ account, seats: 1 })),
  );
  const { position } = await call("DELETE", "/tables/plan", { keys: [{ account: "a7" }] });
  await call("POST", "/features/spend", { keys: [], after: position });
  const { code, values, stderr } = await score(
    "churn",
    "--for",
    "entity",
    "--to",
    "churn.ndjson",
    "--explain",
    "features",
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    [values[0].scored, values[0].degraded, values[0].reasons],
    [2_399, 2_399, { "no live version": 2_399 }],
  );
  const rows = await lines("churn.ndjson");
  const accounts = rows.map(({ account }) => account);
  assert.equal(new Set(accounts).size, 2_399);
  assert.ok(!accounts.includes("a7") && !accounts.includes("a2400") && accounts.includes("a2399"));
  const { predicted_at, prediction_id, ...row } = rows.find(({ account }) => account === "a42");
  assert.deepEqual(row, {
    account: "a42",
    score: 0.25,
    offer: "call",
    output_model: "m",
    model: "churn",
    degraded: ["no live version"],
    features: { "spend.paid_lifetime": 42 },
  });
  const logged = await call("GET", `/predictions/${prediction_id}`);
  assert.deepEqual([logged.at, logged.input.account], [predicted_at, "a42"]);
});

test("an entity's keys fill one column of a row, and whole numbers stay whole", async () => {
  const { code, values, stderr } = await score(
    ...["next", "--for", "entity:shop", "--set", "account=a1,cents=5", "--to", "next.ndjson"],
  );
  assert.equal(code, 0, stderr);
  assert.equal(values[0].scored, 7);
  const rows = await lines("next.ndjson");
  assert.deepEqual(rows.map(({ shop }) => shop).sort(), [0, 1, 2, 3, 4, 5, 6]);
  // Inputs are recorded, each once, by ids that were made for them.
  const ids = rows.map(({ id }) => id);
  assert.equal(new Set(ids).size, 7);
  const tail = await tenon(at.dir, "events", "tail", "payment", "--once", "--json");
  assert.deepEqual(ids.filter((id) => tail.values.some((event) => event.id === id)).length, 7);
});

test("lines of standard input are scored, and the report names what is wrong with one", async () => {
  const input = '{"name":"a","cents":1}\n{"name":"b"}\n\nno json\n{"name":"c","cents":3,"more":1}\n';
  const { code, values } = await begin(at.dir, ["score", "rule", "--for", "-", "--to", "in.ndjson", "--json"], input)
    .ended;
  assert.equal(code, 1);
  assert.deepEqual([values[0].scored, values[0].refused], [2, 2]);
  assert.deepEqual(
    (await lines("in.ndjson.rejects.ndjson")).map(({ line, code: why }) => [line, why]),
    [
      [2, "field.missing"],
      [4, "file.unreadable"],
    ],
  );
});

test("nothing is written where nothing was scored", async () => {
  await put("old.csv", "as it was");
  await put("none.csv", "name,cents\nann,x\n");
  const { code, stderr } = await score("rule", "--for", "none.csv", "--to", "old.csv");
  assert.equal(code, 1);
  assert.match(stderr, /score\.empty/);
  assert.equal(await text("old.csv"), "as it was");
  assert.deepEqual(readdirSync(join(at.dir, ".tenon/scores")), []);
});

test("what cannot be is told before anything is scored", async () => {
  await put("rows.csv", csv);
  const mistakes: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["rule", "--to", "a.csv"], 2, /--for is missing/],
    [["rule", "--for", "rows.csv"], 2, /--to is missing/],
    [["rule", "--for", "rows.csv", "--to", "a.xlsx"], 2, /no \.parquet, \.csv/],
    [["rule", "--for", "rows.csv", "--to", "postgres://u:pass@h/d"], 2, /names the table alone/],
    [["rule", "--for", "rows.csv", "--to", "postgres:t", "--url-from-env", "NO_SUCH_URL"], 1, /NO_SUCH_URL is not set/],
    [["rule", "--for", "rows.csv", "--to", "https://x.test/s"], 2, /--secret-from-env/],
    [["rule", "--for", "rows.csv", "--to", "http://x.test/s", "--secret-from-env", "A"], 2, /takes https/],
    [["rule", "--for", "rows.csv", "--to", "nowhere/a.csv"], 2, /cannot be written/],
    [["rule", "--for", "rows.csv", "--to", "a.csv"], 2, /name.{1,2} has no source/],
    [["rule", "--for", "-", "--format", "csv", "--to", "a.csv"], 2, /--format is of a file/],
    [["rule", "--for", "entity", "--to", "a.csv"], 2, /not made for an entity/],
    [["next", "--for", "entity:acount", "--to", "a.csv"], 1, /Did you mean .{1,2}account/],
    [["rul", "--for", "rows.csv", "--to", "a.csv"], 1, /Did you mean .{1,2}rule/],
    [["rule", "--for", "rows.csv", "--to", "a.csv", "--explain", "all"], 2, /--explain takes features/],
  ];
  for (const [args, expected, pattern] of mistakes) {
    const { code, stderr } = await score(...args);
    assert.match(stderr, pattern);
    assert.equal(code, expected, args.join(" "));
    assert.ok(!stderr.includes("pass@"), "no secret is told");
  }
  assert.ok(!existsSync(join(at.dir, "a.csv")));
});

test("a webhook takes signed parts, each with its key, and is asked again when it is busy", async () => {
  const rows = Array.from({ length: 1_500 }, (_, i) => ({ name: `n${i}`, cents: i }));
  await put("many.ndjson", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const taken: { key: string; firstRow: number; names: string[] }[] = [];
  const answers = [503, 200, 429, 500, 200];
  const waits: number[] = [];
  let refusedMs = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const [, time, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers["tenon-signature"])) ?? [];
      assert.equal(given, createHmac("sha256", "whsec").update(`${time}.${body}`).digest("hex"));
      assert.ok(Math.abs(Date.now() - Number(time) * 1_000) < 60_000);
      if (refusedMs > 0) waits.push(performance.now() - refusedMs);
      const status = answers.shift() ?? 500;
      refusedMs = status === 200 ? 0 : performance.now();
      const { firstRow, rows: part } = JSON.parse(body);
      if (status === 200)
        taken.push({
          key: String(request.headers["idempotency-key"]),
          firstRow,
          names: part.map(({ name }: { name: string }) => name),
        });
      response.writeHead(status, status === 503 ? { "retry-after": "2" } : {}).end();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  process.env.SCORES_SECRET = "whsec";
  const ended = await score(
    ...[
      "rule",
      "--for",
      "many.ndjson",
      "--to",
      `http://127.0.0.1:${port}/scores`,
      "--secret-from-env",
      "SCORES_SECRET",
    ],
  );
  server.close();
  assert.equal(ended.code, 0, ended.stderr);
  assert.ok(!`${ended.stdout}${ended.stderr}`.includes("whsec"));
  assert.deepEqual(
    taken.flatMap(({ names }) => names),
    rows.map(({ name }) => name),
  );
  assert.deepEqual(
    taken.map(({ firstRow }) => firstRow),
    [1, 1_001],
  );
  assert.deepEqual(
    taken.map(({ key }) => key.split("-")[1]),
    ["1", "1001"],
  );
  assert.equal(answers.length, 0);
  assert.ok(waits[0]! >= 1_990, `Retry-After was honoured: ${waits[0]} ms`);
});

test("a rate bounds the rows a second", async () => {
  const rows = Array.from({ length: 1_000 }, (_, i) => ({ name: `n${i}`, cents: i }));
  await put("paced.ndjson", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { code, values } = await score("rule", "--for", "paced.ndjson", "--to", "paced.csv", "--rate", "400");
  assert.equal(code, 0);
  // The first call is made at once: four more wait for half a second each.
  assert.ok(values[0].seconds >= 2, `${values[0].seconds} s`);
});
