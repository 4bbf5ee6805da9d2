import { existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf, TenonError } from "../../base/error.ts";
import {
  checkArchive,
  checkConfig,
  checkDisk,
  checkFormat,
  checkMetadata,
  checkSegments,
  type Finding,
} from "../../run/check-up.ts";
import { rebuildOnline } from "../../run/rebuild-online.ts";
import { socketPath } from "../../run/socket-path.ts";
import type { StatusAnswer } from "../../server/wire.ts";
import { isListening } from "../app-socket.ts";
import { type Command, type CommandCall, exitCodes } from "../command.ts";
import { withApp } from "../reach-app.ts";

/** Beyond this the applier is behind. */
const lagEventsMax = 10_000;

export const doctor: Command = {
  name: "doctor",
  summary: "Check the configuration and the data directory; --rebuild makes the online store anew",
  usage: "tenon doctor [--rebuild]",
  options: [{ flag: "--rebuild", about: "Make the online store anew from the log, while nothing runs" }],
  examples: ["tenon doctor", "tenon doctor --rebuild"],
  async run(call) {
    const { output, places } = call;
    const isRunning = await isListening(socketPath(places.dataDir));
    if (call.flags.rebuild === true) {
      if (isRunning)
        throw new TenonError("data.locked", `Tenon runs on ${places.dataDir}; --rebuild needs it to itself`);
      if (!existsSync(places.dataDir))
        throw new TenonError("cli.usage", `there is no data directory ${places.dataDir}`);
      return rebuild(call);
    }
    const findings = await checkAll(call, isRunning);
    for (const finding of findings) {
      output.text(`${signOf(finding, call)} ${output.paint("bold", finding.check)}: ${finding.found}`);
      output.value(finding);
    }
    return findings.some(({ outcome }) => outcome === "failed") ? exitCodes.failed : exitCodes.ok;
  },
};

async function checkAll(call: CommandCall, isRunning: boolean): Promise<readonly Finding[]> {
  const { places, output } = call;
  const config = await checkConfig(places);
  // A command may have made the folder before the first start.
  if (!["format.json", "log", "metadata.db"].some((name) => existsSync(join(places.dataDir, name))))
    return [
      config,
      {
        check: "data",
        outcome: "skipped",
        found: `there is nothing in ${places.dataDir} yet; the first start makes it`,
      },
    ];
  const told = output.progress("Reading the log");
  const files = [
    checkFormat(places),
    checkSegments(places, told),
    await checkArchive(places, told),
    checkMetadata(places),
    await checkDisk(places),
  ];
  const owner: Finding = {
    check: "owner",
    outcome: "ok",
    found: isRunning ? "Tenon runs on it and answers on its socket" : "nothing runs on it",
  };
  const isSound = files.every(({ outcome }) => outcome !== "failed");
  const positions: Finding = isSound
    ? await checkPositions(call)
    : { check: "positions", outcome: "skipped", found: "the files above come first" };
  return [config, owner, ...files, positions];
}

/** Asks the app that runs, or one that starts for this. */
async function checkPositions(call: CommandCall): Promise<Finding> {
  const check = "positions";
  try {
    const status = await withApp(call, "served", (app) => app.get<StatusAnswer>("/status"));
    const { position, applied, applierLagEvents } = status;
    const isBehind = applierLagEvents > lagEventsMax;
    return {
      check,
      outcome: isBehind ? "warning" : "ok",
      found: `log at ${position}, features at ${applied}, ${applierLagEvents} entries behind`,
    };
  } catch (thrown) {
    const isConfig = thrown instanceof TenonError && thrown.code.startsWith("config.");
    return {
      check,
      outcome: isConfig ? "skipped" : "failed",
      found: isConfig ? "the app cannot start with this configuration" : messageOf(thrown),
    };
  }
}

function signOf({ outcome }: Finding, { output: { paint } }: CommandCall): string {
  if (outcome === "ok") return paint("green", "✓");
  if (outcome === "failed") return paint("red", "✗");
  return outcome === "warning" ? paint("yellow", "!") : paint("dim", "–");
}

async function rebuild({ places, output }: CommandCall): Promise<number> {
  const rebuilt = await rebuildOnline(places, output.progress("Rebuilding the online store"));
  const { entries, keysBefore, keysAfter, kept } = rebuilt;
  const before = keysBefore === null ? "the old one was not readable" : `${keysBefore} before`;
  output.text(
    `${output.paint(kept === null ? "green" : "yellow", kept === null ? "✓" : "!")} The online store is made anew from ${entries} entries: ${keysAfter} keys with features, ${before}.`,
  );
  if (kept !== null) output.text(`  That is fewer, so the old store is kept in ${kept}.`);
  output.value(rebuilt);
  return kept === null ? exitCodes.ok : exitCodes.failed;
}
