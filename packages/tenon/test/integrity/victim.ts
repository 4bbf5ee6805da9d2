// The process that the integrity test kills: an app on a data directory, told to its parent by the port that it serves on.
import { silentLogger } from "../../src/base/log.ts";
import { serve, startTenon } from "../../src/run.ts";

const [configFile, dataDir] = process.argv.slice(2);
const running = await startTenon({ configFile: configFile!, dataDir: dataDir!, logger: silentLogger });
const { tenon } = running;
const { url } = await serve(running, { port: 0 });
if (tenon.registry.versions("risk").length === 0) await registerTwoVersions();
const { key } = await tenon.keys.create({ tenant: "acme", scopes: ["admin"], note: "integrity" });
process.send?.({ url, key, live: tenon.registry.live("risk")?.version ?? null });

async function registerTwoVersions(): Promise<void> {
  const tenant = await tenon.metadata.tenant("history");
  const at = Date.now() - 12 * 3_600_000;
  const payments = Array.from({ length: 400 }, (_, i) => ({
    id: `h${i}`,
    at: at + i * 1_000,
    account: `h${i % 9}`,
    cents: (i * 37) % 2_000,
  }));
  const refunds = payments
    .filter(({ cents }) => cents > 1_000)
    .map(({ id, at: paidAt, account, cents }) => ({ id: `r${id}`, at: paidAt + 5_000, payment: id, account, cents }));
  await tenon.ingest(tenant, "payment", payments, { latencyMs: 0 });
  await tenon.ingest(tenant, "refund", refunds, { latencyMs: 0 });
  // Labels are final once the outcome's lateness has passed.
  tenon.clock.advanceTo(Date.now() + 8 * 86_400_000);
  const request = tenon.learnRequest("risk", { rowsMax: 1_000 });
  for (let i = 0; i < 2; i++) await tenon.learner.train(tenon.trainedModel("risk"), request);
  await tenon.registry.promote("risk", 1, { force: true });
}
