import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { begin, type Dev, type Ended, folder, startDev, tenon } from "./command-line.ts";

const config = `import { c, defineApp, embedded, entity, event, features } from "tenon";
const account = entity("account");
const shop = entity("shop", { key: c.integer() });
const columns = { account: c.ref(account), shop: c.ref(shop).nullable(), cents: c.integer(), price: c.decimal(2).nullable(), note: c.text().nullable(), gift: c.flag().nullable(), due: c.time().nullable() };
const payment = event("payment", columns);
const order = event("order", columns);
const visit = event("visit", { account: c.ref(account), page: c.text() });
const spend = features("spend", account, { n: payment.count().over("lifetime"), cents: payment.sum("cents").over("lifetime"), last: payment.last("note").over("lifetime") });
const orders = features("orders", account, { n: order.count().over("lifetime"), cents: order.sum("cents").over("lifetime") });
const visits = features("visits", account, { n: visit.count().over("lifetime") });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [payment, order, visit, spend, orders, visits] });
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

const call = (...args: string[]): Promise<Ended> => tenon(at.dir, ...args, "--json");
const put = (name: string, text: string): Promise<void> => writeFile(join(at.dir, name), text);
const rejectsIn = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(at.dir, name), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
async function post(path: string, body: unknown): Promise<any> {
  const answer = await fetch(`${dev.started.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${dev.started.key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** Values of a set for a key; the import before is applied. */
async function features(set: string, account: string): Promise<Record<string, unknown>> {
  const { position } = await post("/events/payment?import=true", []);
  const { rows } = await post(`/features/${set}`, { keys: [{ account }], after: position });
  return Object.fromEntries(
    Object.entries(rows[0].values).map(([name, value]) => [name.replace(/_lifetime$/, ""), value]),
  );
}

test("a CSV file is mapped and imported, and its bad rows are told with their lines", async () => {
  await put(
    "pay.csv",
    '\uFEFForder no,who,amount,price,note,created,seen\r\nc1,ann,100,1.50,"said ""hi""\nand left",2025-01-01 10:00:00,2025-01-01 10:05:00\r\nc2,ann,x,,,2025-01-01 11:00:00,\r\nc3,bob,9007199254740993,,,2025-01-01 11:00:00,\r\nc4,bob,5,1.234,,2025-01-02,\r\n,bob,5,,,2025-01-02,\r\nc6,ann,7,,,2025-01-03 10:00:00,\r\n',
  );
  const { code, values, stderr } = await call(
    ...["events", "import", "payment", "pay.csv", "--map", "id=order no,account=who,cents=amount"],
    ...["--at", "created", "--received-at", "seen", "--utc", "--set", "shop=7", "--complete"],
  );
  assert.equal(code, 1, stderr);
  assert.deepEqual(values, [
    {
      rows: 6,
      accepted: 2,
      duplicate: 0,
      conflict: 0,
      rejected: 4,
      rejects: "pay.csv.rejects.ndjson",
      begunAtRow: 1,
      ignoredColumns: [],
    },
  ]);
  const rejects = await rejectsIn("pay.csv.rejects.ndjson");
  assert.deepEqual(
    rejects.map(({ line, code: why }) => [line, why]),
    [
      [4, "field.type"],
      [5, "field.range"],
      [6, "field.range"],
      [7, "field.missing"],
    ],
  );
  assert.match(String(rejects[0]?.message), /^\/cents: expected a whole number; found "x"/);
  assert.equal(rejects[0]?.row, "c2,ann,x,,,2025-01-01 11:00:00,");
  assert.deepEqual(await features("spend", "ann"), { n: 2, cents: 107, last: 'said "hi"\nand left' });
  const tail = await call("events", "tail", "payment", "--once");
  assert.deepEqual(
    tail.values.map(({ id, receivedAt }) => [id, receivedAt]),
    [
      ["c1", "2025-01-01T10:05:00.000Z"],
      ["c6", "2025-01-03T10:00:00.000Z"],
    ],
  );
});

test("NDJSON is imported with times in seconds; digits beyond 2^53 are refused", async () => {
  await put(
    "o.jsonl",
    '{"id":1,"account":"ann","cents":3,"t":1735689600,"extra":1}\n{"account":"ann"\n\n{"account":"ann","cents":9007199254740993,"t":1735689600}\n{"account":"ann","cents":"4","t":1735689601}\n',
  );
  const ended = await call("events", "import", "order", "o.jsonl", "--at", "t", "--time-unit", "s");
  assert.deepEqual(
    ended.values.map(({ accepted, rejected, ignoredColumns }) => ({ accepted, rejected, ignoredColumns })),
    [{ accepted: 2, rejected: 2, ignoredColumns: ["extra"] }],
  );
  assert.deepEqual(
    (await rejectsIn("o.jsonl.rejects.ndjson")).map(({ line, code }) => [line, code]),
    [
      [2, "file.unreadable"],
      [4, "field.range"],
    ],
  );
});

test("Parquet brings its own times, and whole numbers of any width exactly", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`copy (select 'p' || i as account, i::hugeint as n, (i * 100)::bigint as cents, 1.25::decimal(10,2) as price, i % 2 = 0 as gift,
    timestamp '2025-03-01 10:00:00.123456' + interval (i) second as created, timestamptz '2025-03-01 13:00:00+01' as due, 12.0::double as shop
    from range(5) t(i) union all select 'big', 1, 9007199254740993, null, null, timestamp '2025-03-01 00:00:00', null, null)
    to '${join(at.dir, "x.parquet")}' (format parquet)`);
  connection.closeSync();
  const { values, stderr } = await call("events", "import", "order", "x.parquet", "--at", "created");
  assert.deepEqual(
    values.map(({ rows, accepted, rejected, ignoredColumns }) => ({ rows, accepted, rejected, ignoredColumns })),
    [{ rows: 6, accepted: 5, rejected: 1, ignoredColumns: ["n"] }],
    stderr,
  );
  const [reject] = await rejectsIn("x.parquet.rejects.ndjson");
  assert.deepEqual([reject?.line, reject?.code], [6, "field.range"]);
  const tail = await call("events", "tail", "order", "--once", "--limit", "5");
  const newest = tail.values.at(-1);
  assert.equal(newest.at, "2025-03-01T10:00:04.123Z");
  assert.deepEqual(newest.row, {
    account: "p4",
    shop: 12,
    cents: 400,
    price: 1.25,
    note: null,
    gift: true,
    due: "2025-03-01T12:00:00.000Z",
  });
});

