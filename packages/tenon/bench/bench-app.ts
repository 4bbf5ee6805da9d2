import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../src/base/log.ts";
import { type Running, startTenon } from "../src/run.ts";

/** An app of ten windowed columns over one event, and a prediction over them. */
export const benchConfig = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, prediction } from "tenon";
const account = entity("account");
const payment = event("payment", { account: c.ref(account), cents: c.integer(), fee: c.real() });
const spend = features("spend", account, { n: payment.count().over("1h", "24h", "30d"), paid: payment.sum("cents").over("1h", "24h", "30d"), fee: payment.mean("fee").over("24h", "30d"), top: payment.max("cents").over("24h", "30d") });
const risk = model("risk", { label: label("more", { of: payment, is: payment.count().next("1h").above(1) }), features: [spend], trainer: gradientBoosting() });
export const app = defineApp({ name: "bench", tenancy: "required", stores: { dev: () => embedded() }, use: [payment, spend, prediction("risk", { model: risk, fallback: { score: 0 } }), prediction("flooded", { model: risk, fallback: { score: 0 } })] });
`;

/** The bench's app in a folder of its own, which goes when the process ends. */
export async function startBenchApp(
  change: (config: string) => string = (config) => config,
): Promise<Running & { readonly tenant: number }> {
  const dir = mkdtempSync(join(tmpdir(), "tenon-bench-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, "tenon.config.ts"), change(benchConfig));
  const running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
  });
  return { ...running, tenant: await running.tenon.metadata.tenant("bench") };
}
