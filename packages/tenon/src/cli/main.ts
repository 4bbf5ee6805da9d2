import { placesOf } from "../run/places.ts";
import { type CommandCall, exitCodes } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp } from "./help-text.ts";
import { type OutputStreams, outputOn } from "./output.ts";
import { findCommand, leadingWords, parseCall } from "./parse-call.ts";
import { reportError } from "./report-error.ts";

/** Runs one call of the command line and ends the process with its exit code. */
export async function main(args: readonly string[]): Promise<never> {
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? exitCodes.ok : exitCodes.failed),
  );
  const code = await run(args, process);
  // What was written to a pipe is with its reader before the process ends.
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))),
  );
  process.exit(code);
}

/** Runs one call; its exit code. */
export async function run(args: readonly string[], streams: OutputStreams): Promise<number> {
  const isJson = args.includes("--json");
  const output = outputOn(streams, isJson);
  try {
    const command = findCommand(commandWords(args), commands);
    const { words, flags } = parseCall(withoutShortcut(args), command);
    if (flags.help === true) {
      output.text(commandHelp(command, output.paint));
      output.value({
        name: command.name,
        summary: command.summary,
        usage: command.usage,
        options: command.options,
        examples: command.examples,
      });
      return exitCodes.ok;
    }
    const named = { configFile: textOf(flags.config), dataDir: textOf(flags.data) };
    const call: CommandCall = { words, flags, output, places: placesOf(named) };
    return await command.run(call);
  } catch (thrown) {
    return reportError(thrown, output);
  }
}

const textOf = (flag: string | true | undefined): string | undefined => (flag === true ? undefined : flag);

const shortcuts = ["--help", "-h", "--version", "-v"];

/** `tenon`, `tenon --help`, `tenon --version` and `tenon keys --help`, of a group, are commands too. */
function commandWords(args: readonly string[]): readonly string[] {
  const words = leadingWords(args);
  const isCommand = commands.some(({ name }) => name === words[0]);
  if (words.length === 1 && !isCommand && (args.includes("--help") || args.includes("-h"))) return ["help", ...words];
  if (words.length > 0) return words;
  return args.includes("--version") || args.includes("-v") ? ["version"] : ["help"];
}

function withoutShortcut(args: readonly string[]): readonly string[] {
  const [given, words] = [leadingWords(args), commandWords(args)];
  if (given.length === words.length) return args;
  return [...words, ...args.filter((arg) => !shortcuts.includes(arg) && !given.includes(arg))];
}
