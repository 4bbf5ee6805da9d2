import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { typeCheck } from "../types/compiler.ts";
import { folder, tenon } from "./command-line.ts";

test("init writes an app of four files that compiles in TypeScript", async () => {
  await using at = await folder();
  const { code, values } = await tenon(at.dir, "init", "My Shop", "--json");
  assert.equal(code, 0);
  assert.deepEqual(values[0].next, ["cd My Shop", "npm install", "npx tenon dev"]);
  const dir = join(at.dir, "My Shop");
  assert.deepEqual((await readdir(dir)).toSorted(), [".gitignore", "package.json", "tenon.config.ts", "tsconfig.json"]);
  const manifest: { name: string; dependencies: object } = JSON.parse(
    await readFile(join(dir, "package.json"), "utf8"),
  );
  assert.equal(manifest.name, "my-shop");
  assert.ok("tenon" in manifest.dependencies);
  const config = await readFile(join(dir, "tenon.config.ts"), "utf8");
  assert.match(config, /name: "my_shop"/);
  assert.deepEqual(typeCheck(new Map([["starter", config]])).sentences.get("starter"), []);
});

test("init overwrites nothing: a configuration stops it, other files stay as they are", async () => {
  await using at = await folder();
  await writeFile(join(at.dir, "package.json"), '{"name":"mine"}');
  const first = await tenon(at.dir, "init");
  assert.equal(first.code, 0);
  assert.match(first.stdout, /Left as they were: package\.json\n\nNext:\n {2}npm install tenon/);
  assert.equal(await readFile(join(at.dir, "package.json"), "utf8"), '{"name":"mine"}');
  await writeFile(join(at.dir, "tenon.config.ts"), "// mine");
  const second = await tenon(at.dir, "init");
  assert.equal(second.code, 2);
  assert.match(second.stderr, /has a tenon\.config\.ts already/);
  assert.equal(await readFile(join(at.dir, "tenon.config.ts"), "utf8"), "// mine");
});
