import type { GateResult } from "../../../packages/tenon/src/server/wire.ts";
import { metricName } from "../format/metric-name.ts";
import { formatFigure } from "../format/number.ts";
import { Badge, type Tone } from "../parts/badge.tsx";

const tones: Readonly<Record<GateResult["outcome"], Tone>> = { pass: "good", fail: "bad", inconclusive: "unsure" };
const signs: Readonly<Record<GateResult["direction"], string>> = { atLeast: "≥", atMost: "≤" };

/** `AUC ≥ 0.65` with its outcome. */
export function GateLine({ gate }: { readonly gate: GateResult }) {
  return (
    <>
      <Badge tone={tones[gate.outcome]}>{gate.outcome}</Badge> {metricName(gate.metric)} {signs[gate.direction]}{" "}
      {formatFigure(gate.bound)}
    </>
  );
}
