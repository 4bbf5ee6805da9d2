import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { departureOf, hasAllFlights, landingOf, readFlights } from "../../../examples/acme/flights.ts";
import { silentLogger } from "../src/base/log.ts";
import { startTenon } from "../src/run.ts";
import type { BenchOptions, BenchResult } from "./bench-result.ts";

const firstMs = Date.parse("2001-01-01T00:00:00Z");
const lastMs = Date.parse("2001-07-02T00:00:00Z");
const dayMs = 86_400_000;
/** LightGBM 4.7.0, 100 trees of 31 leaves, on all rows without live features: the same split. */
const lightgbmAuc = 0.704;

const config = `import { c, defineApp, embedded, entity, event, features, gradientBoosting, label, model, onDemand, prediction } from "tenon";
const airport = entity("airport");
const route = entity("route");
const departure = event("departure", { origin: c.ref(airport), route: c.ref(route), destination: c.text(), miles: c.integer() });
const landing = event("landing", { departure: c.ref(departure), origin: c.ref(airport), route: c.ref(route), delayMinutes: c.integer() }, { late: "6h" });
const origin = features("origin", airport, { departures: departure.count().over("1h", "24h"), delay: landing.mean("delayMinutes").over("1h", "6h", "24h", "7d") });
const usual = features("usual", route, { delay: landing.mean("delayMinutes").over("7d") });
const clock = onDemand("clock", { on: departure, uses: [], compute: ({ row }) => ({ hour: row.at.getUTCHours(), minute: row.at.getUTCHours() * 60 + row.at.getUTCMinutes(), weekday: row.at.getUTCDay() }) });
const late = label("late", { of: departure, is: landing.mean("delayMinutes").next("12h").above(15) });
const trainer = gradientBoosting({ rounds: 100, leaves: 31, seed: 1 });
const plain = model("plain", { label: late, features: [departure.pick("miles", "origin", "destination"), clock], trainer });
const live = model("live", { label: late, features: [departure.pick("miles", "origin", "destination"), clock, origin, usual], trainer });
export const app = defineApp({ name: "flights", tenancy: "none", stores: { dev: () => embedded() }, use: [landing, prediction("plain", { model: plain, fallback: { score: 0 } }), prediction("live", { model: live, fallback: { score: 0 } })] });
`;

/** What live features add on the flights: AUC on the newest fifth of them, with and without, at equal settings. */
export async function run({ quick }: BenchOptions): Promise<BenchResult> {
  if (!hasAllFlights()) throw new Error("this needs the 3,000,000 flights of vega-datasets");
  const dir = mkdtempSync(join(tmpdir(), "tenon-flights-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, "tenon.config.ts"), config);
  const untilMs = quick ? firstMs + 21 * dayMs : lastMs;
  const clock = { startMs: untilMs + 2 * dayMs, rate: 0 };
  const running = await startTenon({
    configFile: join(dir, "tenon.config.ts"),
    dataDir: join(dir, "data"),
    logger: silentLogger,
    clock,
  });
  const { tenon } = running;
  const tenant = await tenon.metadata.tenant("default");
  let flights = 0;
  for (let fromMs = firstMs; fromMs < untilMs; fromMs += dayMs) {
    for await (const batch of readFlights(fromMs, Math.min(fromMs + dayMs, untilMs))) {
      await tenon.ingest(tenant, "departure", batch.map(departureOf), { latencyMs: 0 });
      await tenon.ingest(tenant, "landing", batch.map(landingOf), { latencyMs: 0 });
      flights += batch.length;
    }
  }
  const figures: Record<string, number | string> = { flights };
  const aucs: number[] = [];
  for (const name of ["plain", "live"]) {
    const version = await tenon.learner.train(
      tenon.trainedModel(name),
      tenon.learnRequest(name, { rowsMax: 10_000_000 }),
    );
    const auc = version.evaluation.metrics.auc;
    if (auc === undefined) throw new Error("the evaluation has no AUC");
    aucs.push(auc.value);
    figures[`AUC ${name === "plain" ? "without" : "with"} live features`] =
      `${auc.value.toFixed(4)} [${auc.low.toFixed(4)}–${auc.high.toFixed(4)}]`;
    figures[`${name}: rows learnt from, trees, seconds`] =
      `${version.trainedRows}, ${version.rounds}, ${version.seconds.toFixed(0)}`;
    figures[`${name}: most important`] = version.columns
      .slice(0, 5)
      .map((column) => `${column.name} ${(column.importance * 100).toFixed(0)} %`)
      .join(", ");
  }
  await running.close();
  const ratio = lightgbmAuc / (aucs[1] ?? 0);
  return { bench: "flights", figures, ratio, target: 1, met: ratio <= 1 && (aucs[1] ?? 0) > (aucs[0] ?? 1) };
}
