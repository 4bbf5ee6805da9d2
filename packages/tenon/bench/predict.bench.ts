import type { ChildProcess } from "node:child_process";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import { outputOf, startPinned } from "./pinned.ts";

const connections = 8;

interface Server {
  readonly child: ChildProcess;
  readonly path: string;
  readonly port: number;
  readonly key: string;
}

function start(kind: "predict" | "echo"): Promise<Server> {
  const child = startPinned(0, "predict-server.ts", [kind]);
  return new Promise((resolve, reject) => {
    child.once("message", (told: { port: number; key: string }) =>
      resolve({ child, path: kind === "echo" ? "/" : "/predict/risk", ...told }),
    );
    child.once("exit", () => reject(new Error("the bench's server ended")));
  });
}

const cpuUs = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.child.once("message", (told: { cpu: NodeJS.CpuUsage }) => resolve(told.cpu.user + told.cpu.system));
    server.child.send("cpu");
  });

/** CPU of the whole process, its workers included, per request, and the latency of its answers. */
async function measure(
  server: Server,
  requests: number,
): Promise<{ readonly us: number; readonly p50: number; readonly p99: number }> {
  const before = await cpuUs(server);
  const text = await outputOf(
    startPinned(1, "load-client.ts", [
      String(server.port),
      server.path,
      String(requests),
      String(connections),
      server.key || "none",
    ]),
  );
  const { p50, p99 }: { p50: number; p99: number } = JSON.parse(text);
  // The batch that is being logged belongs to these requests.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { us: ((await cpuUs(server)) - before) / requests, p50, p99 };
}

/** `/predict` with key, validation, ten live windowed features, 100 × 31 trees and logging, over a bare JSON echo. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const requests = quick ? 4_000 : 20_000;
  const tenon = await start("predict");
  const echo = await start("echo");
  try {
    await measure(tenon, requests);
    await measure(echo, requests);
    const ratios: number[] = [];
    const p99Ratios: number[] = [];
    const rows: { us: number; echoUs: number; p99: number; echoP99: number }[] = [];
    for (let i = 0; i < runs; i++) {
      const e1 = await measure(echo, requests);
      const t = await measure(tenon, requests);
      const e2 = await measure(echo, requests);
      const echoUs = (e1.us + e2.us) / 2;
      const echoP99 = (e1.p99 + e2.p99) / 2;
      ratios.push(t.us / echoUs);
      p99Ratios.push(t.p99 / echoP99);
      rows.push({ us: t.us, echoUs, p99: t.p99, echoP99 });
    }
    const ratio = median(ratios);
    return {
      bench: "predict",
      figures: {
        "CPU µs a request": spread(
          rows.map((row) => row.us),
          1,
        ),
        "echo CPU µs": spread(
          rows.map((row) => row.echoUs),
          1,
        ),
        "CPU ratio": spread(ratios),
        "p99 ms": spread(rows.map((row) => row.p99)),
        "echo p99 ms": spread(rows.map((row) => row.echoP99)),
        "p99 ratio": spread(p99Ratios),
        "p99 target": 3,
      },
      ratio,
      target: 2.5,
      met: ratio <= 2.5 && median(p99Ratios) <= 3,
    };
  } finally {
    tenon.child.kill();
    echo.child.kill();
  }
}
