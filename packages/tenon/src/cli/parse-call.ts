import { parseArgs } from "node:util";
import { TenonError } from "../base/error.ts";
import { suggestion } from "../base/nearest.ts";
import { type Command, type CommandCall, commonOptions, type Option } from "./command.ts";

/**
 * The command that the words begin with, and its own words.
 * @throws cli.usage with the nearest command
 */
export function findCommand(words: readonly string[], commands: readonly Command[]): Command {
  const asked = [words.slice(0, 3).join(" "), words.slice(0, 2).join(" "), words[0]];
  for (const name of asked) {
    const found = commands.find((command) => command.name === name);
    if (found !== undefined) return found;
  }
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `)).map(({ name }) => name);
  if (group.length > 0) {
    const wrong =
      words[1] === undefined ? "" : ` "${words[1]}" is none of them.${suggestion(words.slice(0, 2).join(" "), group)}`;
    throw new TenonError(
      "cli.usage",
      `tenon ${words[0]} has the commands ${[...new Set(group.map((name) => name.split(" ")[1]))].join(", ")}.${wrong}`,
    );
  }
  const names = commands.flatMap(({ name }) => [name, name.split(" ")[0] ?? name]);
  throw new TenonError("cli.usage", `"${words[0]}" is no command of tenon.${suggestion(words[0] ?? "", names)}`);
}

/** The words among arguments whose options are not known yet: a command comes before its options. */
export function leadingWords(args: readonly string[]): readonly string[] {
  const taking = commonOptions.filter(({ value }) => value !== undefined).map(({ flag }): string => flag);
  return args.filter((arg, i) => !(arg.startsWith("-") && arg !== "-") && !taking.includes(args[i - 1] ?? ""));
}

/**
 * Words and flags of a call.
 * @throws cli.usage
 */
export function parseCall(args: readonly string[], command: Command): Pick<CommandCall, "words" | "flags"> {
  const options = [...command.options, ...commonOptions];
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      options.map(({ flag, value }) => [
        flag.slice(2),
        { type: value === undefined ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words: string[] = [];
  const flags: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind === "option") take(flags, token, optionOf(token.rawName, options, command), command);
  }
  const own = words.slice(command.name.split(" ").length);
  if (flags.help !== true) checkWords(own, command);
  return { words: own, flags };
}

function optionOf(flag: string, options: readonly Option[], command: Command): Option {
  const known = options.find((option) => option.flag === flag || (flag === "-h" && option.flag === "--help"));
  if (known !== undefined) return known;
  throw new TenonError(
    "cli.usage",
    `tenon ${command.name} has no option ${flag}.${suggestion(
      flag,
      options.map((option) => option.flag),
    )}`,
  );
}

function take(
  flags: Record<string, string | true>,
  token: { readonly value?: string | undefined; readonly rawName: string },
  option: Option,
  command: Command,
): void {
  const name = option.flag.slice(2);
  const before = flags[name];
  if (option.value === undefined) {
    if (token.value !== undefined)
      throw new TenonError("cli.usage", `${option.flag} is on or off and takes no value; found "${token.value}"`);
    flags[name] = true;
    return;
  }
  if (token.value === undefined)
    throw new TenonError("cli.usage", `${option.flag} takes a value: ${option.flag} ${option.value}`);
  if (before !== undefined && option.list === undefined)
    throw new TenonError("cli.usage", `tenon ${command.name} takes ${option.flag} once`);
  flags[name] = before === undefined ? token.value : `${before},${token.value}`;
}

/** The arguments that a usage line names. */
function checkWords(words: readonly string[], { name, usage }: Command): void {
  const rest = usage.replace(`tenon ${name}`, "").replace(/\[--[^\]]*\]|--[a-z-]+ \S+/g, "");
  const needed = rest.replace(/\[[^\]]*\]/g, "").match(/\S+/g) ?? [];
  const possible = rest.match(/\S+/g) ?? [];
  const missing = needed[words.length];
  if (missing !== undefined) throw new TenonError("cli.usage", `${missing} is missing: ${usage}`);
  const isOpen = possible.at(-1)?.includes("...") === true;
  if (words.length > possible.length && !isOpen)
    throw new TenonError("cli.usage", `"${words[possible.length]}" is one word too many: ${usage}`);
}
