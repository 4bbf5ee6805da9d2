// `npm start`: loads history as of a past date, trains, and replays the following days at an accelerated clock.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { developmentKey, packageVersion, type Running, serve, startTenon } from "tenon/run";
import { departureOf, hasAllFlights, landingOf, readFlights } from "./flights.ts";
import { progressLine } from "./progress-line.ts";
import { Replay } from "./replay.ts";

const model = "late_departure";
const dayMs = 86_400_000;
/** The date as of which history is loaded: the replay begins here. */
const startMs = Date.parse("2001-03-01T06:00:00Z");
const firstMs = Date.parse("2001-01-01T00:00:00Z");
/** App seconds in a second. */
const clockRate = 3_600;
const batchRows = 5_000;

const full = process.argv.includes("--full");
const days = full ? 59 : Number(process.env.ACME_DAYS ?? (hasAllFlights() ? 17 : 59));
const startedMs = performance.now();
const secondsSince = (ms: number): string => `${((performance.now() - ms) / 1_000).toFixed(1)} s`;

process.on("uncaughtException", (error: Error & { readonly code?: string }) => {
  console.error(`\n✗ ${error.code === undefined ? error.stack : `${error.message} [${error.code}]`}`);
  if (error.code === "port.taken") console.error("  → Choose another one: TENON_PORT=4100 npm start");
  process.exit(1);
});
console.log(`Tenon ${packageVersion} on Node ${process.version}`);
const running = await startTenon({
  configFile: fileURLToPath(new URL("./tenon.config.ts", import.meta.url)),
  clock: { startMs, rate: 0 },
  logger: {
    debug() {},
    info() {},
    warn: (fields, message) => console.warn(message, fields),
    error: (fields, message) => console.error(message, fields),
  },
});
const { tenon, dataDir } = running;
const listening = await serve(running, {});
const key = await developmentKey(running, listening.tenant);
const { tenant } = tenon.keys.authenticate(key);
let replay: Replay | undefined;
closeOnSignal(running);

const loadedMark = join(dataDir, "history.loaded");
if (!existsSync(loadedMark)) {
  await loadHistory();
  writeFileSync(loadedMark, `${days}\n`);
}
if (tenon.registry.live(model) === undefined) await train();

if (process.env.ACME_REPLAY !== "off") {
  tenon.clock.setRate(clockRate);
  replay = new Replay(running, tenant);
  replay.start();
  console.log(
    `\nThe replay runs: an hour of ${new Date(tenon.clock.nowMs()).toISOString().slice(0, 10)} passes in a second.`,
  );
}
console.log(`Ready after ${secondsSince(startedMs)}.\n`);
console.log(`  Console   ${listening.consoleUrl}`);
console.log(`  API key   ${key}`);
console.log(`  Predict   curl -s ${listening.url}/predict/delay -H 'Authorization: Bearer ${key}' \\`);
console.log(
  `              -H 'Content-Type: application/json' -d '{"origin":"ORD","route":"ORD-DFW","destination":"DFW","miles":802}'`,
);
console.log(`\nCtrl-C stops; a second \`npm start\` goes on from there.`);

/** Takes history in as an import: through the log, with the times of its source. */
async function loadHistory(): Promise<void> {
  const fromMs = Math.max(firstMs, startMs - days * dayMs);
  const told = progressLine(
    `Loading ${days} days of ${hasAllFlights() ? "the 3,000,000" : "the sample of 30,000"} flights`,
  );
  const beganMs = performance.now();
  let count = 0;
  let landings: ReturnType<typeof landingOf>[] = [];
  for await (const flights of readFlights(fromMs, startMs)) {
    const departures = flights.map(departureOf);
    for (let i = 0; i < departures.length; i += batchRows) await take("departure", departures.slice(i, i + batchRows));
    landings.push(...flights.map(landingOf));
    const until = flights.at(-1)?.departedMs ?? startMs;
    landings.sort((a, b) => a.at - b.at);
    const landed = landings.findIndex((landing) => landing.at >= until);
    const ready = landings.slice(0, landed < 0 ? landings.length : landed);
    landings = landings.slice(ready.length);
    for (let i = 0; i < ready.length; i += batchRows) await take("landing", ready.slice(i, i + batchRows));
    count += departures.length + ready.length;
    told((until - fromMs) / (startMs - fromMs), `${count.toLocaleString("en")} events`);
  }
  const ready = landings.filter((landing) => landing.at < startMs);
  for (let i = 0; i < ready.length; i += batchRows) await take("landing", ready.slice(i, i + batchRows));
  count += ready.length;
  // Windows that reach back behind the days that were loaded say that they are incomplete.
  for (const event of ["departure", "landing"]) await tenon.declareWhole(tenant, event, fromMs);
  told(1, `${count.toLocaleString("en")} events in ${secondsSince(beganMs)}`);
  const applied = progressLine("Computing live features");
  const target = tenon.log.lastSeq;
  while (!(await tenon.applier.waitFor(target, 200))) applied(tenon.applier.appliedSeq / target, "");
  applied(1, secondsSince(beganMs));
}

async function take(event: string, rows: readonly object[]): Promise<void> {
  const { rejectedCount, rejected } = await tenon.ingest(tenant, event, rows, { latencyMs: 0 });
  if (rejectedCount > 0)
    throw new Error(`${rejectedCount} rows of ${event} were refused: ${rejected[0]?.places[0]?.message}`);
}

async function train(): Promise<void> {
  const told = progressLine(`Training ${model}`);
  const rowsMax = full ? 10_000_000 : 150_000;
  const beganMs = performance.now();
  const version = await tenon.learner.train(
    tenon.trainedModel(model),
    tenon.learnRequest(model, { rowsMax }),
    (progress) => {
      told(progress.done, `${progress.step} ${progress.detail}`);
    },
  );
  const { auc } = version.evaluation.metrics;
  told(1, `${version.trainedRows.toLocaleString("en")} rows, ${version.rounds} trees in ${secondsSince(beganMs)}`);
  if (auc !== undefined)
    console.log(
      `  AUC on the days after those it learnt from: ${auc.value.toFixed(3)} (${auc.low.toFixed(3)} to ${auc.high.toFixed(3)})`,
    );
  for (const gate of version.gates)
    console.log(`  Gate ${gate.metric} ${gate.direction === "atLeast" ? "≥" : "≤"} ${gate.bound}: ${gate.outcome}`);
  if (tenon.registry.live(model) === undefined)
    console.log("  Not live: a gate did not pass. The fallback answers until a version is promoted in the console.");
}

function closeOnSignal({ close }: Running): void {
  let closing = false;
  const stop = async (): Promise<void> => {
    if (closing) return;
    closing = true;
    console.log("\nStopping …");
    await replay?.stop();
    await listening.close();
    await close();
    process.exit(0);
  };
  process.on("SIGINT", () => void stop());
  process.on("SIGTERM", () => void stop());
}
