// Calls that are made from the description of the app: whatever is sent, nothing but 503 is the server's own failure, and
// what is answered is what the description says.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { shopConfig, startApp, trainTwoVersions } from "../start-app.ts";

/** Made by `.ci/run`; TENON_FUZZ_PYTHON names another that has schemathesis. */
const python = process.env.TENON_FUZZ_PYTHON ?? join(import.meta.dirname, "../../../../.ci/fuzz-venv/bin/python");
const skip = existsSync(python) || process.env.CI === "true" ? false : `${python} is not there: see .ci/run`;
/** Calls of each address in each phase; more by flag. */
const examples = process.env.TENON_FUZZ_EXAMPLES ?? "15";
const seed = process.env.TENON_SEED ?? String(Math.floor(Math.random() * 2 ** 31));

/** Streams never end; MLflow's answers to a ping say that they are JSON, and are a line's end. */
const passedOver = ["/stream", "/scoring/ping", "/scoring/health"];
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

test(`calls made from the description of the app fail as it says, and never by the server's fault (seed ${seed})`, {
  skip,
  timeout: 20 * 60_000,
}, async () => {
  await using app = await startApp(shopConfig);
  await trainTwoVersions(app.running, "default");
  const cwd = await mkdtemp(join(tmpdir(), "tenon-fuzz-"));
  const words = [
    ...["-m", "schemathesis.cli", "run", `${app.url}/openapi.json`, "--no-color"],
    ...["--header", `Authorization: Bearer ${await app.key("default")}`, "--request-timeout", "30"],
    ...["--checks", checks.join(","), "--max-examples", examples, "--seed", seed, "--suppress-health-check", "all"],
    ...passedOver.flatMap((path) => ["--exclude-path", path]),
  ];
  const { code, stdout, stderr } = await ended(words, cwd);
  await rm(cwd, { recursive: true, force: true });
  assert.equal(code, 0, `${stderr}${stdout.slice(-20_000)}`);
  const [, generated = "0"] = /(\d+) generated, \d+ passed/.exec(stdout) ?? [];
  assert.ok(Number(generated) > 1_000, stdout.slice(-2_000));
  assert.equal((await app.call("GET", "/health/ready")).status, 200);
});

function ended(words: readonly string[], cwd: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(python, words, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}
