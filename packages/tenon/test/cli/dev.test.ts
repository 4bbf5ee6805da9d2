import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { begin, folder, startDev, tenon } from "./command-line.ts";

const hasCurl = (() => {
  try {
    execFileSync("curl", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

const edit = async (dir: string, change: (config: string) => string): Promise<void> => {
  const file = join(dir, "tenon.config.ts");
  await writeFile(file, change(await readFile(file, "utf8")));
};

test("init, then dev, answers the printed curl with zero events", {
  skip: hasCurl ? false : "curl is not installed",
}, async () => {
  await using at = await folder();
  const init = await tenon(at.dir, "init");
  assert.equal(init.code, 0, init.stderr);
  assert.match(init.stdout, /Next:\n {2}npm install\n {2}npx tenon dev/);
  const dev = begin(at.dir, ["dev", "--port", "0"]);
  const [, curl = ""] = await dev.waitFor(/Predict {2}(curl .*)\n/);
  const { stdout } = await promisify(execFile)("sh", ["-c", curl]);
  const answer: { ok: boolean; receipt: { variant: string } } = JSON.parse(stdout);
  assert.deepEqual([answer.ok, answer.receipt.variant], [true, "live"]);
  assert.match(dev.output(), /Console {2}http:\/\/127\.0\.0\.1:\d+\/console\/\?token=/);
  dev.child.kill("SIGINT");
  assert.equal((await dev.ended).code, 0);
});

test("a second dev on the directory is refused, while commands reach the first one", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  const dev = await startDev(at.dir);
  const second = await tenon(at.dir, "dev", "--port", "0");
  assert.equal(second.code, 1);
  assert.match(second.stderr, /\[data\.locked\]\n {2}→ /);
  const keys = await tenon(at.dir, "keys", "list", "--json");
  assert.equal(keys.code, 0, keys.stderr);
  assert.deepEqual(
    keys.values.map(({ note, tenant }) => [note, tenant]),
    [["development", "default"]],
  );
  const [{ address }] = (await tenon(at.dir, "console", "--json")).values;
  const opened = await fetch(address, { redirect: "manual" });
  assert.match(opened.headers.get("set-cookie") ?? "", /^tenon_console=/);
  assert.equal((await fetch(address, { redirect: "manual" })).headers.get("set-cookie"), null, "an address opens once");
  assert.equal(await dev.stop(), 0);
});

test("a saved feature appears, a broken configuration leaves the old build answering, and both are told", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  const dev = await startDev(at.dir);
  const { url, key } = dev.started;
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    });
  const columns = async (): Promise<string[]> => {
    const response = await post("/features/spend", { keys: [{ account: "a" }] });
    const { rows }: { rows: { values: object }[] } = JSON.parse(await response.text());
    return Object.keys(rows[0]?.values ?? {});
  };
  assert.ok(!(await columns()).includes("paid_7d"));

  await edit(at.dir, (config) => config.replace('"1d", "30d"', '"1d", "7d", "30d"'));
  const [reloaded] = await dev.waitFor(/^\{"kind":"reloaded".*\}$/m);
  assert.match(reloaded, /"kind":"backfill","definition":"features spend","what":"column \\"paid_7d\\" is added"/);
  assert.ok((await columns()).includes("paid_7d"));

  await edit(at.dir, (config) =>
    config
      .replace('features("spend", account', 'features("sp end", account')
      .replace("refund.follows", "payment.follows"),
  );
  const [refused] = await dev.waitFor(/^\{"kind":"refused".*\}$/m);
  assert.match(refused, /define\.name/);
  assert.ok((await columns()).includes("paid_7d"), "the build before the mistake answers");

  await edit(at.dir, (config) =>
    config.replace('features("sp end"', 'features("spend"').replace("payment.follows", "refund.follows"),
  );
  await dev.waitFor(/"kind":"refused"[\s\S]*"kind":"reloaded"/);
  assert.equal(await dev.stop(), 0);
});

