import { setTimeout as wait } from "node:timers/promises";
import { TenonError } from "../../base/error.ts";
import type { EventsAnswer, RecentEvents, RetractAnswer } from "../../server/wire.ts";
import type { AppSocket } from "../app-socket.ts";
import { type Command, type CommandCall, exitCodes, tenantOption } from "../command.ts";
import { eventLines } from "../event-lines.ts";
import { flagCount } from "../flags.ts";
import { importOptions, importTerms } from "../import-terms.ts";
import { withApp } from "../reach-app.ts";
import { show, showTime } from "../show-values.ts";
import { stopSignal } from "../stop-signal.ts";

/** Rejects that people are told one by one. */
const rejectsShown = 20;
const pollMs = 500;
/** The most that the server tells at once. */
const recentMax = 200;

const send: Command = {
  name: "events send",
  summary: "Send events from a file or standard input: JSON, an array, or NDJSON",
  usage: "tenon events send NAME FILE|- [--import]",
  options: [
    { flag: "--import", about: "History: carries its source's times, and may be older than the event's `late`" },
    ...importOptions,
    tenantOption,
  ],
  examples: [
    "tenon events send payment payments.ndjson",
    `echo '{"account":"a1","cents":500,"country":"DE"}' | tenon events send payment -`,
    "tenon events send payment 2025.ndjson --import --latency 5m --complete",
  ],
  async run(call) {
    const { output, words } = call;
    const [name = "", file = ""] = words;
    const path = `/events/${encodeURIComponent(name)}${importQuery(call)}`;
    const answer = await withApp(call, "refuse", async (app) =>
      app.postLines<EventsAnswer>(path, await eventLines(file, output.progress(`Sending ${name}`))),
    );
    const { accepted, duplicate, conflict, late, rejectedCount } = answer;
    const parts = [
      `${accepted} accepted`,
      [duplicate, "duplicate"],
      [conflict, "of them with another payload"],
      [late, "late"],
      [rejectedCount, "rejected"],
    ];
    output.text(
      parts.flatMap((part) => (typeof part === "string" ? [part] : part[0] === 0 ? [] : [part.join(" ")])).join(", "),
    );
    for (const { index, code, message } of answer.rejected.slice(0, rejectsShown))
      output.text(`  ${output.paint("red", `item ${index + 1}`)}: ${message} ${output.paint("dim", `[${code}]`)}`);
    if (rejectedCount > rejectsShown) output.text(`  and ${rejectedCount - rejectsShown} more`);
    if (late > 0)
      output.note(
        `Late ones are in no window. Is it history? Send it with --import. Else: tenon events dead list ${name}`,
      );
    output.value(answer);
    return rejectedCount + late > 0 ? exitCodes.failed : exitCodes.ok;
  },
};

/** The query of an import by its flags. */
export function importQuery(call: CommandCall): string {
  const { flags } = call;
  const terms = importTerms(call);
  if (flags.import === true) return `?${terms}`;
  if (terms.size > 1)
    throw new TenonError("cli.usage", "--latency, --complete and --complete-from are of an import: add --import");
  return "";
}

const tail: Command = {
  name: "events tail",
  summary: "Show events as they come in",
  usage: "tenon events tail NAME [--limit N] [--once]",
  options: [
    { flag: "--limit", value: "N", about: "How many of the newest to begin with; default 10" },
    { flag: "--once", about: "Show those and end" },
    tenantOption,
  ],
  examples: ["tenon events tail payment", "tenon events tail payment --once --limit 100 --json"],
  async run(call) {
    const stop = stopSignal();
    const limit = flagCount(call, "limit", { min: 1, max: recentMax }) ?? 10;
    return withApp(call, "refuse", async (app) => {
      const shown = showNew(call, app);
      await shown(limit);
      while (call.flags.once !== true && !stop.isAsked()) {
        await Promise.race([wait(pollMs), stop.asked]);
        await shown(recentMax);
      }
      return exitCodes.ok;
    });
  },
};

/** Shows what was not shown before. Positions are opaque: those of the last answer are remembered. */
function showNew({ words, output }: CommandCall, app: AppSocket): (limit: number) => Promise<void> {
  let known: ReadonlySet<string> | undefined;
  return async (limit) => {
    const { events } = await app.get<RecentEvents>(
      `/events/${encodeURIComponent(words[0] ?? "")}/recent?limit=${limit}`,
    );
    const fresh = known === undefined ? events : events.slice(0, newestBefore(events, known));
    for (const event of fresh.toReversed()) {
      const mark = event.retracted ? `  ${output.paint("yellow", "taken back")}` : "";
      const line = `${output.paint("dim", showTime(event.at))}  ${output.paint("cyan", event.id)}  ${show(event.row)}`;
      output.text(`${line}${mark}`);
      output.value(event);
    }
    if (events.length > 0) known = new Set(events.map(({ position }) => position));
    else known ??= new Set();
  };
}

const newestBefore = (events: RecentEvents["events"], known: ReadonlySet<string>): number => {
  const place = events.findIndex(({ position }) => known.has(position));
  return place < 0 ? events.length : place;
};

const retract: Command = {
  name: "events retract",
  summary: "Take events back: they leave every window, and training sets from then on",
  usage: "tenon events retract NAME ID...",
  options: [tenantOption],
  examples: ["tenon events retract payment p-13", "tenon events retract payment p-13 p-14 --json"],
  async run(call) {
    const { output, words } = call;
    const [name = "", ...ids] = words;
    if (ids.length === 0) throw new TenonError("cli.usage", "name the ids of the events to take back");
    const answer = await withApp(call, "refuse", (app) =>
      app.post<RetractAnswer>(`/events/${encodeURIComponent(name)}/retract`, { ids }),
    );
    const { retracted, duplicate, unknown } = answer;
    output.text(`${retracted} taken back${duplicate === 0 ? "" : `, ${duplicate} taken back before`}`);
    for (const id of unknown) output.text(`  ${output.paint("red", id)}: no ${name} has this id`);
    output.value(answer);
    return unknown.length > 0 ? exitCodes.failed : exitCodes.ok;
  },
};

export const eventsCommands: readonly Command[] = [send, retract, tail];
