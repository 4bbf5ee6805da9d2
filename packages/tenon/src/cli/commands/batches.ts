import { setTimeout as wait } from "node:timers/promises";
import { formatDurationMs } from "../../base/duration.ts";
import { TenonError } from "../../base/error.ts";
import type { BatchBegun, BatchesAnswer, BatchRunStatus, BatchStatus } from "../../server/wire.ts";
import { type Command, type CommandCall, exitCodes } from "../command.ts";
import { flagText } from "../flags.ts";
import type { Output } from "../output.ts";
import { withApp } from "../reach-app.ts";

const pollMs = 250;
const runsShown = 10;

const list: Command = {
  name: "batches list",
  summary: "Show the batches of the app: when they run, how old their values are, and what failed",
  usage: "tenon batches list",
  options: [],
  examples: ["tenon batches list", "tenon batches list --json"],
  async run(call) {
    const { output } = call;
    const answer = await withApp(call, "refuse", (app) => app.get<BatchesAnswer>("/batches"));
    if (answer.batches.length === 0) output.text("The app has no batches.");
    output.table(answer.batches.map((batch) => [batch.name, batch.schedule, stateText(batch, output), ageText(batch)]));
    for (const batch of answer.batches) tellError(batch.name, batch.runs[0], output);
    output.value(answer);
    return answer.batches.some(({ state, late }) => state === "failing" || late) ? exitCodes.failed : exitCodes.ok;
  },
};

const show: Command = {
  name: "batches show",
  summary: "Show a batch with its SQL and its newest runs",
  usage: "tenon batches show NAME",
  options: [],
  examples: ["tenon batches show customer_value"],
  async run(call) {
    const { output, words } = call;
    const batch = await withApp(call, "refuse", (app) => app.get<BatchStatus>(pathOf(words[0])));
    output.text(
      `${output.paint("bold", batch.name)} of ${batch.entity}, ${batch.schedule}: ${stateText(batch, output)}`,
    );
    output.text(batch.sql);
    output.table(batch.runs.slice(0, runsShown).map((run) => runRow(run, output)));
    output.value(batch);
    return exitCodes.ok;
  },
};

const run: Command = {
  name: "batches run",
  summary: "Run a batch now, and wait for it",
  usage: "tenon batches run NAME",
  options: [],
  examples: ["tenon batches run customer_value"],
  run: (call) => begun(call, "run", undefined),
};

const backfill: Command = {
  name: "batches backfill",
  summary: "Compute a batch for past times of its schedule, from what had been received by then",
  usage: "tenon batches backfill NAME --from TIME [--until TIME]",
  options: [
    { flag: "--from", value: "TIME", about: "The first time, such as 2025-03-01T00:00:00Z" },
    { flag: "--until", value: "TIME", about: "The last time; default now" },
  ],
  examples: ["tenon batches backfill customer_value --from 2025-01-01T00:00:00Z"],
  run(call) {
    const [from, until] = [flagText(call, "from"), flagText(call, "until")];
    if (from === undefined) throw new TenonError("cli.usage", `--from is missing: ${backfill.usage}`);
    return begun(call, "backfill", { from, ...(until === undefined ? {} : { until }) });
  },
};

/** Begins, and follows until it has ended. */
function begun(call: CommandCall, what: "run" | "backfill", body: object | undefined): Promise<number> {
  const { output, words } = call;
  const path = pathOf(words[0]);
  return withApp(call, "config", async (app) => {
    const { batch } = await app.post<BatchBegun>(`${path}/${what}`, body ?? {});
    const tell = output.progress(what === "run" ? `Running ${batch}` : `Filling ${batch}`);
    for (;;) {
      const status = await app.get<BatchStatus>(path);
      if (status.progress === null) {
        tell(1, "");
        return ended(status, output);
      }
      tell(status.progress.done, status.progress.step);
      await wait(pollMs);
    }
  });
}

function ended(status: BatchStatus, output: Output): number {
  const [newest] = status.runs;
  if (newest === undefined) output.text("Nothing was published: what the SQL reads has no rows yet.");
  else output.table([runRow(newest, output)]);
  tellError(status.name, newest, output);
  output.value(newest ?? null);
  return newest?.state === "failed" ? exitCodes.failed : exitCodes.ok;
}

const pathOf = (name = ""): string => `/batches/${encodeURIComponent(name)}`;

function stateText({ state, late }: BatchStatus, { paint }: Output): string {
  if (late) return paint("red", "late");
  return paint(state === "ok" ? "green" : state === "failing" ? "red" : "yellow", state);
}

const ageText = ({ ageMs, nextAt }: BatchStatus): string =>
  [
    ageMs === null ? "no run yet" : `${formatDurationMs(Math.max(1_000, ageMs))} old`,
    nextAt === null ? "" : `next at ${nextAt}`,
  ]
    .filter((part) => part !== "")
    .join(", ");

function runRow({ state, kind, from, asOf, times, rows, durationMs }: BatchRunStatus, { paint }: Output) {
  const what = kind === "run" ? `as of ${asOf}` : `${times} times from ${from} to ${asOf}`;
  return [
    paint(state === "published" ? "green" : state === "failed" ? "red" : "yellow", state),
    what,
    rows === null ? "" : `${rows} rows`,
    durationMs === null ? "" : formatDurationMs(durationMs),
  ];
}

function tellError(name: string, run: BatchRunStatus | undefined, output: Output): void {
  if (run?.error == null) return;
  output.text(`  ${output.paint("red", name)}: ${run.error.message} ${output.paint("dim", `[${run.error.code}]`)}`);
}

export const batchesCommands: readonly Command[] = [list, show, run, backfill];
