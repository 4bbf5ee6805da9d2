import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { messageOf, TenonError } from "../../../base/error.ts";
import { sha256 } from "../../../base/hash.ts";
import { limit } from "../../../base/limit.ts";
import type { ColumnPlan } from "../../../plan/plan.ts";
import { definitionName, type ModelFile, openModelFile } from "../../../run/model-file.ts";
import { type Command, type CommandCall, exitCodes } from "../../command.ts";
import { flagList, flagText } from "../../flags.ts";
import { definitionText } from "../../model-import/definition-text.ts";
import { type Difference, differencesOf, expectedAnswers, toleranceOf } from "../../model-import/expected-answers.ts";
import { columnValues, placeOf, readTableRows, type TableRows } from "../../model-import/table-rows.ts";

const differencesTold = 5;
const columnsTold = 50;
/** Rows take as long as they take: nobody waits behind them. */
const checkMsMax = 600_000;

export const modelsImport: Command = {
  name: "models import",
  summary: "Import a model of LightGBM, XGBoost, CatBoost or ONNX once its predictions are equal here",
  usage: "tenon models import FILE --rows ROWS --expect COLUMN",
  options: [
    {
      flag: "--rows",
      value: "ROWS",
      about: "Rows with the library's predictions: CSV, or JSON with a list of objects",
    },
    {
      flag: "--expect",
      value: "COLUMN",
      list: true,
      about: "Their column of the prediction; of several classes the class, or a probability each",
    },
    { flag: "--name", value: "NAME", about: "What the model is called; default as its file" },
  ],
  examples: [
    "tenon models import churn.txt --rows scored.csv --expect score",
    "tenon models import plan.ubj --rows scored.json --expect p_free,p_pro,p_team --name next_plan",
  ],
  async run(call) {
    const file = call.words[0] ?? "";
    const bytes = await modelBytes(file);
    const opened = openModelFile(bytes);
    const name = modelName(flagText(call, "name") ?? basename(file, extname(file)));
    tellModel(call, opened);
    const checked = await checkRows(call, opened, name);
    if (checked.differences.length > 0) return tellDifferences(call, checked);
    const target = join(dirname(call.places.configFile), "models", `${name}${extname(file)}`);
    await writeModel(target, bytes);
    const text = definitionText({ name, file: `models/${basename(target)}`, ...checked });
    call.output.text(`${call.output.paint("green", "✓")} Written: ${target}. Its definition:\n\n${text}`);
    call.output.value({
      ...factsOf(opened),
      rows: checked.rowCount,
      file: target,
      digest: sha256(bytes),
      definition: text,
    });
    return exitCodes.ok;
  },
};

async function modelBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size <= limit.modelFileBytesMax) return await readFile(file);
  } catch (thrown) {
    throw new TenonError("cli.usage", `${file} cannot be read: ${messageOf(thrown)}`);
  }
  throw new TenonError("model.file", `${file} has more than ${limit.modelFileBytesMax} bytes`);
}

function modelName(name: string): string {
  if (/[a-zA-Z]/.test(name)) return definitionName(name, "column");
  throw new TenonError("cli.usage", `"${name}" is no name of a model; give one with --name, such as churn`);
}

const factsOf = ({ model }: ModelFile) => ({
  ...{ format: model.format, objective: model.objective, task: model.task, columns: model.columns.length },
  ...{ trees: model.scores.kind === "trees" ? model.scores.ensemble.treeOutput.length : 0, notes: model.notes },
});

function tellModel({ output }: CommandCall, opened: ModelFile): void {
  const { format, objective, task, columns, trees, notes } = factsOf(opened);
  const what = trees > 0 ? `${trees} trees` : "a linear model";
  output.text(`${output.paint("bold", format)}  ${task} (${objective}), ${columns} columns, ${what}`);
  output.table(
    opened.proposed.input
      .slice(0, columnsTold)
      .map(({ name, type, values }, i) => [
        `  ${opened.model.columns[i]?.name ?? `in place ${i + 1}`}`,
        name,
        type === "oneOf" ? `one of ${values.join(", ")}` : type,
      ]),
  );
  if (columns > columnsTold) output.text(`  and ${columns - columnsTold} more`);
  for (const note of notes) output.text(output.paint("yellow", note));
}

interface Checked {
  readonly input: readonly ColumnPlan[];
  readonly output: readonly ColumnPlan[];
  readonly rowCount: number;
  readonly tolerance: number;
  readonly differences: readonly Difference[];
}

/** Answers for the rows as the served model would. */
async function checkRows(call: CommandCall, opened: ModelFile, name: string): Promise<Checked> {
  const [rows, expect] = [flagText(call, "rows"), flagList(call, "expect")];
  if (rows === undefined || expect.length === 0)
    throw new TenonError(
      "cli.usage",
      "--rows and --expect are missing: a model is imported once its predictions are equal",
    );
  const table = await readTableRows(rows);
  const expected = expectedAnswers(opened, table, expect);
  const columns = inputColumns(opened, { table, expect });
  const values = columns.map(({ place, column }) => columnValues(table, place, column));
  const input = columns.map(({ column }, i) => ({ ...column, nullable: values[i]!.includes(null) }));
  const model = await opened.load({ name, input, output: expected.columns });
  try {
    const found = await model.predict(values, table.rows.length, { signal: AbortSignal.timeout(checkMsMax) });
    const tolerance = toleranceOf(opened);
    const differences = differencesOf(expected, found, tolerance);
    return { input, output: expected.columns, rowCount: table.rows.length, tolerance, differences };
  } finally {
    await model.close();
  }
}

/** The rows' columns that the model takes: by name, or those that are not expected in their order, whose names it then takes. */
function inputColumns(
  { model, proposed }: ModelFile,
  { table, expect }: { table: TableRows; expect: readonly string[] },
): readonly { readonly place: number; readonly column: ColumnPlan }[] {
  const others = table.names.flatMap((name, place) => (expect.includes(name) ? [] : [{ name, place }]));
  const isNamed = model.columns.every(({ name }) => name !== undefined);
  if (!isNamed && others.length !== proposed.input.length)
    throw new TenonError(
      "cli.usage",
      `the model names no columns and reads ${proposed.input.length}; ${table.file} has ${others.length} beside ${expect.join(", ")}`,
    );
  return proposed.input.map((column, i) => {
    if (!isNamed)
      return { place: others[i]!.place, column: { ...column, name: definitionName(others[i]!.name, "column") } };
    const place = placeOf(table, [model.columns[i]?.name, column.name]);
    if (place >= 0) return { place, column };
    throw new TenonError("cli.usage", `${table.file} has no column ${model.columns[i]?.name}, which the model reads`);
  });
}

function tellDifferences({ output }: CommandCall, { differences, rowCount, tolerance }: Checked): number {
  output.note(
    `The model is not imported: ${differences.length} predictions for ${rowCount} rows differ by more than ${tolerance}. The first:`,
  );
  for (const { row, column, found, expected } of differences.slice(0, differencesTold))
    output.note(`  row ${row}, ${column}: ${found} here, ${expected} expected`);
  output.note("See that the rows are those that the library saw, and the column is what it predicts for this file.");
  output.value({ imported: false, rows: rowCount, tolerance, differences: differences.slice(0, differencesTold) });
  return exitCodes.failed;
}

async function writeModel(target: string, bytes: Buffer): Promise<void> {
  if (existsSync(target)) {
    if (sha256(await readFile(target)) === sha256(bytes)) return;
    throw new TenonError(
      "cli.usage",
      `${target} is there already, and is another model; give this one a name with --name`,
    );
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, bytes, { flag: "wx" });
}
