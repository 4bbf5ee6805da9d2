import type { LoggedPrediction, PredictionsAnswer } from "../../server/wire.ts";
import { type Command, exitCodes, tenantOption } from "../command.ts";
import { flagCount, flagText } from "../flags.ts";
import { withApp } from "../reach-app.ts";
import { featureRows, show, showTime } from "../show-values.ts";

const list: Command = {
  name: "predictions list",
  summary: "List the newest logged predictions",
  usage: "tenon predictions list [--prediction NAME] [--limit N]",
  options: [
    { flag: "--prediction", value: "NAME", about: "Of this prediction alone" },
    { flag: "--limit", value: "N", about: "At most this many, up to 200; default 20" },
    tenantOption,
  ],
  examples: ["tenon predictions list --prediction refund --limit 5"],
  async run(call) {
    const { output } = call;
    const query = new URLSearchParams({ limit: String(flagCount(call, "limit", { min: 1, max: 200 }) ?? 20) });
    const prediction = flagText(call, "prediction");
    if (prediction !== undefined) query.set("prediction", prediction);
    const { predictions } = await withApp(call, "served", (app) => app.get<PredictionsAnswer>(`/predictions?${query}`));
    if (predictions.length === 0) output.text("No prediction is logged yet.");
    output.table(
      predictions.map((logged) => [
        logged.id,
        showTime(logged.at),
        logged.prediction,
        logged.model,
        show(logged.output),
        logged.label === null ? "" : `label ${show(logged.label)}`,
      ]),
    );
    for (const logged of predictions) output.value(logged);
    return exitCodes.ok;
  },
};

const one: Command = {
  name: "predictions show",
  summary: "Show a logged prediction, make it again from the past, and tell whether every bit is the same",
  usage: "tenon predictions show ID [--replay]",
  options: [
    { flag: "--replay", about: "Make it again; this is the default" },
    { flag: "--no-replay", about: "Show it as it was logged, and no more" },
    tenantOption,
  ],
  examples: ["tenon predictions show 7d1f…  (the id of a receipt)"],
  async run(call) {
    const { output, words, flags } = call;
    const path = `/predictions/${encodeURIComponent(words[0] ?? "")}?replay=${flags["no-replay"] !== true}`;
    const logged = await withApp(call, "served", (app) => app.get<LoggedPrediction>(path));
    output.text(
      `${output.paint("bold", logged.prediction)} by ${logged.model} (${logged.receipt.variant}) at ${logged.at}`,
    );
    output.table([
      ["input", show(logged.input)],
      ["output", show(logged.output)],
      ["label", logged.label === null ? "not known yet" : show(logged.label)],
    ]);
    output.table(featureRows(logged.features));
    const { replay } = logged;
    if (replay?.same === true)
      output.text(`${output.paint("green", "✓")} Made again from the past: the same to the last bit.`);
    if (replay?.same === false) {
      output.text(`${output.paint("red", "✗")} Made again from the past it differs: ${show(replay.output)}`);
      for (const difference of replay.differences) output.text(`  ${difference}`);
    }
    output.value(logged);
    return replay?.same === false ? exitCodes.failed : exitCodes.ok;
  },
};

export const predictionsCommands: readonly Command[] = [list, one];
