import { TenonError } from "../../base/error.ts";
import type { DeadLettersAnswer, SettledAnswer } from "../../server/wire.ts";
import { type Command, type CommandCall, exitCodes, tenantOption } from "../command.ts";
import { flagCount } from "../flags.ts";
import { withApp } from "../reach-app.ts";
import { show, showTime } from "../show-values.ts";

const pathOf = (call: CommandCall, rest = ""): string =>
  `/events/${encodeURIComponent(call.words[0] ?? "")}/dead${rest}`;
const listedMax = 200;

const list: Command = {
  name: "events dead list",
  summary: "Show events that were not taken, such as those that came too late, and why",
  usage: "tenon events dead list NAME [--limit N]",
  options: [{ flag: "--limit", value: "N", about: "How many of the newest; default 50" }, tenantOption],
  examples: ["tenon events dead list payment", "tenon events dead list payment --limit 200 --json"],
  async run(call) {
    const { output } = call;
    const limit = flagCount(call, "limit", { min: 1, max: listedMax }) ?? 50;
    const { letters } = await withApp(call, "refuse", (app) =>
      app.get<DeadLettersAnswer>(`${pathOf(call)}?limit=${limit}`),
    );
    if (letters.length === 0) output.text("no dead letters");
    for (const { id, at, row, code, message } of letters) {
      output.text(`${output.paint("dim", showTime(at))}  ${output.paint("cyan", id)}  ${show(row)}`);
      output.text(`  ${message} ${output.paint("dim", `[${code}]`)}`);
    }
    output.value({ letters });
    return exitCodes.ok;
  },
};

const allOption = { flag: "--all", about: "All open ones, up to 1,000 in one call" } as const;

const replay: Command = {
  name: "events dead replay",
  summary: "Take dead letters into the event after all, as known from now on",
  usage: "tenon events dead replay NAME [ID...] [--all]",
  options: [allOption, tenantOption],
  examples: ["tenon events dead replay payment p-13", "tenon events dead replay payment --all"],
  run: (call) => settle(call, "replay"),
};

const drop: Command = {
  name: "events dead drop",
  summary: "Drop dead letters for good",
  usage: "tenon events dead drop NAME [ID...] [--all]",
  options: [allOption, tenantOption],
  examples: ["tenon events dead drop payment p-13"],
  run: (call) => settle(call, "drop"),
};

async function settle(call: CommandCall, how: "replay" | "drop"): Promise<number> {
  const { output, words, flags } = call;
  const ids = words.slice(1);
  if ((ids.length === 0) === (flags.all !== true))
    throw new TenonError("cli.usage", "name the ids of the dead letters, or write --all");
  const answer = await withApp(call, "refuse", (app) =>
    app.post<SettledAnswer>(pathOf(call, `/${how}`), ids.length === 0 ? { all: true } : { ids }),
  );
  const { replayed, dropped, duplicate, unknown, more } = answer;
  const done = how === "replay" ? `${replayed} replayed` : `${dropped} dropped`;
  output.text(`${done}${duplicate === 0 ? "" : `, ${duplicate} there already`}`);
  for (const id of unknown) output.text(`  ${output.paint("red", id)}: no open dead letter has this id`);
  if (more) output.text("there are more: call again");
  output.value(answer);
  return unknown.length > 0 ? exitCodes.failed : exitCodes.ok;
}

/** `events replay` is `events dead replay`, by the shorter name. */
const replayShort: Command = {
  ...replay,
  name: "events replay",
  usage: "tenon events replay NAME [ID...] [--all]",
  examples: ["tenon events replay payment --all"],
};

export const deadLetterCommands: readonly Command[] = [list, replay, drop, replayShort];
