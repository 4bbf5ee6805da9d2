import { useMemo } from "react";
import type { StatusPoint } from "../../../packages/tenon/src/server/wire.ts";
import { formatLatency } from "../format/duration.ts";
import { formatFigure, formatRate } from "../format/number.ts";
import { type TrafficLine, TrafficPanel } from "./traffic-panel.tsx";

const perSecond = (value: number) => `${formatRate(value)}/s`;
const perSecondTick = (value: number) => `${formatFigure(value)}/s`;
const millisecondTick = (value: number) => `${formatFigure(value)} ms`;

const eventLines: readonly TrafficLine[] = [
  { label: "events/s", tone: "first", of: (point) => point.eventsPerSecond, testId: "overview-events-per-second" },
];
const predictionLines: readonly TrafficLine[] = [
  {
    label: "predictions/s",
    tone: "first",
    of: (point) => point.predictionsPerSecond,
    testId: "overview-predictions-per-second",
  },
];
const latencyLines: readonly TrafficLine[] = [
  { label: "p50", tone: "first", of: (point) => point.latencyMsP50 },
  { label: "p99", tone: "second", of: (point) => point.latencyMsP99 },
];

/** Rates and latency over the last five minutes. */
export function TrafficPanels({ points }: { readonly points: readonly StatusPoint[] }) {
  const at = useMemo(() => points.map((point) => Date.parse(point.at) / 1000), [points]);
  return (
    <div className="columns columns-three">
      <TrafficPanel
        title="Events"
        lines={eventLines}
        points={points}
        at={at}
        format={perSecond}
        formatTick={perSecondTick}
      />
      <TrafficPanel
        title="Predictions"
        lines={predictionLines}
        points={points}
        at={at}
        format={perSecond}
        formatTick={perSecondTick}
      />
      <TrafficPanel
        title="Prediction latency"
        lines={latencyLines}
        points={points}
        at={at}
        format={formatLatency}
        formatTick={millisecondTick}
      />
    </div>
  );
}
