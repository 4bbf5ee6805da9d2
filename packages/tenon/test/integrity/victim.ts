// The process that the integrity test kills: an app on a data directory, told to its parent by the port that it serves on.
import { silentLogger } from "../../src/base/log.ts";
import { serve, startTenon } from "../../src/run.ts";
import { trainTwoVersions } from "../start-app.ts";

const [configFile, dataDir] = process.argv.slice(2);
const running = await startTenon({ configFile: configFile!, dataDir: dataDir!, logger: silentLogger });
const { tenon } = running;
const { url } = await serve(running, { port: 0 });
if (tenon.registry.versions("risk").length === 0) await trainTwoVersions(running, "history");
const { key } = await tenon.keys.create({ tenant: "acme", scopes: ["admin"], note: "integrity" });
process.send?.({ url, key, live: tenon.registry.live("risk")?.version ?? null });
