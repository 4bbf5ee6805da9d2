import type { SnapshotManifest } from "../../ports/workers.ts";
import { type Command, exitCodes } from "../command.ts";
import { flagCount } from "../flags.ts";
import { followTraining } from "../follow-training.ts";
import { withApp } from "../reach-app.ts";

interface Snapshot {
  readonly snapshot: string;
  readonly manifest: SnapshotManifest;
}

export const datasetBuild: Command = {
  name: "dataset build",
  summary: "Build a model's training set, point in time, as an immutable snapshot",
  usage: "tenon dataset build MODEL [--rows N]",
  options: [{ flag: "--rows", value: "N", about: "The newest examples, at most; default 1,000,000" }],
  examples: ["tenon dataset build refund_risk", "tenon dataset build refund_risk --json"],
  async run(call) {
    const { output, words, places } = call;
    const [model = ""] = words;
    const rowsMax = flagCount(call, "rows", { min: 1, max: 10_000_000 });
    const told = output.progress(`Building the training set of ${model}`);
    const { snapshot, manifest } = await withApp(call, "config", async (app) => {
      const run = app.post<Snapshot>(
        `/models/${encodeURIComponent(model)}/dataset`,
        rowsMax === undefined ? {} : { rowsMax },
      );
      return followTraining(app, { model, told, run });
    });
    told(1, "");
    output.text(`${output.paint("green", "✓")} Snapshot ${snapshot.slice(0, 16)} in ${places.dataDir}/snapshots`);
    output.table([
      ["  rows", String(manifest.rows)],
      ["  labelled", String(manifest.labelled)],
      ["  immature", String(manifest.immature)],
      ["  unlabelled", String(manifest.unlabelled)],
      ["  columns", manifest.columns.map(({ name }) => name).join(", ")],
      ["  position", manifest.position],
    ]);
    output.value({ snapshot, manifest });
    return exitCodes.ok;
  },
};
