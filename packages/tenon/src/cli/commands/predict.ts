import { TenonError } from "../../base/error.ts";
import type { FeaturesServed, PredictAnswer } from "../../server/wire.ts";
import { type Command, exitCodes, tenantOption } from "../command.ts";
import { withApp } from "../reach-app.ts";
import { readJson } from "../read-json.ts";
import { featureRows, show } from "../show-values.ts";

export const predict: Command = {
  name: "predict",
  summary: "Make a prediction for a row",
  usage: "tenon predict NAME JSON [--explain]",
  options: [{ flag: "--explain", about: "Tell the features too, with their ages and statuses" }, tenantOption],
  examples: [`tenon predict limit '{"cents":1200}'`, "cat row.json | tenon predict limit - --explain"],
  async run(call) {
    const { output, words, flags } = call;
    const [name = "", text = ""] = words;
    const row = await readJson(text);
    if (Array.isArray(row))
      throw new TenonError("cli.usage", "tenon predict takes one row; POST an array to /predict for many");
    const path = `/predict/${encodeURIComponent(name)}${flags.explain === true ? "?explain=features" : ""}`;
    const answer = await withApp(call, "refuse", (app) => app.post<PredictAnswer>(path, row));
    const { receipt, features, ...result } = answer;
    output.table(Object.entries(result).map(([column, value]) => [output.paint("bold", column), show(value)]));
    output.text(output.paint("dim", `${receipt.model}, ${receipt.variant}, at ${receipt.at}, id ${receipt.id}`));
    for (const reason of receipt.degraded)
      output.text(`${output.paint("yellow", "!")} ${reason}: ${answeredBy(receipt.variant)}`);
    if (isFeatures(features)) output.table(featureRows(features));
    output.value(answer);
    return exitCodes.ok;
  },
};

function answeredBy(variant: string): string {
  if (variant === "previous") return "the version before answered";
  if (variant === "rule") return "the prediction's rule answered";
  return variant === "fallback" ? "this is the fallback" : "the answer is not complete";
}

const isFeatures = (value: PredictAnswer["features"] | unknown): value is FeaturesServed =>
  value !== null && typeof value === "object" && "values" in value;
