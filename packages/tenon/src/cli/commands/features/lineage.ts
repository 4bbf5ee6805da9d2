import { type Lineage, lineageOf } from "../../../plan/lineage.ts";
import { lineageAround } from "../../../plan/lineage-walk.ts";
import type { LineageAnswer } from "../../../server/wire.ts";
import { type Command, type CommandCall, exitCodes } from "../../command.ts";
import { withDraftBuild } from "../../draft-build.ts";
import { lineageTree } from "../../lineage-tree.ts";
import { mermaidGraph } from "../../mermaid-graph.ts";
import { runningApp } from "../../read-catalog.ts";

export const featuresLineage: Command = {
  name: "features lineage",
  summary: "Show where a definition or column comes from, and what is made of it",
  usage: "tenon features lineage NAME [--mermaid]",
  options: [{ flag: "--mermaid", about: "As a graph in Mermaid's language, for a page or a pull request" }],
  examples: ["tenon features lineage spend.paid_30d", "tenon features lineage model:refund_risk --mermaid"],
  async run(call) {
    const { output, words, flags } = call;
    const [name = ""] = words;
    const around = await readLineage(call, name);
    if (flags.mermaid === true) output.text(mermaidGraph(around));
    else for (const line of lineageTree(around, name, output.paint)) output.text(line);
    output.value(flags.mermaid === true ? { mermaid: mermaidGraph(around) } : around);
    return exitCodes.ok;
  },
};

/** Of what serves, or of the configuration where nothing runs. */
async function readLineage(call: CommandCall, name: string): Promise<Lineage> {
  const app = await runningApp(call);
  if (app !== undefined) return app.get<LineageAnswer>(`/lineage?of=${encodeURIComponent(name)}`);
  return withDraftBuild(call.places.configFile, async ({ plan }) => lineageAround(lineageOf(plan), name));
}
