import { type Command, exitCodes } from "../command.ts";
import { commandHelp, helpText } from "../help-text.ts";
import { findCommand } from "../parse-call.ts";

/** Help knows every command, and is one of them. */
export const helpOn = (commands: () => readonly Command[]): Command => ({
  name: "help",
  summary: "Tell what a command does, with its options and examples",
  usage: "tenon help [COMMAND] [WORD]",
  options: [],
  examples: ["tenon help", "tenon help keys create"],
  async run({ words, output }) {
    const group = commands().filter(({ name }) => `${name} `.startsWith(`${words[0]} `));
    const isGroup = words.length === 1 && group.length > 0;
    const shown = words.length === 0 ? commands() : isGroup ? group : [findCommand(words, commands())];
    output.text(
      words.length === 0
        ? helpText(shown, output.paint)
        : shown.map((command) => commandHelp(command, output.paint)).join("\n\n"),
    );
    for (const { name, summary, usage, options, examples } of shown)
      output.value({ name, summary, usage, options, examples });
    return exitCodes.ok;
  },
});
