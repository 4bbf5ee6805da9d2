// The server that `features-read` and `feast-read` measure: ten windowed columns and a table of 250, of 500 accounts each.
import { seededRandom } from "../src/base/random.ts";
import { serve } from "../src/run.ts";
import { startBenchApp } from "./bench-app.ts";
import { wideColumns } from "./bodies.ts";

const accounts = 500;
const eventsPerAccount = 60;

const wide = Array.from({ length: wideColumns }, (_, i) => `c${i}: c.real()`).join(", ");
const running = await startBenchApp((config) =>
  config
    .replace("prediction }", "prediction, table }")
    .replace("const risk =", `const wide = table("wide", { account: c.ref(account), ${wide} });\nconst risk =`)
    .replace("use: [payment, spend,", "use: [payment, spend, wide,"),
);
const { tenon, tenant } = running;
const random = seededRandom(1);
const nowMs = Date.now();
const events = Array.from({ length: accounts * eventsPerAccount }, (_, i) => ({
  id: `e${i}`,
  at: nowMs - Math.floor(random() * 7 * 86_400_000),
  account: `a${i % accounts}`,
  cents: Math.floor(random() * 10_000),
  fee: random(),
}));
for (let i = 0; i < events.length; i += 5_000)
  await tenon.ingest(tenant, "payment", events.slice(i, i + 5_000), { latencyMs: 0 });
const rows = Array.from({ length: accounts }, (_, i) => ({
  account: `a${i}`,
  ...Object.fromEntries(Array.from({ length: wideColumns }, (__, column) => [`c${column}`, random()])),
}));
await tenon.put(tenant, "wide", rows);
await tenon.applier.waitFor(tenon.log.lastSeq, 60_000);
const { url } = await serve(running, { port: 0 });
const { key } = await tenon.keys.create({ tenant: "bench", scopes: ["predict"], note: "bench" });
process.on("SIGINT", () => process.exit(0));
process.on("message", () => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
process.send?.({ port: Number(new URL(url).port), key });
