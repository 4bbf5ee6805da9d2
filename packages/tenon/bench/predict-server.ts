// The server that `predict` measures: ten live windowed features, 100 trees of 31 leaves, keys and logging; told by its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { seededRandom } from "../src/base/random.ts";
import { trainTrees } from "../src/engine/train/train-trees.ts";
import { encodeTreeModel } from "../src/engine/train/tree-file.ts";
import { type Running, serve } from "../src/run.ts";
import { startBenchApp } from "./bench-app.ts";

export const accounts = 500;
const eventsPerAccount = 60;

if (process.argv[2] === "echo") startEcho();
else await startPredict();

function startEcho(): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const text = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.end(text);
    });
  });
  server.listen(0, "127.0.0.1", () => ready((server.address() as AddressInfo).port, ""));
}

async function startPredict(): Promise<void> {
  const running = await startBenchApp();
  const { tenon, tenant } = running;
  const random = seededRandom(1);
  const nowMs = Date.now();
  const events = Array.from({ length: accounts * eventsPerAccount }, (_, i) => ({
    id: `e${i}`,
    at: nowMs - Math.floor(random() * 7 * 86_400_000),
    account: `a${i % accounts}`,
    cents: Math.floor(random() * 10_000),
    fee: random(),
  })).sort((a, b) => a.at - b.at);
  for (let i = 0; i < events.length; i += 5_000)
    await tenon.ingest(tenant, "payment", events.slice(i, i + 5_000), { latencyMs: 0 });
  await tenon.applier.waitFor(tenon.log.lastSeq, 60_000);
  await goLive(tenon, random);
  const { url } = await serve(running, { port: 0 });
  const { key } = await tenon.keys.create({ tenant: "bench", scopes: ["predict", "ingest"], note: "bench" });
  ready(Number(new URL(url).port), key);
}

/** A model of exactly 100 trees of 31 leaves, learnt from noise with some signal. */
async function goLive(tenon: Running["tenon"], random: () => number): Promise<void> {
  const columns = tenon.trainedModel("risk").inputs.map(({ name }) => ({
    name,
    kind: "number" as const,
    values: Float64Array.from({ length: 5_000 }, () => random() * 50_000),
  }));
  const target = Float64Array.from({ length: 5_000 }, (_, row) =>
    columns.reduce((sum, column) => sum + column.values[row], 0) / columns.length / 50_000 + random() * 0.3 > 0.65
      ? 1
      : 0,
  );
  const { model } = trainTrees({ rowCount: 5_000, columns, target }, { task: "binary", rounds: 100, leaves: 31 });
  const evaluation = {
    task: "binary",
    rows: 0,
    metrics: {},
    threshold: null,
    confusion: null,
    calibration: [],
    slices: [],
  } as const;
  const draft = {
    model: "risk",
    createdAtMs: 0,
    owner: null,
    build: tenon.build.id,
    snapshot: "",
    configFingerprint: "",
    trainedRows: 5_000,
    rounds: 100,
    seconds: 0,
    columns: [],
    evaluation,
    gates: [],
  };
  await tenon.registry.add(draft, encodeTreeModel(model));
  await tenon.registry.promote("risk", 1, { force: false });
}

process.on("SIGINT", () => process.exit(0));
function ready(port: number, key: string): void {
  process.on("message", () => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
  process.send?.({ port, key });
}
