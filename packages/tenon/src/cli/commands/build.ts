import { checkedBuild } from "../../run/checked-build.ts";
import { buildsDirOf } from "../../run/served-build.ts";
import { type Command, exitCodes } from "../command.ts";
import { flagText } from "../flags.ts";

export const build: Command = {
  name: "build",
  summary: "Check the configuration and its functions, and write a content-addressed build",
  usage: "tenon build [--out DIR]",
  options: [{ flag: "--out", value: "DIR", about: "Where builds are kept; default `builds` in the data directory" }],
  examples: ["tenon build", "tenon build --out build --json"],
  async run(call) {
    const { output, places } = call;
    const made = await checkedBuild({
      configFile: places.configFile,
      outDir: flagText(call, "out") ?? buildsDirOf(places.dataDir),
    });
    const { id, dir, plan } = made.build;
    for (const { path, message } of made.warnings) output.text(`${output.paint("yellow", "!")} ${path}: ${message}`);
    output.text(`${output.paint("green", "✓")} Build ${id} of "${plan.app.name}" in ${dir}`);
    output.text(
      `  ${plan.events.length} events, ${plan.featureSets.length} feature sets, ${plan.models.length} models, ${plan.predictions.length} predictions`,
    );
    output.value({ build: id, dir, app: plan.app.name, warnings: made.warnings });
    return exitCodes.ok;
  },
};
