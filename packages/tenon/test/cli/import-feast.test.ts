import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { checkedBuild } from "../../src/run/checked-build.ts";
import { typeCheck } from "../types/compiler.ts";
import { folder, startDev, tenon } from "./command-line.ts";

const registry = join(import.meta.dirname, "../compat/feast-registry.json");

test("a dumped Feast registry becomes a configuration that type-checks and compiles, with a list of what is not in it", async () => {
  await using at = await folder();
  const { code, stderr, values } = await tenon(at.dir, "import", "feast", registry, "--out", "shop", "--json");
  assert.equal(code, 0, stderr);
  const file = join(at.dir, "shop/tenon.config.ts");
  assert.deepEqual(values[0].carried, { entities: 2, tables: 2 });
  assert.deepEqual(
    values[0].left.map((line: string) => line.split(":").slice(0, -1).join(":")),
    [
      'feature view "pair_stats"',
      'feature "user_stats:tags" of type STRING_LIST',
      'push source "user_push"',
      'feature service "fs_user" (user_stats, merchant_stats)',
      'on-demand feature view "ratio"',
    ],
  );
  assert.match(
    values[0].history[1],
    /^store\.write_to_online_store\("user_stats", pd\.read_parquet\(".*data\/users\.parquet"\)\)$/,
  );
  const text = await readFile(file, "utf8");
  assert.deepEqual([...typeCheck(new Map([["carried", text]])).sentences.values()].flat(), []);
  const { build } = await checkedBuild({ configFile: file, outDir: join(at.dir, "builds") });
  assert.deepEqual(
    build.plan.featureSets.map(({ name, entity, keyType, owner, columns }) => [
      ...[name, entity, keyType, owner],
      columns.map((column) => column.name).join(" "),
    ]),
    [
      ["merchant_stats", "merchant_id", "text", undefined, "rating"],
      ["user_stats", "user_id", "integer", "ann", "orders spend plan active seen_at"],
    ],
  );
});

test("nothing is overwritten, and what is no registry is told", async () => {
  await using at = await folder();
  await writeFile(join(at.dir, "tenon.config.ts"), "mine");
  const there = await tenon(at.dir, "import", "feast", registry);
  assert.equal(there.code, 2);
  assert.match(there.stderr, /is there already, and nothing is overwritten/);
  await writeFile(join(at.dir, "no.json"), '{"a":1}');
  assert.match((await tenon(at.dir, "import", "feast", "no.json", "--out", "x")).stderr, /is no registry/);
  const missing = await tenon(at.dir, "import", "feast", ".", "--feast", "no-such-feast", "--out", "x");
  assert.match(missing.stderr, /no-such-feast does not dump the registry/);
});

test("dev answers Feast's client on a port of loopback by what was imported", async () => {
  await using at = await folder();
  await tenon(at.dir, "import", "feast", registry);
  const dev = await startDev(at.dir, "--feast", "0");
  const ask = async (path: string, body: object) =>
    fetch(`${dev.started.feastUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
  const df = { user_id: [1], orders: [5], event_timestamp: [new Date().toISOString()] };
  assert.equal((await ask("/write-to-online-store", { feature_view_name: "user_stats", df })).status, 200);
  const answer = await ask("/get-online-features", { features: ["user_stats:orders"], entities: { user_id: [1, 2] } });
  const { results }: { results: { values: unknown[] }[] } = JSON.parse(await answer.text());
  assert.deepEqual(results[1]?.values, [5, null]);
  assert.equal(await dev.stop(), 0);
});
