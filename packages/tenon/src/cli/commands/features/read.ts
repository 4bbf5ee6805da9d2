import { TenonError } from "../../../base/error.ts";
import { suggestion } from "../../../base/nearest.ts";
import type { AppDescription, FeaturesAnswer } from "../../../server/wire.ts";
import { type Command, exitCodes, tenantOption } from "../../command.ts";
import { flagText } from "../../flags.ts";
import { withApp } from "../../reach-app.ts";
import { featureRows } from "../../show-values.ts";

export const featuresRead: Command = {
  name: "features",
  summary: "Read a feature set's columns for a key, now or at a time",
  usage: "tenon features SET KEY [--at TIME]",
  options: [
    { flag: "--at", value: "TIME", about: "ISO 8601 with a zone, or epoch milliseconds: the values as they were then" },
    tenantOption,
  ],
  examples: ["tenon features spend a1", "tenon features spend a1 --at 2026-01-31T12:00:00Z"],
  async run(call) {
    const { output, words } = call;
    const [name = "", key = ""] = words;
    const at = flagText(call, "at");
    const answer = await withApp(call, "config", async (app) => {
      const { featureSets } = await app.get<AppDescription>("/app");
      const set = featureSets.find((candidate) => candidate.name === name);
      if (set === undefined)
        throw new TenonError(
          "features.unknown",
          `the app has no feature set "${name}".${suggestion(
            name,
            featureSets.map((candidate) => candidate.name),
          )}`,
        );
      const asked = { [set.entity]: set.keyType === "integer" && /^-?\d+$/.test(key) ? Number(key) : key };
      return app.post<FeaturesAnswer>(`/features/${encodeURIComponent(name)}`, {
        keys: [asked],
        ...(at === undefined ? {} : { at: /^\d+$/.test(at) ? Number(at) : at }),
      });
    });
    const [row] = answer.rows;
    if (row !== undefined) output.table(featureRows(row));
    output.text(
      output.paint(
        "dim",
        `at ${answer.at}, position ${answer.position}${answer.archive === true ? ", from the archive" : ""}`,
      ),
    );
    output.value(answer);
    return exitCodes.ok;
  },
};
