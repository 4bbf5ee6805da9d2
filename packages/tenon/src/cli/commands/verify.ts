import { randomInt } from "node:crypto";
import { relative } from "node:path";
import { type FoundMismatch, type VerifyReport, verify } from "../../run/verify/verify.ts";
import { type Command, exitCodes } from "../command.ts";
import { flagCount } from "../flags.ts";
import type { Output } from "../output.ts";

const historiesDefault = 200;
const historiesMax = 1_000_000;
const seedMax = 2 ** 31 - 1;

export const verifyCommand: Command = {
  name: "verify",
  summary: "Prove that your features are one number: random histories, compared with their definitions",
  usage: "tenon verify [--histories N] [--seed S]",
  options: [
    {
      flag: "--histories",
      value: "N",
      about: `Random histories, each of a tenant of its own; default ${historiesDefault}`,
    },
    { flag: "--seed", value: "S", about: "Draw what this seed draws; default another one each time, which is printed" },
  ],
  examples: ["tenon verify", "tenon verify --histories 2000", "tenon verify --seed 11 --json"],
  async run(call) {
    const { output, places } = call;
    const histories = flagCount(call, "histories", { min: 1, max: historiesMax }) ?? historiesDefault;
    const seed = flagCount(call, "seed", { min: 0, max: seedMax }) ?? randomInt(seedMax);
    output.text(`Seed ${seed}`);
    const progress = output.progress("Comparing");
    const shrinking = output.progress("Shrinking");
    const report = await verify({
      configFile: places.configFile,
      histories,
      seed,
      outDir: process.cwd(),
      onProgress: progress,
      onShrinking: (tried, of) => shrinking(tried / of, `${tried} shorter stories tried`),
    });
    const { tally, mismatch } = report;
    showTally(output, tally);
    if (mismatch !== undefined) showMismatch(output, mismatch, seed);
    output.value({ seed, ...valuesOf(tally), mismatch: mismatch ?? null });
    return mismatch === undefined ? exitCodes.ok : exitCodes.failed;
  },
};

const valuesOf = ({
  histories,
  rows,
  restarts,
  reads,
  passedOver,
  estimates,
  batches,
  values,
}: VerifyReport["tally"]) => ({
  ...{ histories, rows, restarts, reads, passedOver, estimates, batches },
  values: Object.fromEntries(values),
});

function showTally({ text, table, paint }: Output, tally: VerifyReport["tally"]): void {
  const { histories, rows, restarts, reads, passedOver, estimates, batches, values } = tally;
  text(`${histories} histories of ${rows} events and rows, ${restarts} restarts, ${reads} reads of features`);
  table([...values].map(([name, count]) => ["  ", paint("bold", name), `${count} values`]));
  if (passedOver > 0) text(`  ${passedOver} reads behind the online rows were passed over: they go by way of the log`);
  if (batches.length > 0)
    text(`  ${batches.join(", ")}: no SQL was run, so that these read null; their runs are compared in a running app`);
  if (estimates > 0)
    text(`  ${estimates} values were not compared: estimates, and texts that functions made of rounded numbers`);
}

function showMismatch({ text, paint }: Output, { what, found, expected, test }: FoundMismatch, seed: number): void {
  text(`${paint("red", "✖")} ${what}`);
  text(`  found     ${JSON.stringify(found ?? null)}`);
  text(`  expected  ${JSON.stringify(expected)}`);
  if (test === undefined)
    text(`  No app of its own shows it again: it is a matter of timing. Run tenon verify --seed ${seed} again.`);
  else
    text(
      `  A failing test of ${test.events} ${test.events === 1 ? "event" : "events"}: ${relative(process.cwd(), test.file)}`,
    );
}