test("a file is imported once: again, it says so; restarted, its rows are duplicates", async () => {
  await put("once.csv", "account,page,at\na,x,2025-01-01T00:00:00Z\na,x,2025-01-01T00:00:00Z\n");
  const first = await call("events", "import", "visit", "once.csv");
  assert.equal(first.values[0].accepted, 2, first.stderr);
  const second = await call("events", "import", "visit", "once.csv");
  assert.deepEqual([second.values[0].accepted, second.values[0].begunAtRow], [2, 3]);
  const third = await call("events", "import", "visit", "once.csv", "--restart");
  assert.deepEqual([third.values[0].accepted, third.values[0].duplicate], [0, 2]);
  assert.equal((await features("visits", "a")).n, 2);
});

test("too many rejects stop it; with more allowed it goes on behind them", async () => {
  const rows = Array.from({ length: 2_500 }, (_, i) => `b,${i < 3 ? "" : "x"},2025-01-01T00:00:00Z`);
  await put("bad.csv", `account,page,at\n${rows.join("\n")}\n`);
  const stopped = await call("events", "import", "visit", "bad.csv", "--rejects-max", "2");
  assert.equal(stopped.code, 1);
  assert.match(stopped.stderr, /import\.stopped/);
  const again = await call("events", "import", "visit", "bad.csv", "--rejects-max", "3");
  assert.equal(again.values[0].begunAtRow > 1, true);
  assert.deepEqual([again.values[0].accepted, again.values[0].rejected], [2_497, 3]);
  assert.equal((await rejectsIn("bad.csv.rejects.ndjson")).length, 3);
});

