import { TenonError } from "../../base/error.ts";
import type { ModelAnswer, ModelsAnswer, PromotedAnswer } from "../../server/wire.ts";
import { type Command, exitCodes } from "../command.ts";
import { withApp } from "../reach-app.ts";
import { showTime } from "../show-values.ts";
import { gateLines, metricLines } from "../show-version.ts";
import { modelsImport } from "./models/import.ts";

const list: Command = {
  name: "models list",
  summary: "List the models with their live versions",
  usage: "tenon models list",
  options: [],
  examples: ["tenon models list"],
  async run(call) {
    const { output } = call;
    const { models } = await withApp(call, "served", (app) => app.get<ModelsAnswer>("/models"));
    output.table(
      models.map(({ name, source, runs, problem, live, versions, training }) => [
        output.paint("bold", name),
        runs ?? `${versions} versions`,
        live === null ? (source === "pretrained" ? "" : "none live") : `live @${live}`,
        training ? "in training" : problem === null ? "" : output.paint("red", problem),
      ]),
    );
    for (const model of models) output.value(model);
    return exitCodes.ok;
  },
};

const one: Command = {
  name: "models show",
  summary: "Show a model's versions with metrics and gates",
  usage: "tenon models show NAME",
  options: [],
  examples: ["tenon models show refund_risk"],
  async run(call) {
    const { output, words } = call;
    const { paint } = output;
    const model = await withApp(call, "served", (app) =>
      app.get<ModelAnswer>(`/models/${encodeURIComponent(words[0] ?? "")}`),
    );
    if (model.versions.length === 0)
      output.text(`${model.name} has no version yet. Train one: tenon train ${model.name}`);
    for (const version of model.versions) {
      output.text(
        `${paint("bold", `${model.name}@${version.version}`)}${version.live ? paint("green", " live") : ""}  ${showTime(version.createdAt)}, ${version.trainedRows} examples, ${version.rounds} trees, build ${version.build}`,
      );
      for (const line of [...metricLines(version), ...gateLines(version, paint)]) output.text(line);
      const columns = version.columns
        .slice(0, 5)
        .map(({ name, importance }) => `${name} ${(importance * 100).toFixed(0)} %`);
      output.text(`  learnt most from ${columns.join(", ")}`);
    }
    output.value(model);
    return exitCodes.ok;
  },
};

const promote: Command = {
  name: "models promote",
  summary: "Make a version live",
  usage: "tenon models promote NAME VERSION [--force]",
  options: [{ flag: "--force", about: "Though a gate does not pass; the audit records it" }],
  examples: ["tenon models promote refund_risk 3"],
  async run(call) {
    const { output, words, flags } = call;
    const [name = "", version = ""] = words;
    if (!/^\d+$/.test(version)) throw new TenonError("cli.usage", `VERSION is a number; "${version}" is none`);
    const path = `/models/${encodeURIComponent(name)}/versions/${version}/promote${flags.force === true ? "?force=true" : ""}`;
    const answer = await withApp(call, "served", (app) => app.post<PromotedAnswer>(path));
    output.text(
      `${output.paint("green", "✓")} ${name}@${answer.live} is live${answer.previous === null ? "" : `; @${answer.previous} was`}.`,
    );
    output.value(answer);
    return exitCodes.ok;
  },
};

const rollback: Command = {
  name: "models rollback",
  summary: "Go back to the version that was live before",
  usage: "tenon models rollback NAME",
  options: [],
  examples: ["tenon models rollback refund_risk"],
  async run(call) {
    const { output, words } = call;
    const answer = await withApp(call, "served", (app) =>
      app.post<PromotedAnswer>(`/models/${encodeURIComponent(words[0] ?? "")}/rollback`),
    );
    output.text(`${output.paint("green", "✓")} ${answer.model}@${answer.live} is live again; @${answer.previous} was.`);
    output.value(answer);
    return exitCodes.ok;
  },
};

export const modelsCommands: readonly Command[] = [list, one, modelsImport, promote, rollback];
