// Predicts on the package that it stands in, and recomputes what was logged: argument is the configuration.
import { dirname, join } from "node:path";
import { silentLogger } from "../../src/base/log.ts";
import { startTenon } from "../../src/run.ts";

const configFile = process.argv[2] ?? "";
const running = await startTenon({
  configFile,
  dataDir: join(dirname(configFile), "data"),
  logger: silentLogger,
  recomputes: true,
});
const { tenon } = running;
const tenant = await tenon.metadata.tenant("shop");
const at = Date.now() - 3_000;
const countries = ["DE", "US", "FR", "DE"];
// Two at one time: the one that arrived later is the later.
await tenon.ingest(
  tenant,
  "payment",
  countries.map((country, i) => ({ id: `p${i}`, at: at + Math.floor(i / 2), account: "a1", cents: 100 * i, country })),
);
await tenon.applier.waitFor(tenon.log.lastSeq, 10_000);
await tenon.predict(tenant, "risk", { account: "a1", cents: 900, country: "DE" });
await tenon.predictions.drain();
await tenon.consistency.round();
process.stdout.write(
  `${JSON.stringify({ tally: tenon.consistency.of(tenant), mismatches: tenon.consistency.mismatches(tenant) })}\n`,
);
await running.close();
