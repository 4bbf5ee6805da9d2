import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";
import type { BodyKind } from "./bodies.ts";
import { measure, type Server, startServer } from "./http-load.ts";

/** CPU of Feast 0.67 with Redis over that of a bare echo in the same run, as it was measured: what stands in for it here. */
const cases: readonly { readonly body: BodyKind; readonly feastOverEcho: number; readonly requests: number }[] = [
  { body: "feast-1x50", feastOverEcho: 0, requests: 8_000 },
  { body: "feast-1x250", feastOverEcho: 823, requests: 4_000 },
  { body: "feast-100x250", feastOverEcho: 11_800, requests: 300 },
];

/** Our CPU in echoes, and as a share of Feast's where that is known. */
async function oneCase(tenon: Server, echo: Server, one: (typeof cases)[number], o: BenchOptions) {
  const requests = o.quick ? Math.ceil(one.requests / 4) : one.requests;
  const asked = { path: "/get-online-features", body: one.body, requests };
  const echoed = { path: "/", body: "predict", requests: Math.max(2_000, requests) } as const;
  await measure(tenon, asked);
  const ratios: number[] = [];
  const costs: number[] = [];
  const p99s: number[] = [];
  for (let i = 0; i < o.runs; i++) {
    const e1 = await measure(echo, echoed);
    const t = await measure(tenon, asked);
    const e2 = await measure(echo, echoed);
    ratios.push((2 * t.us) / (e1.us + e2.us));
    costs.push(t.us);
    p99s.push(t.p99);
  }
  const share = one.feastOverEcho === 0 ? undefined : median(ratios) / one.feastOverEcho;
  return { ratios, costs, p99s, share };
}

/** Online reads over Feast's wire: 1 × 50, 1 × 250 and 100 × 250 features of a table. */
export async function run(o: BenchOptions): Promise<BenchResult> {
  const tenon = await startServer("read-server.ts");
  const echo = await startServer("predict-server.ts", "echo");
  try {
    await measure(echo, { path: "/", body: "predict", requests: 4_000 });
    const figures: Record<string, string | number> = {};
    const shares: number[] = [];
    for (const one of cases) {
      const { ratios, costs, p99s, share } = await oneCase(tenon, echo, one, o);
      const name = one.body.replace("feast-", "");
      figures[`${name}: CPU µs a request`] = spread(costs, 1);
      figures[`${name}: echoes`] = spread(ratios, 1);
      figures[`${name}: p99 ms`] = spread(p99s);
      if (share === undefined) continue;
      figures[`${name}: Feast's CPU over ours`] = Math.round(1 / share);
      shares.push(share);
    }
    const ratio = Math.max(...shares);
    return { bench: "feast-read", figures, ratio, target: 1 / 60, met: ratio <= 1 / 60 };
  } finally {
    tenon.child.kill();
    echo.child.kill();
  }
}
