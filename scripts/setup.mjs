// Runs on Node 20: installs what is missing and hands over to the Node 24 that comes with the dependencies.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(root, "node_modules", ".package-lock.json");
const lock = join(root, "package-lock.json");
const oldestMajor = 20;
const neededMajor = 24;

/** Installs dependencies where they are absent or older than the lock file. */
export function install() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < oldestMajor) {
    console.error(`Tenon needs Node ${oldestMajor} or newer to set itself up; this is ${process.version}.`);
    process.exit(1);
  }
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("Installing dependencies (npm ci) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(
      "npm ci failed: see its message above. It needs the npm registry, and package.json and package-lock.json must agree.",
    );
    process.exit(status ?? 1);
  }
}

/** The Node that runs Tenon: the installed one, or this one where it is new enough. */
export function node24() {
  const local = join(root, "node_modules", ".bin", "node");
  if (existsSync(local) && spawnSync(local, ["--version"]).status === 0) return local;
  if (Number(process.versions.node.split(".")[0]) >= neededMajor) return process.execPath;
  console.error(
    `Tenon runs on Node ${neededMajor}; none came with the dependencies for ${process.platform}-${process.arch}. Install Node ${neededMajor} and run this again.`,
  );
  process.exit(1);
}

export const nodeOptions = ["--disable-warning=ExperimentalWarning"];

/** Runs a script on that Node with this terminal, passes signals on, and ends as it ends. */
export function handOver(script, args) {
  const child = spawn(node24(), [...nodeOptions, join(root, script), ...args], { cwd: root, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}
