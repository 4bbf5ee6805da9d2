import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { begin, type Dev, type Ended, folder, startDev, tenon } from "./command-line.ts";

const config = `import { c, defineApp, embedded, entity, event, table } from "tenon";
const account = entity("account");
const seat = entity("seat", { key: c.integer() });
const login = event("login", { account: c.ref(account) });
const plan = table("plan", { account: c.ref(account), tier: c.oneOf("free", "pro"), seats: c.integer().nullable(), price: c.decimal(2).nullable() });
const owner = table("owner", { number: c.ref(seat), name: c.text() });
export const app = defineApp({ name: "shop", tenancy: "none", stores: { dev: () => embedded() }, use: [login, plan, owner] });
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

/** A key's row at a time, as it is known now or was then. */
async function rowOf(set: string, key: object, o: object = {}): Promise<Record<string, unknown>> {
  const send = async (path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${dev.started.key}`, "content-type": "application/json" };
    const answer = await fetch(`${dev.started.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return JSON.parse(await answer.text());
  };
  const { position } = await send("/events/login?import=true", []);
  const { rows } = await send(`/features/${set}`, { keys: [key], after: position, ...o });
  return rows[0].values;
}

test("a CSV file of history is mapped into a table: each row holds from its time, and bad ones are told with their lines", async () => {
  await put(
    "plans.csv",
    "customer,kind,n,paid,changed,loaded,gone\na1,free,1,1.50,2025-01-01,2025-01-02,\na1,pro,5,9.99,2025-03-01,2025-03-02,\na2,pro,2,,2025-01-01,2025-01-01,\na2,,,,2025-02-01,2025-02-01,true\na3,gold,1,,2025-01-01,2025-01-01,\na4,pro,x,,2025-01-01,2025-01-01,\na5,pro,1,,,2025-01-01,\n",
  );
  const { code, values, stderr } = await call(
    ...["tables", "import", "plan", "plans.csv", "--map", "account=customer,tier=kind,seats=n,price=paid,deleted=gone"],
    ...["--valid-from", "changed", "--received-at", "loaded", "--utc"],
  );
  assert.equal(code, 1, stderr);
  const [{ accepted, rejected, rejects, rows }] = values;
  assert.deepEqual([rows, accepted, rejected, rejects], [7, 4, 3, "plans.csv.rejects.ndjson"]);
  const told = (await readFile(join(at.dir, "plans.csv.rejects.ndjson"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    told.map(({ line, code: why }) => [line, why]),
    [
      [6, "field.type"],
      [7, "field.type"],
      [8, "field.missing"],
    ],
  );
  const a1 = (day: string, o: object = {}) => rowOf("plan", { account: "a1" }, { at: `${day}T12:00:00Z`, ...o });
  assert.deepEqual(await a1("2024-12-31"), { tier: null, seats: null, price: null });
  assert.deepEqual(await a1("2025-02-28"), { tier: "free", seats: 1, price: 1.5 });
  assert.deepEqual(await a1("2025-03-01", { asOf: "corrected" }), { tier: "pro", seats: 5, price: 9.99 });
  assert.equal((await a1("2025-03-01")).tier, "free", "it was loaded a day later");
  assert.equal((await rowOf("plan", { account: "a2" }, { at: "2025-01-31T00:00:00Z" })).tier, "pro");
  assert.equal((await rowOf("plan", { account: "a2" })).tier, null, "taken out");
});

test("a snapshot without times holds from now on; NDJSON and Parquet are read like it", async () => {
  await put("now.csv", "account,tier\nb1,pro\nb2,free\n");
  assert.equal((await call("tables", "import", "plan", "now.csv")).code, 0);
  assert.equal((await rowOf("plan", { account: "b1" })).tier, "pro");
  assert.equal((await rowOf("plan", { account: "b1" }, { at: "2025-06-01T00:00:00Z" })).tier, null);

  const taken = await call("tables", "delete", "plan", "b1", "b2");
  assert.deepEqual([taken.code, taken.values[0]?.accepted], [0, 2], taken.stderr);
  assert.equal((await rowOf("plan", { account: "b1" })).tier, null);

  await put("rows.ndjson", '{"number":7,"name":"ann","validFrom":"2025-01-01T00:00:00Z"}\n{"number":8,"name":"bob"}\n');
  assert.equal((await call("tables", "import", "owner", "rows.ndjson")).code, 0);
  assert.equal((await rowOf("owner", { seat: 7 }, { at: "2025-06-01T00:00:00Z" })).name, "ann");
  assert.equal((await rowOf("owner", { seat: 8 })).name, "bob");

  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  await connection.run(
    `copy (select 'p' || i as account, 'pro' as tier, i as seats, timestamp '2025-01-01' + interval (i) day as since from range(50) t(i)) to '${join(at.dir, "plans.parquet")}' (format parquet)`,
  );
  connection.closeSync();
  const { code, values, stderr } = await call("tables", "import", "plan", "plans.parquet", "--valid-from", "since");
  assert.deepEqual([code, values[0]?.accepted], [0, 50], stderr);
  assert.equal((await rowOf("plan", { account: "p9" }, { at: "2025-01-09T23:00:00Z" })).seats, null);
  assert.equal((await rowOf("plan", { account: "p9" }, { at: "2025-01-10T01:00:00Z" })).seats, 9);
});

test("killed in the middle and begun again it goes on, and every key has its newest row", async () => {
  const rows = 60_000;
  await put(
    "many.csv",
    `account,tier,seats,validFrom\n${Array.from(
      { length: rows },
      (_, i) => `k${i % 100},pro,${i},${new Date(Date.UTC(2025, 0, 1) + i * 1_000).toISOString()}\n`,
    ).join("")}`,
  );
  const going = begin(at.dir, ["tables", "import", "plan", "many.csv"]);
  const begun = async (): Promise<boolean> => {
    const { values } = await call("features", "plan", "k0");
    return values[0]?.rows[0].values.seats !== null;
  };
  while (!(await begun()) && going.child.exitCode === null);
  assert.ok(going.child.kill("SIGKILL"));
  await going.ended;
  const { code, values, stderr } = await call("tables", "import", "plan", "many.csv");
  assert.equal(code, 0, stderr);
  assert.ok(values[0].begunAtRow > 1 && values[0].begunAtRow < rows, `went on at row ${values[0].begunAtRow}`);
  for (const key of [0, 57, 99]) assert.equal((await rowOf("plan", { account: `k${key}` })).seats, rows - 100 + key);
  const middle = new Date(Date.UTC(2025, 0, 1) + 30_050_000).toISOString();
  assert.equal((await rowOf("plan", { account: "k50" }, { at: middle })).seats, 30_050);
});

test("a mistake in the call is told before anything is sent", async () => {
  await put("t.csv", "account,tier\na1,pro\n");
  const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [["plans", "t.csv"], /no table "plans"\. Did you mean "plan"\?/],
    [["login", "t.csv"], /no table "login"/],
    [["plan", "t.csv", "--map", "teir=tier"], /the table has no column "teir"\. Did you mean "tier"\?/],
    [["plan", "t.csv", "--valid-from", "since"], /the file has no column "since"/],
    [["owner", "t.csv"], /"number" has no source: --map number=…; the file has "account", "tier"/],
    [["plan", "t.csv", "--at", "since"], /no option --at/],
  ];
  for (const [words, says] of cases) {
    const { code, stderr } = await call("tables", "import", ...words);
    assert.notEqual(code, 0);
    assert.match(stderr.replaceAll('\\"', '"'), says);
  }
});
