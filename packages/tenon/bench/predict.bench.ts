import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import { measure, startServer } from "./http-load.ts";

/** `/predict` with key, validation, ten live windowed features, 100 × 31 trees and logging, over a bare JSON echo. */
export async function run({ runs, quick }: BenchOptions): Promise<BenchResult> {
  const requests = quick ? 4_000 : 20_000;
  const tenon = await startServer("predict-server.ts", "predict");
  const echo = await startServer("predict-server.ts", "echo");
  const asked = { path: "/predict/risk", body: "predict", requests } as const;
  try {
    await measure(tenon, asked);
    await measure(echo, asked);
    const ratios: number[] = [];
    const p99Ratios: number[] = [];
    const rows: { us: number; echoUs: number; p99: number; echoP99: number }[] = [];
    for (let i = 0; i < runs; i++) {
      const e1 = await measure(echo, asked);
      const t = await measure(tenon, asked);
      const e2 = await measure(echo, asked);
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
