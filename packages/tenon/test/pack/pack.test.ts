import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const startMs = 90_000;

/** A machine with Node 24 and npm, and nothing of this repository. */
const env = {
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  npm_config_ignore_scripts: "true",
  npm_config_fund: "false",
  npm_config_audit: "false",
};

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 180_000 });
  assert.equal(status, 0, `${command} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

test("the published package works in an empty folder: init, then dev answers a prediction, without a warning", {
  timeout: 600_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), "tenon-pack-"));
  const packed = run("npm", ["pack", "--silent", "--pack-destination", dir], join(root, "packages/tenon")).trim();
  const files = run("tar", ["-tzf", join(dir, packed)], dir).split("\n");
  assert.ok(
    files.includes("package/dist/index.js") &&
      files.includes("package/dist/index.d.ts") &&
      files.includes("package/console/index.html") &&
      files.includes("package/python/tenon_model/__main__.py"),
  );
  assert.ok(
    !files.some((file) => file.includes(".test.") || file.includes("__pycache__") || file.startsWith("package/src/")),
    "sources and tests stay at home",
  );
  run("npm", ["init", "-y"], dir);
  run("npm", ["install", "--silent", join(dir, packed)], dir);
  run("npx", ["tenon", "init"], dir);
  assert.match(readFileSync(join(dir, "tenon.config.ts"), "utf8"), /defineApp/);
  const dev = spawn("npx", ["tenon", "dev", "--port", "0"], {
    cwd: dir,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    let text = "";
    let complaints = "";
    dev.stdout.on("data", (chunk) => {
      text += chunk;
    });
    dev.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    for (
      const endMs = Date.now() + startMs;
      !/curl/.test(text) || !/tn_/.test(text);
      await new Promise((resolve) => setTimeout(resolve, 100))
    ) {
      assert.ok(Date.now() < endMs && dev.exitCode === null, `tenon dev said: ${text}${complaints}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const curl = /curl[\s\S]*?(?=\n\s*\n|$)/.exec(text)?.[0].replaceAll("\\\n", " ") ?? "";
    const answer = JSON.parse(run("bash", ["-c", curl], dir));
    assert.ok(answer.receipt.id, JSON.stringify(answer));
    assert.doesNotMatch(complaints, /ExperimentalWarning/);
  } finally {
    const gone = new Promise((resolve) => dev.once("exit", resolve));
    process.kill(-(dev.pid ?? 0), "SIGINT");
    await gone;
    rmSync(dir, { recursive: true, force: true });
  }
});
