// An open loop: calls begin at their times, whether those before were answered or not; prints latencies from those times on.
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf } from "./bodies.ts";

const [port, path, key, perSecond, seconds] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const everyMs = 1_000 / Number(perSecond);
const count = Math.round(Number(perSecond) * Number(seconds));
const latencies = new Float64Array(count);
let failed = 0;

function one(i: number, dueMs: number): Promise<void> {
  const body = JSON.stringify(bodyOf("predict", i));
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  return new Promise((resolve) => {
    const open = request({ port, host: "127.0.0.1", agent, method: "POST", path, headers }, (response) => {
      response.resume();
      response.on("end", () => {
        if (response.statusCode !== 200) failed++;
        latencies[i] = performance.now() - dueMs;
        resolve();
      });
    });
    open.on("error", () => {
      failed++;
      resolve();
    });
    open.end(body);
  });
}

const beginMs = performance.now();
const open: Promise<void>[] = [];
for (let i = 0; i < count; i++) {
  const dueMs = beginMs + i * everyMs;
  const waitMs = dueMs - performance.now();
  if (waitMs > 0.5) await sleep(waitMs);
  open.push(one(i, performance.now()));
}
await Promise.all(open);
const sorted = latencies.sort();
const at = (share: number): number => sorted[Math.min(count - 1, Math.floor(share * count))] ?? 0;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), p999: at(0.999), failed }));
process.exit();
