import { type Command, exitCodes, tenantOption } from "../../command.ts";
import { readCatalog } from "../../read-catalog.ts";
import { figuresText, usersText } from "../../show-catalog.ts";

export const featuresList: Command = {
  name: "features list",
  summary: "List the features with owner, definition and who uses them",
  usage: "tenon features list [SEARCH...] [--unused]",
  options: [{ flag: "--unused", about: "Only those that no model takes" }, tenantOption],
  examples: ["tenon features list", "tenon features list payment 30d", "tenon features list --unused --json"],
  async run(call) {
    const { output, words, flags } = call;
    const found = await readCatalog(call, words.join(" "));
    const features = flags.unused === true ? found.filter(({ unused }) => unused) : found;
    output.table(
      features.map((feature) => [
        output.paint("bold", feature.name),
        feature.definition,
        feature.owner ?? "no owner",
        feature.unused ? output.paint("yellow", "unused") : usersText(feature),
        ...figuresText(feature),
      ]),
    );
    const unused = features.filter((feature) => feature.unused);
    if (features.length === 0)
      output.text(flags.unused === true && found.length > 0 ? "Every feature is used." : "No feature is like this.");
    else if (unused.length > 0 && flags.unused !== true)
      output.text(
        output.paint("dim", `No model takes ${unused.length} of ${features.length}: \`tenon features list --unused\`.`),
      );
    for (const feature of features) output.value(feature);
    return exitCodes.ok;
  },
};
