// `tenon verify`: nothing is found where nothing is wrong; a broken aggregate is, and its test tells the two apart.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { shopConfig } from "../start-app.ts";

const tenon = join(import.meta.dirname, "../..");
/** Below the repository, so that a copy finds its packages. */
const scratch = join(tenon, "../../test-output/verify");
const broken = join(scratch, "packages/tenon");
const seed = "11";

/** What is wrong in the copy, and how few events show it. */
const mutants = {
  "an event at the beginning of the window is left out": {
    file: "engine/window/window-sweep.ts",
    from: "time < this.#begin) this.#leaveWindow()",
    to: "time <= this.#begin) this.#leaveWindow()",
    eventsMax: 3,
  },
  "first and last pass over ties": {
    file: "engine/aggregate/first-last.ts",
    from: "const later = time - this.#time || seq - this.#seq;",
    to: "const later = time - this.#time || this.#seq - seq;",
    eventsMax: 3,
  },
} as const;

after(() => rmSync(scratch, { recursive: true, force: true }));

test("an app whose numbers are one is verified", { timeout: 120_000 }, async () => {
  const shop = shopOn(tenon, "good");
  const { code, output } = await run(shop, [commandOf(tenon), "verify", "--histories", "25", "--seed", seed]);
  assert.equal(code, 0, output);
  assert.match(output, /Seed 11/);
  assert.match(output, /25 histories of \d+ events and rows/);
  assert.match(output, /spend +\d{3,} values/);
  assert.match(output, /training set of risk +\d{3,} values/);
});

for (const [what, { file, from, to, eventsMax }] of Object.entries(mutants))
  test(`it is found where ${what}`, { timeout: 300_000 }, async () => {
    rmSync(broken, { recursive: true, force: true });
    mkdirSync(broken, { recursive: true });
    for (const part of ["src", "package.json"]) cpSync(join(tenon, part), join(broken, part), { recursive: true });
    cpSync(join(tenon, "test/cli/tenon.ts"), join(broken, "test/cli/tenon.ts"));
    const source = readFileSync(join(broken, "src", file), "utf8");
    assert.equal(source.split(from).length, 2, `${file} has the place once: ${from}`);
    writeFileSync(join(broken, "src", file), source.replace(from, to));

    const shop = shopOn(broken, "broken");
    const args = ["verify", "--histories", "32", "--seed", seed];
    const { code, output } = await run(shop, [commandOf(broken), ...args]);
    assert.equal(code, 1, output);
    const written = /A failing test of (\d+) events?: (tenon-mismatch-11\.test\.ts)/.exec(output);
    assert.ok(written !== null, output);
    assert.ok(Number(written[1]) <= eventsMax, output);
    const again = await run(shop, ["--test", join(shop, written[2])]);
    assert.notEqual(again.code, 0, "the test fails with what is broken");
    assert.match(again.output, /AssertionError/);
    const good = shopOn(tenon, "good");
    cpSync(join(shop, written[2]), join(good, written[2]));
    const passes = await run(good, ["--test", join(good, written[2])]);
    assert.equal(passes.code, 0, passes.output);
  });

const commandOf = (root: string): string => join(root, "test/cli/tenon.ts");

/** The folder of an app whose packages are the sources of `root`. */
function shopOn(root: string, name: string): string {
  const dir = join(scratch, name);
  const installed = join(dir, "node_modules/tenon");
  mkdirSync(installed, { recursive: true });
  const exports = { ".": "./index.js", "./testing": "./testing.js" };
  writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "tenon", type: "module", exports }));
  writeFileSync(join(installed, "index.js"), `export * from ${JSON.stringify(join(root, "src/index.ts"))};\n`);
  writeFileSync(
    join(installed, "testing.js"),
    `export * from ${JSON.stringify(join(root, "src/testing/index.ts"))};\n`,
  );
  writeFileSync(join(dir, "tenon.config.ts"), shopConfig);
  return dir;
}

function run(cwd: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const { NODE_TEST_CONTEXT: _, TENON_DATA: __, ...env } = process.env;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
    cwd,
    env: { ...env, NO_COLOR: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