test("features that are saved before anything was logged are whole once their history is imported", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  const dev = await startDev(at.dir);
  await edit(at.dir, (config) => config.replace("payments: payment.count()", `fresh: payment.max("cents")`));
  await dev.waitFor(/fresh_1h.{1,4}is added/);
  await writeFile(
    join(at.dir, "old.ndjson"),
    '{"id":"p1","at":"2025-01-01T00:00:00Z","account":"a1","cents":5,"country":"DE"}\n',
  );
  const sent = await tenon(at.dir, "events", "send", "payment", "old.ndjson", "--import", "--complete", "--json");
  assert.equal(sent.code, 0, sent.stderr);
  const [{ position }] = sent.values;
  const response = await fetch(`${dev.started.url}/features/spend`, {
    method: "POST",
    body: JSON.stringify({ keys: [{ account: "a1" }], after: position }),
    headers: { authorization: `Bearer ${dev.started.key}`, "content-type": "application/json" },
  });
  const { rows }: { rows: { statuses: Record<string, string> }[] } = JSON.parse(await response.text());
  assert.deepEqual(rows[0]?.statuses, { paid_1d: "present", paid_30d: "present", fresh_1h: "null" });
  assert.equal(await dev.stop(), 0);
});

test("a new file that the configuration imports is followed too", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  await writeFile(join(at.dir, "limits.ts"), "export const limitCents = 50_000;\n");
  await edit(
    at.dir,
    (config) => `import { limitCents } from "./limits.ts";\n${config.replace("cents < 50_000", "cents < limitCents")}`,
  );
  const dev = await startDev(at.dir);
  const answer = async (): Promise<unknown> =>
    (await tenon(at.dir, "predict", "limit", '{"cents":700}', "--json")).values[0].ok;
  assert.equal(await answer(), true);
  await writeFile(join(at.dir, "limits.ts"), "export const limitCents = 500;\n");
  await dev.waitFor(/"kind":"reloaded".*model limit_rule/);
  assert.equal(await answer(), false);
  assert.equal(await dev.stop(), 0);
});

test("an impure function is refused at the start, and on a save", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  const impure = (config: string): string => config.replace("cents < 50_000", "cents < Date.now() % 2_000");
  const dev = await startDev(at.dir);
  await edit(at.dir, impure);
  await dev.waitFor(/"kind":"refused".*define\.impure/);
  assert.equal(await dev.stop(), 0);
  const again = await tenon(at.dir, "dev", "--port", "0");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /1 mistake.*\[config\.invalid\]\n {2}model limit_rule: .*\[define\.impure\]/);
  const build = await tenon(at.dir, "build");
  assert.equal(build.code, 1);
});

test("a taken port is said to be, with the way out", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await tenon(at.dir, "dev", "--port", String(port));
  other.close();
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`port ${port} is in use .*\\[port\\.taken\\]\n {2}→ .*--port`));
});

test("Ctrl-C ends a dev with an open stream within 10 s, with 0, and what was acknowledged stays", async () => {
  await using at = await folder();
  await tenon(at.dir, "init");
  const dev = await startDev(at.dir);
  const { url, key } = dev.started;
  const stream = await fetch(`${url}/stream`, { headers: { authorization: `Bearer ${key}` } });
  await stream.body?.getReader().read();
  const sent = begin(
    at.dir,
    ["events", "send", "payment", "-"],
    '{"id":"p1","account":"a1","cents":5,"country":"DE"}\n',
  );
  assert.equal((await sent.ended).code, 0);
  const startedMs = performance.now();
  assert.equal(await dev.stop(), 0);
  assert.ok(performance.now() - startedMs < 10_000);
  const read = await tenon(at.dir, "features", "spend", "a1", "--json");
  assert.equal(read.values[0].rows[0].values.paid_30d, 5);
});

test("without a configuration dev says what to do", async () => {
  await using at = await folder();
  const { code, stderr } = await tenon(at.dir, "dev");
  assert.equal(code, 1);
  assert.match(stderr, /no tenon\.config\.ts in .*\[config\.missing\]\n {2}→ .*tenon init/);
});
