// Compiles the packages and the console where their sources are newer than what was built.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeOptions, root } from "./setup.mjs";

const steps = [
  {
    name: "packages/tenon",
    sources: [
      "packages/tenon/src",
      "packages/tenon/package.json",
      "packages/tenon/tsconfig.build.json",
      "tsconfig.base.json",
    ],
    out: "packages/tenon/dist",
    command: ["node_modules/typescript/bin/tsc", "-p", "packages/tenon/tsconfig.build.json"],
  },
  {
    name: "packages/client",
    sources: ["packages/client/src", "packages/client/package.json", "tsconfig.base.json"],
    out: "packages/client/dist",
    command: ["node_modules/typescript/bin/tsc", "-p", "packages/client/tsconfig.build.json"],
  },
  {
    name: "console",
    sources: ["console/src", "console/index.html", "console/vite.config.ts", "console/package.json"],
    out: "packages/tenon/console",
    command: ["node_modules/vite/bin/vite.js", "build", "console", "--logLevel", "warn"],
  },
];

/** Builds what is out of date. */
export async function build({ quiet = false } = {}) {
  for (const step of steps) {
    if (!existsSync(join(root, step.sources[0])) || isFresh(step)) continue;
    const startedMs = performance.now();
    if (!quiet) process.stdout.write(`Building ${step.name} … `);
    rmSync(join(root, step.out), { recursive: true, force: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, ...step.command], {
      cwd: root,
      encoding: "utf8",
    });
    if (status !== 0) {
      console.error(`\n${stdout}${stderr}`);
      throw new Error(`${step.name} does not build`);
    }
    mkdirSync(join(root, step.out), { recursive: true });
    writeFileSync(join(root, step.out, ".built"), "");
    if (!quiet) console.log(`${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  }
}

function isFresh({ sources, out }) {
  const mark = join(root, out, ".built");
  if (!existsSync(mark)) return false;
  const builtMs = statSync(mark).mtimeMs;
  return sources.every((source) => !existsSync(join(root, source)) || newestMs(join(root, source)) <= builtMs);
}

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), stat.mtimeMs);
}
