import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type GoldenCase, importedModels } from "../../src/drivers/trees/testing/golden-models.ts";
import { folder, tenon } from "./command-line.ts";

const modelOf = (file: string): GoldenCase => {
  const found = importedModels().find((each) => each.file === file);
  assert.ok(found !== undefined);
  return found;
};

/** The columns of a case as a CSV, with other names for some. */
function csvOf({ input, output }: GoldenCase, names: Readonly<Record<string, string>> = {}): string {
  const columns = [...input, ...output];
  const lines = columns[0]!.rows.map((_, row) => columns.map(({ rows }) => rows[row] ?? "").join(","));
  return [columns.map(({ name }) => names[name] ?? name).join(","), ...lines].join("\n");
}

test("a LightGBM model is imported once its predictions are equal, with the definition to paste", async () => {
  await using at = await folder();
  const golden = modelOf("lgb-categories.txt");
  await writeFile(join(at.dir, "buyers-2024.txt"), golden.bytes);
  await writeFile(join(at.dir, "rows.csv"), csvOf(golden, { Paid_EUR: "Paid (EUR)" }));
  const { code, stdout, stderr } = await tenon(
    at.dir,
    ...["models", "import", "buyers-2024.txt", "--rows", "rows.csv", "--expect", "score"],
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /LightGBM text {2}binary \(binary\), 4 columns, 15 trees/);
  assert.ok(
    stdout.includes(`const buyers2024 = pretrained("buyers_2024", {
  input: {
    age: c.real().nullable(),
    Paid_EUR: c.real().nullable(),
    visits: c.real().nullable(),
    plan: c.oneOf("enterprise", "free", "pro", "team"),
  },
  output: { score: c.real() },
  runtime: trees("models/buyers_2024.txt"),
});`),
    stdout,
  );
  assert.deepEqual(await readFile(join(at.dir, "models/buyers_2024.txt")), Buffer.from(golden.bytes));
});

test("a model whose predictions differ is not imported: the first rows are told", async () => {
  await using at = await folder();
  const golden = modelOf("lgb-categories.txt");
  await writeFile(join(at.dir, "buyers.txt"), golden.bytes);
  const [head, first, second = "", ...rest] = csvOf(golden).split("\n");
  const changed = second.replace(/[^,]*$/, "0.123456");
  await writeFile(join(at.dir, "rows.csv"), [head, first, changed, ...rest].join("\n"));
  const { code, stderr, values } = await tenon(
    at.dir,
    ...["models", "import", "buyers.txt", "--rows", "rows.csv", "--expect", "score", "--json"],
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /1 predictions for 12 rows differ by more than 1e-9[\s\S]*row 2, score: 0\.\d+ here, 0\.123456 expected/,
  );
  assert.equal(values[0].imported, false);
  assert.equal(existsSync(join(at.dir, "models")), false);
});

test("classes are compared by name, or by a probability each", async () => {
  await using at = await folder();
  const golden = modelOf("cat-MultiClass.json");
  await writeFile(join(at.dir, "band.json"), golden.bytes);
  const columns = [...golden.input, ...golden.output];
  const rows = columns[0]!.rows.map((_, row) => Object.fromEntries(columns.map((each) => [each.name, each.rows[row]])));
  await writeFile(join(at.dir, "rows.json"), JSON.stringify(rows));
  const call = ["models", "import", "band.json", "--rows", "rows.json", "--json", "--expect"];
  const byClass = await tenon(at.dir, ...call, "class");
  assert.equal(byClass.code, 0, byClass.stderr);
  assert.match(byClass.values[0].definition, /output: \{ class: c\.oneOf\("high", "low", "mid"\) \}/);
  const byProbability = await tenon(at.dir, ...call, "high,low,mid");
  assert.equal(byProbability.code, 0, byProbability.stderr);
  assert.match(
    byProbability.values[0].definition,
    /output: \{ high: c\.real\(\), low: c\.real\(\), mid: c\.real\(\) \}/,
  );
});

test("a file that is no model, and columns that the rows lack, are told", async () => {
  await using at = await folder();
  await writeFile(join(at.dir, "pickle.pkl"), Buffer.from([0x80, 4, 0x95, 0]));
  await writeFile(join(at.dir, "rows.csv"), "age,score\n1,0.5\n");
  const pickle = await tenon(at.dir, "models", "import", "pickle.pkl", "--rows", "rows.csv", "--expect", "score");
  assert.equal(pickle.code, 1);
  assert.match(pickle.stderr, /it is a pickle.*\[model\.file\]/);
  const golden = modelOf("xgb-categories.ubj");
  await writeFile(join(at.dir, "buyers.ubj"), golden.bytes);
  const lacking = await tenon(at.dir, "models", "import", "buyers.ubj", "--rows", "rows.csv", "--expect", "score");
  assert.equal(lacking.code, 2);
  assert.match(lacking.stderr, /rows\.csv has no column Paid \(EUR\), which the model reads/);
});
