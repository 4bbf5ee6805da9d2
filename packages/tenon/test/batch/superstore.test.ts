import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { begin } from "../cli/command-line.ts";

const example = join(import.meta.dirname, "../../../../examples/acme/superstore");

/** What the orders before a time say of a customer, without SQL. */
function worthOf(lines: readonly string[], name: string, asOf: string) {
  const own = lines
    .map((line) => line.split(","))
    .filter(([, customer, , , ordered]) => customer === name && ordered! < asOf);
  const spent = own.reduce((sum, [, , , , , sales]) => sum + Number(sales), 0);
  const first = own.map(([, , , , ordered]) => ordered!).sort()[0]!;
  const monthsOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  const best = own.toSorted((a, b) => Number(b[5]) - Number(a[5]))[0]!;
  return { spent, yearly: (spent / Math.max(1, monthsOf(asOf) - monthsOf(first))) * 12, favourite: best[3] };
}

test("customer lifetime value is computed for every month of the past, and two models learn from it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tenon-superstore-"));
  for (const file of ["tenon.config.ts", "orders.csv"]) await copyFile(join(example, file), join(dir, file));
  const server = begin(dir, ["dev", "--port", "0"]);
  try {
    await server.waitFor(/Ctrl-C stops/);
    const run = async (...args: string[]) => {
      const { code, values, stderr } = await begin(dir, [...args, "--json"]).ended;
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      return values;
    };
    const mapping = ["--map", "id=line", "--at", "ordered", "--utc", "--complete-from", "2014-01-01T00:00:00Z"];
    const [imported] = await run("events", "import", "order", "orders.csv", ...mapping);
    assert.equal(imported.accepted, 9_994);
    const span = ["--from", "2014-02-01T00:00:00Z", "--until", "2018-01-01T00:00:00Z"];
    const [filled] = await run("batches", "backfill", "customer_value", ...span);
    assert.deepEqual([filled.state, filled.times], ["published", 48]);
    const lines = (await readFile(join(dir, "orders.csv"), "utf8")).trim().split("\n").slice(1);
    for (const [customer, month] of [
      ["CG-12520", "2016-12-01"],
      ["DV-13045", "2017-01-01"],
      ["CG-12520", "2018-01-01"],
    ] as const) {
      const at = `${month}T00:00:00Z`;
      const [read] = await run("features", "customer_value", customer, "--at", at);
      const { values } = read.rows?.[0] ?? read;
      const expected = worthOf(lines, customer, month);
      for (const name of ["spent", "yearly"] as const)
        assert.ok(Math.abs(values[name] - expected[name]) < 1e-6, `${customer} ${month} ${name}: ${values[name]}`);
      assert.equal(values.favourite, expected.favourite);
    }
    for (const model of ["orders_again", "next_sales"]) {
      const [version] = await run("train", model);
      assert.ok(version.trainedRows > 5_000);
    }
  } finally {
    server.child.kill("SIGTERM");
    await server.ended;
    await rm(dir, { recursive: true, force: true });
  }
});
