// A LightGBM model of 100 trees × 31 leaves and 28 columns as Tenon serves it: one row at a time and 10,000 rows in
// columns; LightGBM's own predict of one row beside it, where it is installed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../src/base/random.ts";
import { publishedModel } from "../src/drivers/trees/testing/golden-models.ts";
import { columnPlan } from "../src/drivers/trees/testing/model-case.ts";
import { TreesRuntime } from "../src/drivers/trees/trees-runtime.ts";
import type { LoadedModel, ModelColumns } from "../src/ports/model-runtime.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";

const rowTargetUs = 5.2;
const manyTargetUs = 3.9;
const rows = 10_000;
const width = 28;

/** Microseconds a row, called once a row. */
function singleUs(model: LoadedModel, input: ModelColumns, times: number): number {
  const single = Array.from({ length: rows }, (_, row) => input.map((column) => [column[row] ?? null]));
  const startedMs = performance.now();
  for (let i = 0; i < times; i++) model.predictNow?.(single[i % rows]!, 1);
  return ((performance.now() - startedMs) * 1_000) / times;
}

/** Microseconds a row of all rows at once. */
function manyUs(model: LoadedModel, input: ModelColumns): number {
  const startedMs = performance.now();
  model.predictNow?.(input, rows);
  return ((performance.now() - startedMs) * 1_000) / rows;
}

/** LightGBM's microseconds: one row by `Booster.predict`, and a row of 10,000 with one thread. */
function lightgbm(modelText: Uint8Array, times: number): { readonly one: number; readonly many: number } | undefined {
  const python = process.env.TENON_PYTHON_MODELS ?? join(import.meta.dirname, "../../../.ci/models-venv/bin/python");
  if (!existsSync(python)) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "tenon-trees-"));
  try {
    writeFileSync(join(dir, "model.txt"), modelText);
    const script = `
import json, time, lightgbm, numpy as np
booster = lightgbm.Booster(model_file="model.txt")
rows = np.random.default_rng(1).normal(size=(${rows}, ${width}))
def clock(call, count):
    call(0)
    begun = time.perf_counter()
    for i in range(count): call(i)
    return (time.perf_counter() - begun) * 1e6 / count
one = clock(lambda i: booster.predict(rows[i:i + 1], num_threads=1), ${times})
many = clock(lambda i: booster.predict(rows, num_threads=1), 5) / ${rows}
print(json.dumps({"one": one, "many": many}))`;
    return JSON.parse(spawnSync(python, ["-c", script], { cwd: dir, encoding: "utf8" }).stdout);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The larger of the two shares of their targets. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const golden = publishedModel("lgb_synth_numeric_100x31.json", 1e-9);
  const real = (name: string) => columnPlan({ name, type: "real" });
  const signature = { name: "bench", input: golden.input.map(({ name }) => real(name)), output: [real("score")] };
  const model = await new TreesRuntime(golden.bytes).load(signature);
  const random = seededRandom(7);
  const input = Array.from({ length: width }, () => Array.from({ length: rows }, () => random() * 4 - 2));
  const times = quick ? 20_000 : 200_000;
  singleUs(model, input, times);
  manyUs(model, input);
  const [one, many]: [number[], number[]] = [[], []];
  for (let i = 0; i < runs; i++) {
    one.push(singleUs(model, input, times));
    many.push(manyUs(model, input));
  }
  const beside = lightgbm(golden.bytes, quick ? 500 : 2_000);
  const ratio = Math.max(median(one) / rowTargetUs, median(many) / manyTargetUs);
  return {
    bench: "trees",
    figures: {
      "one row µs": spread(one),
      "a row of 10,000 µs": spread(many),
      ...(beside === undefined
        ? {}
        : {
            "LightGBM's Booster.predict, one row µs": beside.one.toFixed(1),
            "a row of 10,000 there µs": beside.many.toFixed(2),
          }),
    },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}
