import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startOipApp } from "./oip-app.ts";

/** Made by `.ci/run`; TENON_OIP_PYTHON names another that has tritonclient and kserve. */
const python = process.env.TENON_OIP_PYTHON ?? join(import.meta.dirname, "../../../../.ci/oip-venv/bin/python");

test("tritonclient and kserve ask without a change, in every form that they have", {
  skip: existsSync(python) || process.env.CI === "true" ? false : `${python} is not there: see .ci/run`,
  timeout: 120_000,
}, async () => {
  await using oip = await startOipApp();
  const script = join(import.meta.dirname, "oip-client.py");
  const { stdout } = await promisify(execFile)(python, [script, new URL(oip.rootUrl).host, oip.key]);
  const seen = JSON.parse(stdout.slice(stdout.indexOf("RESULT ") + 7));

  assert.deepEqual([seen.live, seen.notReady, seen.basic], [[true, true, true], false, true]);
  assert.equal(seen.server.name, "tenon");
  assert.deepEqual(seen.model.versions, ["1", "2"]);
  assert.deepEqual(seen.config, { name: "cents", data_type: "TYPE_INT64", dims: [-1], optional: false });
  assert.equal(seen.index.length, 5);

  // 0, 0.25 … 74.75; 0 … 299; every second one is true.
  const sums = { real: 11_212.5, whole: 44_850, yes: 150, late: 300 };
  const expected = { ...sums, word: ["wörd 0", "wörd 299"], dtypes: ["float64", "bool"] };
  for (const form of ["binary", "json", "mixed", "gzip", "deflate"]) assert.deepEqual(seen[form], expected, form);
  assert.deepEqual(
    seen.async,
    Array.from({ length: 8 }, (_, i) => `r${i}`),
  );
  assert.equal(seen.asyncSame, true);
  assert.deepEqual(seen.aio, [6, true, 11_212.5]);
  assert.deepEqual(seen.matrix, [6, 4]);
  assert.deepEqual(seen.stats, [13 * 300, 13]);

  const { scores, ...risk } = seen.risk;
  assert.deepEqual(risk, { verdicts: ["approve", "block"], version: "2", id: "seven", predictions: 2 });
  assert.ok(scores[0] < 0.5 && scores[1] > 0.5);

  const { errors } = seen;
  const statuses = {
    model: "404",
    keyless: "401",
    input: "422",
    output: "400",
    load: "409",
    unload: "409",
    trace: "404",
  };
  for (const [what, status] of Object.entries(statuses)) {
    assert.equal(errors[what]?.[0], status, what);
    assert.doesNotMatch(errors[what][1], /an exception occurred in the client/, what);
  }
  assert.match(errors.input[1], /\/1\/cents: "cents" is missing/);

  const { kserve } = seen;
  assert.deepEqual(
    [kserve.live, kserve.v1, kserve.prefix, kserve.prefixed],
    [
      [true, true, true],
      [true, true],
      [true, true],
      [true, true],
    ],
  );
  for (const form of ["json", "binary"]) assert.deepEqual(kserve[form], ["k1", [150, 44_850, 290, 0], "ü"], form);
  assert.match(kserve.error, /no prediction "nothing".*404 Not Found/);
  assert.deepEqual(
    kserve.predictions.map(({ verdict }: { verdict: string }) => verdict),
    ["approve", "block"],
  );
});
