import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { readModelFile } from "../../src/drivers/trees/read-model-file.ts";
import { assertAnswers, type ModelCase } from "../../src/drivers/trees/testing/model-case.ts";

/** Made by `.ci/run`; TENON_PYTHON_MODELS names another that has the libraries. */
const python = process.env.TENON_PYTHON_MODELS ?? join(import.meta.dirname, "../../../../.ci/models-venv/bin/python");
const casesMin = 80;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tenon-models-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("models of LightGBM, XGBoost, CatBoost and ONNX answer as their own libraries do", {
  skip: existsSync(python) || process.env.CI === "true" ? false : `${python} is not there: see .ci/run`,
  timeout: 240_000,
}, async (context) => {
  await promisify(execFile)(python, [join(import.meta.dirname, "make-models.py"), folder]);
  const { cases }: { cases: readonly (ModelCase & { readonly refused?: string })[] } = JSON.parse(
    await readFile(join(folder, "cases.json"), "utf8"),
  );
  assert.ok(cases.length >= casesMin, `${cases.length} cases`);
  for (const each of cases) {
    await context.test(each.name, async () => {
      const bytes = await readFile(join(folder, each.file));
      const { refused } = each;
      if (refused !== undefined) {
        assert.throws(
          () => readModelFile(bytes),
          (thrown: Error) => thrown.message.includes(refused),
        );
        return;
      }
      assert.equal(readModelFile(bytes).format, each.format);
      await assertAnswers(bytes, each);
    });
  }
});
