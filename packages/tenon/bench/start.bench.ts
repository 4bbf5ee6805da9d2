import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";

const targetSeconds = 5;
const targetRssMb = 300;
const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Started {
  readonly seconds: number;
  readonly idleRssMb: number;
}

/** `npm start` on a directory that has its history and model, until a prediction is answered; then its memory at rest. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const data = mkdtempSync(join(tmpdir(), "tenon-start-"));
  process.on("exit", () => rmSync(data, { recursive: true, force: true }));
  const first = await startOnce(data, quick ? 3 : 17);
  const starts: Started[] = [];
  for (let i = 0; i < runs; i++) starts.push(await startOnce(data, 17));
  const seconds = starts.map((start) => start.seconds);
  const rss = starts.map((start) => start.idleRssMb);
  const ratio = Math.max(median(seconds) / targetSeconds, median(rss) / targetRssMb);
  return {
    bench: "start",
    figures: {
      "seconds of the first start, history and training included": first.seconds.toFixed(1),
      "seconds to the first prediction": spread(seconds),
      "anonymous memory at rest, MB": spread(rss, 0),
      targets: `${targetSeconds} s, ${targetRssMb} MB`,
    },
    ratio,
    target: 1,
    met: ratio <= 1,
  };
}

async function startOnce(data: string, days: number): Promise<Started> {
  const startedMs = performance.now();
  const env = { ...process.env, TENON_DATA: data, TENON_PORT: "0", ACME_DAYS: String(days), ACME_REPLAY: "off" };
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  try {
    const { url, key } = await printed(child);
    const response = await fetch(`${url}/predict/delay`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ origin: "ORD", route: "ORD-DFW", destination: "DFW", miles: 802 }),
    });
    if (!response.ok) throw new Error(await response.text());
    const seconds = (performance.now() - startedMs) / 1_000;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return { seconds, idleRssMb: anonymousMb(child.pid ?? 0) };
  } finally {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-(child.pid ?? 0), "SIGINT");
    await gone;
  }
}

function printed(child: ReturnType<typeof spawn>): Promise<{ url: string; key: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      const url = /Console\s+(http:\/\/[^/\s]+)/.exec(text)?.[1];
      const key = /API key\s+(tn_\S+)/.exec(text)?.[1];
      if (url !== undefined && key !== undefined && text.includes("Ctrl-C")) resolve({ url, key });
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${text}`)));
  });
}

/** Anonymous resident memory of a process and its children: maps of files, such as LMDB's, are not counted. */
function anonymousMb(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
  const own = Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
  return children.reduce((sum, child) => sum + anonymousMb(child), own);
}