const mistakes: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["visit", "m.csv", "--map", "pge=page"], /no column "pge"\. Did you mean "page"\?/],
  [["visit", "m.csv", "--map", "page=pages"], /the file has no column "pages"/],
  [["visit", "m.csv"], /name their column with --at; the file has "account", "page"/],
  [["visit", "m.csv", "--at", "page", "--latency", "soon"], /--latency takes a span/],
  [["payment", "m.csv", "--at", "page"], /"cents" has no source/],
  [["payment", "m.csv", "--at", "page", "--set", "cents=many"], /expected a whole number/],
  [["vist", "m.csv"], /Did you mean "visit"\?/],
  [["visit", "m.txt"], /tells no format/],
  [["visit", "none.csv"], /cannot be read/],
  [["visit", "m.parquet"], /cannot be read as Parquet/],
];
test("a mistake in the call is told before anything is sent", async () => {
  await put("m.csv", "account,page\na,b\n");
  await put("m.parquet", "account,page\na,b\n");
  for (const [args, says] of mistakes) {
    const { code, stderr } = await call("events", "import", ...args);
    assert.notEqual(code, 0);
    assert.match(stderr.replaceAll('\\"', '"'), says);
  }
  assert.equal(existsSync(join(at.dir, "m.csv.rejects.ndjson")), false);
});

test("a hundred thousand rows stay within bounded memory, and kill -9 in the middle loses and doubles none", async () => {
  const rows = 100_000;
  const file = await open(join(at.dir, "big.csv"), "w");
  const filler = "n".repeat(500);
  await file.write("account,cents,note,at\n");
  for (let from = 0; from < rows; from += 10_000)
    await file.write(
      Array.from({ length: 10_000 }, (_, i) => `k${(from + i) % 7},${from + i},${filler},2025-02-01T00:00:00Z\n`).join(
        "",
      ),
    );
  await file.close();
  let kills = 0;
  for (const share of [10, 55]) {
    const going = begin(at.dir, ["events", "import", "payment", "big.csv"]);
    const statesAt = (): Promise<number> => startedRow(at.dir, rows);
    while ((await statesAt()) < (rows * share) / 100 && going.child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(going.child.kill("SIGKILL"));
    await going.ended;
    kills++;
  }
  const going = begin(at.dir, ["events", "import", "payment", "big.csv", "--json"]);
  let peakKb = 0;
  const watch = setInterval(async () => {
    const status = await readFile(`/proc/${going.child.pid}/status`, "utf8").catch(() => "");
    peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 50);
  const { code, values, stderr } = await going.ended;
  clearInterval(watch);
  assert.equal(code, 0, stderr);
  assert.equal(kills, 2);
  assert.ok(values[0].begunAtRow > rows / 2, `went on at row ${values[0].begunAtRow}`);
  assert.equal(values[0].accepted + values[0].duplicate, rows);
  assert.ok(peakKb < 250_000, `${peakKb} KiB at most`);
  const sums = await Promise.all(Array.from({ length: 7 }, (_, i) => features("spend", `k${i}`)));
  const total = (name: string): number => sums.reduce((sum, row) => sum + Number(row[name]), 0);
  assert.deepEqual([total("n"), total("cents")], [rows, (rows * (rows - 1)) / 2]);
});

/** The row that the import of this many rows has come to. */
async function startedRow(dir: string, rows: number): Promise<number> {
  const { glob } = await import("node:fs/promises");
  let most = 0;
  for await (const file of glob(join(dir, ".tenon/imports/*.json"))) {
    const state = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
    if (state.place?.row <= rows) most = Math.max(most, state.place.row);
  }
  return most;
}
