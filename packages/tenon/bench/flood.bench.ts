import type { ChildProcess } from "node:child_process";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import { type Server, startServer } from "./http-load.ts";
import { outputOf, startPinned } from "./pinned.ts";

/** Calls of the prediction that is measured, a second. */
const perSecond = 200;
const floodConnections = 64;

interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

interface Pair {
  readonly before: Latencies;
  readonly flooded: Latencies;
}

/**
 * The latency of one prediction before another is flooded, and meanwhile; and the same of a bare `node:http` server that
 * shares nothing out. All clients are on one core, the flood's at the lowest priority.
 */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const seconds = quick ? 2 : 8;
  const tenon = await startServer("predict-server.ts", "predict");
  const bare = await startServer("predict-server.ts", "echo");
  try {
    const rows: { readonly tenon: Pair; readonly bare: Pair }[] = [];
    await paced(tenon, seconds);
    for (let i = 0; i < runs; i++)
      rows.push({ tenon: await underFlood(tenon, seconds), bare: await underFlood(bare, seconds) });
    const ratios = rows.map((row) => row.tenon.flooded.p99 / row.tenon.before.p99);
    const failed = rows.reduce((sum, row) => sum + row.tenon.flooded.failed, 0);
    const of = (pick: (row: (typeof rows)[number]) => number): string => spread(rows.map(pick));
    return {
      bench: "flood",
      figures: {
        "p99 ms before": of((row) => row.tenon.before.p99),
        "p99 ms under the flood": of((row) => row.tenon.flooded.p99),
        "p50 ms before": of((row) => row.tenon.before.p50),
        "p50 ms under the flood": of((row) => row.tenon.flooded.p50),
        "bare server: p99 ms before": of((row) => row.bare.before.p99),
        "bare server: p99 ms under the flood": of((row) => row.bare.flooded.p99),
        "bare server: p99 ratio": of((row) => row.bare.flooded.p99 / row.bare.before.p99),
        failed,
      },
      ratio: median(ratios),
      target: 1.2,
      met: median(ratios) <= 1.2 && failed === 0,
    };
  } finally {
    tenon.child.kill();
    bare.child.kill();
  }
}

async function underFlood(server: Server, seconds: number): Promise<Pair> {
  const before = await paced(server, seconds);
  const flood = startFlood(server);
  await sleep(1_000);
  const flooded = await paced(server, seconds);
  flood.kill();
  await sleep(500);
  return { before, flooded };
}

async function paced({ port, key }: Server, seconds: number): Promise<Latencies> {
  const args = [port, "/predict/risk", key || "none", perSecond, seconds].map(String);
  return JSON.parse(await outputOf(startPinned(1, "paced-client.ts", args)));
}

function startFlood({ port, key }: Server): ChildProcess {
  const args = [port, "/predict/flooded", 100_000_000, floodConnections, key || "none", "predict"].map(String);
  const flood = startPinned(1, "load-client.ts", args);
  setPriority(flood.pid ?? 0, 19);
  return flood;
}
