import { readBuild } from "../../plan/build.ts";
import { diffPlans } from "../../plan/diff.ts";
import type { Plan } from "../../plan/plan.ts";
import { buildsDirOf, servedBuildAlone } from "../../run/served-build.ts";
import { socketPath } from "../../run/socket-path.ts";
import type { AppDescription } from "../../server/wire.ts";
import { appSocket, isListening } from "../app-socket.ts";
import { type Command, exitCodes } from "../command.ts";
import { withDraftBuild } from "../draft-build.ts";
import { changeCount, changeLines } from "../show-changes.ts";

export const plan: Command = {
  name: "plan",
  summary: "Tell what the configuration would change in a data directory: safe, backfill or breaking",
  usage: "tenon plan",
  options: [],
  examples: ["tenon plan", "tenon plan --data /var/lib/shop --json"],
  run: ({ output, places }) =>
    withDraftBuild(places.configFile, async (after) => {
      const before = await servedNow(places.dataDir);
      const changes = diffPlans(before?.plan ?? nothingOf(after.plan), after.plan);
      if (before === undefined) output.text(`${places.dataDir} has served nothing yet: everything is new.`);
      else if (changes.length === 0)
        output.text(
          `Nothing changes: ${before.id === after.id ? `build ${after.id} is` : "what callers see is"} what ${places.dataDir} serves.`,
        );
      else output.text(`Against build ${before.id} of ${places.dataDir}: ${changeCount(changes)}`);
      for (const line of changeLines(changes, output.paint)) output.text(line);
      const breaking = changes.filter(({ kind }) => kind === "breaking").length;
      output.value({ before: before?.id ?? null, after: after.id, breaking, changes });
      return breaking > 0 ? exitCodes.failed : exitCodes.ok;
    }),
};

/** What serves now, or served last where nothing runs. */
async function servedNow(dataDir: string): Promise<{ readonly id: string; readonly plan: Plan } | undefined> {
  const path = socketPath(dataDir);
  if (!(await isListening(path))) return servedBuildAlone(dataDir);
  const { build } = await appSocket(path, undefined).get<AppDescription>("/app");
  return readBuild(buildsDirOf(dataDir), build);
}

const nothingOf = ({ app }: Plan): Plan => ({
  app,
  entities: [],
  events: [],
  lanes: [],
  featureSets: [],
  onDemand: [],
  labels: [],
  models: [],
  predictions: [],
});
