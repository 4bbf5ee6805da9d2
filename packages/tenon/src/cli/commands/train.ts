import type { ModelVersion } from "../../server/wire.ts";
import { type Command, exitCodes } from "../command.ts";
import { flagCount } from "../flags.ts";
import { followTraining } from "../follow-training.ts";
import { withApp } from "../reach-app.ts";
import { gateLines, metricLines } from "../show-version.ts";

export const train: Command = {
  name: "train",
  summary: "Train a model, evaluate it on what came later, and register the version",
  usage: "tenon train MODEL [--rows N]",
  options: [{ flag: "--rows", value: "N", about: "The newest examples, at most; default 1,000,000" }],
  examples: ["tenon train refund_risk", "tenon train refund_risk --rows 50000 --json"],
  async run(call) {
    const { output, words } = call;
    const [model = ""] = words;
    const rowsMax = flagCount(call, "rows", { min: 1, max: 10_000_000 });
    const told = output.progress(`Training ${model}`);
    const version = await withApp(call, "config", async (app) => {
      const run = app.post<ModelVersion>(
        `/models/${encodeURIComponent(model)}/train?wait=true`,
        rowsMax === undefined ? {} : { rowsMax },
      );
      return followTraining(app, { model, told, run });
    });
    told(1, `${version.rounds} trees in ${version.seconds.toFixed(1)} s`);
    const { paint } = output;
    output.text(
      `${paint("green", "✓")} ${paint("bold", `${model}@${version.version}`)}, ${version.trainedRows} examples`,
    );
    for (const line of [...metricLines(version), ...gateLines(version, paint)]) output.text(line);
    if (version.live) output.text(`  It is live.`);
    else
      output.text(
        `  It is not live. ${version.promotable ? `Promote it: tenon models promote ${model} ${version.version}` : "A gate does not pass; see tenon models show."}`,
      );
    output.value(version);
    return exitCodes.ok;
  },
};
