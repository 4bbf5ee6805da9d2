import { type Command, commonOptions, type Option } from "./command.ts";
import type { Paint } from "./paint.ts";

/** All commands, a line each. */
export function helpText(commands: readonly Command[], paint: Paint): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Tenon: events, features, models and predictions from one tenon.config.ts.",
    "",
    `${paint("bold", "Usage")}  tenon COMMAND [options]`,
    "",
    ...commands.map(({ name, summary }) => `  ${paint("cyan", name.padEnd(width))}  ${summary}`),
    "",
    ...optionLines(commonOptions),
    "",
    "tenon help COMMAND tells more. Exit codes: 0 done, 1 failed, 2 not understood, 3 nothing runs where something has to.",
  ].join("\n");
}

/** One command with its options and examples. */
export function commandHelp({ usage, summary, options, examples }: Command, paint: Paint): string {
  return [
    `${summary}.`,
    "",
    `${paint("bold", "Usage")}  ${usage}`,
    "",
    ...optionLines([...options, ...commonOptions]),
    "",
    paint("bold", "Examples"),
    ...examples.map((example) => `  ${example}`),
  ].join("\n");
}

function optionLines(options: readonly Option[]): readonly string[] {
  const shown = options.map(
    ({ flag, value, about }) => [value === undefined ? flag : `${flag} ${value}`, about] as const,
  );
  const width = Math.max(...shown.map(([flag]) => flag.length));
  return shown.map(([flag, about]) => `  ${flag.padEnd(width)}  ${about}`);
}
