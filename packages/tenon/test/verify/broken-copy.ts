// A scratch copy of the package with one thing broken on purpose, and apps that run on it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shopConfig } from "../start-app.ts";

/** The package as it is. */
export const tenon = join(import.meta.dirname, "../..");

/** Text of a source file that is replaced. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Below the repository, so that a copy finds its packages. */
export const scratchOf = (name: string): string => join(tenon, "../../test-output", name);

/** A copy in which one place is broken; where it is. */
export function brokenCopy(scratch: string, { file, from, to }: Mutant): string {
  const copy = join(scratch, "packages/tenon");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const part of ["src", "package.json", "test/cli/tenon.ts", "test/verify/predict-in-copy.ts"])
    cpSync(join(tenon, part), join(copy, part), { recursive: true });
  const source = readFileSync(join(copy, "src", file), "utf8");
  assert.equal(source.split(from).length, 2, `${file} has the place once: ${from}`);
  writeFileSync(join(copy, "src", file), source.replace(from, to));
  return copy;
}

export const commandOf = (root: string): string => join(root, "test/cli/tenon.ts");

/** The folder of an app whose packages are the sources of `root`. */
export function shopOn(scratch: string, root: string, name: string, config = shopConfig): string {
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
  writeFileSync(join(dir, "tenon.config.ts"), config);
  return dir;
}

export function run(
  cwd: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
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
