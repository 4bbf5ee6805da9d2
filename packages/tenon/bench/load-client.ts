// The client of the HTTP benches: a closed loop of keep-alive connections in a process of its own; prints its latencies.
import { Agent, request } from "node:http";
import { bodyOf, isBodyKind } from "./bodies.ts";

const [port, path, requests, connections, key, asked = "predict"] = process.argv.slice(2);
if (!isBodyKind(asked)) throw new RangeError(`there is no body "${asked}"`);
const kind = asked;
const total = Number(requests);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const latencies = new Float64Array(total);
let sent = 0;
let done = 0;

function one(): Promise<void> {
  const i = sent++;
  const body = JSON.stringify(bodyOf(kind, i));
  const startedMs = performance.now();
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const open = request({ port, host: "127.0.0.1", agent, method: "POST", path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        if (response.statusCode !== 200) reject(new Error(text));
        latencies[done++] = performance.now() - startedMs;
        resolve();
      });
    });
    open.on("error", reject);
    open.end(body);
  });
}

await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (sent < total) await one();
  }),
);
const sorted = latencies.slice(0, done).sort();
const at = (share: number): number => sorted[Math.min(done - 1, Math.floor(share * done))] ?? 0;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99) }));
process.exit();
