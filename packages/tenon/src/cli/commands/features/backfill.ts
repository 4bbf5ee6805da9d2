import { setTimeout as wait } from "node:timers/promises";
import { TenonError } from "../../../base/error.ts";
import { suggestion } from "../../../base/nearest.ts";
import type { AppDescription } from "../../../server/wire.ts";
import type { AppSocket } from "../../app-socket.ts";
import { type Command, exitCodes } from "../../command.ts";
import { withApp } from "../../reach-app.ts";

const pollMs = 500;

type FeatureSet = AppDescription["featureSets"][number];

export const featuresBackfill: Command = {
  name: "features backfill",
  summary: "Follow how far new and changed feature sets are filled from the log, or tell it",
  usage: "tenon features backfill [SET] [--status]",
  options: [{ flag: "--status", about: "Tell how far they are, and do not wait" }],
  examples: ["tenon features backfill", "tenon features backfill spend --status --json"],
  async run(call) {
    const { output, words, flags } = call;
    return withApp(call, "refuse", async (app) => {
      let sets = await setsOf(app, words[0]);
      if (flags.status !== true && share(sets) < 1) {
        const told = output.progress("Filling feature sets");
        for (; share(sets) < 1; sets = await setsOf(app, words[0])) {
          told(share(sets), behind(sets).join(", "));
          await wait(pollMs);
        }
        told(1, "");
      }
      output.table(
        sets.map(({ name, backfilled }) => [
          name,
          backfilled >= 1 ? output.paint("green", "whole") : `${(100 * backfilled).toFixed(1)} %`,
        ]),
      );
      output.value({ sets: sets.map(({ name, backfilled }) => ({ name, backfilled })) });
      return exitCodes.ok;
    });
  },
};

/** The least of all: the lanes of several are filled together. */
const share = (sets: readonly FeatureSet[]): number => Math.min(1, ...sets.map(({ backfilled }) => backfilled));

const behind = (sets: readonly FeatureSet[]): readonly string[] =>
  sets.flatMap(({ name, backfilled }) => (backfilled < 1 ? [name] : []));

async function setsOf(app: AppSocket, name: string | undefined): Promise<readonly FeatureSet[]> {
  const { featureSets } = await app.get<AppDescription>("/app");
  if (name === undefined) return featureSets;
  const set = featureSets.find((candidate) => candidate.name === name);
  if (set !== undefined) return [set];
  const names = featureSets.map((candidate) => candidate.name);
  throw new TenonError("features.unknown", `the app has no feature set "${name}".${suggestion(name, names)}`);
}
