import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import { measure, startServer } from "./http-load.ts";

/** `POST /features/spend`: one key, ten windowed columns with statuses and ages, over a bare JSON echo. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const requests = quick ? 4_000 : 20_000;
  const tenon = await startServer("read-server.ts");
  const echo = await startServer("predict-server.ts", "echo");
  const asked = { path: "/features/spend", body: "features", requests } as const;
  try {
    await measure(tenon, asked);
    await measure(echo, asked);
    const ratios: number[] = [];
    const costs: number[] = [];
    const p99s: number[] = [];
    for (let i = 0; i < runs; i++) {
      const e1 = await measure(echo, asked);
      const t = await measure(tenon, asked);
      const e2 = await measure(echo, asked);
      ratios.push((2 * t.us) / (e1.us + e2.us));
      costs.push(t.us);
      p99s.push(t.p99);
    }
    const ratio = median(ratios);
    return {
      bench: "features-read",
      figures: { "CPU µs a request": spread(costs, 1), "CPU ratio": spread(ratios), "p99 ms": spread(p99s) },
      ratio,
      target: 1.5,
      met: ratio <= 1.5,
    };
  } finally {
    tenon.child.kill();
    echo.child.kill();
  }
}
