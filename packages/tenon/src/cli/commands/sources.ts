import { formatDurationMs } from "../../base/duration.ts";
import type { SourceStatus, SourcesAnswer } from "../../server/wire.ts";
import { type Command, exitCodes } from "../command.ts";
import type { Output } from "../output.ts";
import { withApp } from "../reach-app.ts";

const rejectsShown = 5;

const list: Command = {
  name: "sources list",
  summary: "Show where events come from beside what is sent, how far they are, and what was not taken",
  usage: "tenon sources list",
  options: [],
  examples: ["tenon sources list", "tenon sources list --json"],
  async run(call) {
    const { output } = call;
    const answer = await withApp(call, "refuse", (app) => app.get<SourcesAnswer>("/sources"));
    if (answer.sources.length === 0) output.text("No event of the app has a source.");
    output.table(answer.sources.map((source) => rowOf(source, output)));
    for (const source of answer.sources) tellTrouble(source, output);
    output.value(answer);
    return answer.sources.some(({ state }) => state === "failing") ? exitCodes.failed : exitCodes.ok;
  },
};

function rowOf({ event, kind, state, lagMs, counts }: SourceStatus, { paint }: Output): readonly string[] {
  const lag = lagMs === null ? "" : `${formatDurationMs(Math.max(1_000, lagMs))} behind`;
  const told = Object.entries(counts).filter(([name, count]) => name === "accepted" || count > 0);
  const colour = state === "failing" ? "red" : state === "live" || state === "waiting" ? "green" : "yellow";
  return [event, kind, paint(colour, state), lag, told.map(([name, count]) => `${count} ${name}`).join(", ")];
}

function tellTrouble({ event, error, rejects }: SourceStatus, output: Output): void {
  if (error !== null)
    output.text(`  ${output.paint("red", event)}: ${error.message} ${output.paint("dim", `[${error.code}]`)}`);
  for (const { id, message } of rejects.slice(0, rejectsShown))
    output.text(`  ${event} ${output.paint("dim", id)}: ${message}`);
}

export const sourcesCommands: readonly Command[] = [list];
