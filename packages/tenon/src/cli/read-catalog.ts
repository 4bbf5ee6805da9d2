import { catalogOf, searchCatalog } from "../plan/catalog.ts";
import { socketPath } from "../run/socket-path.ts";
import type { CatalogAnswer, CatalogFeature } from "../server/wire.ts";
import { type AppSocket, appSocket, isListening } from "./app-socket.ts";
import type { CommandCall } from "./command.ts";
import { withDraftBuild } from "./draft-build.ts";
import { flagText } from "./flags.ts";

/** The app that runs on the data directory, or undefined: the catalogue is no reason to start one. */
export async function runningApp(call: CommandCall): Promise<AppSocket | undefined> {
  const path = socketPath(call.places.dataDir);
  return (await isListening(path)) ? appSocket(path, flagText(call, "tenant")) : undefined;
}

/** Every feature: with live figures where the app runs, else as the configuration has it. */
export async function readCatalog(call: CommandCall, search: string): Promise<readonly CatalogFeature[]> {
  const app = await runningApp(call);
  if (app !== undefined) return allPages(app, search);
  return withDraftBuild(call.places.configFile, async ({ plan }) =>
    searchCatalog(catalogOf(plan), search).map((entry) => ({ ...entry, figures: null, cost: null })),
  );
}

async function allPages(app: AppSocket, search: string): Promise<readonly CatalogFeature[]> {
  const features: CatalogFeature[] = [];
  for (;;) {
    const page = await app.get<CatalogAnswer>(
      `/catalog?offset=${features.length}${search === "" ? "" : `&q=${encodeURIComponent(search)}`}`,
    );
    features.push(...page.features);
    if (page.features.length === 0 || features.length >= page.total) return features;
  }
}
