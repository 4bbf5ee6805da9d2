import { useMemo } from "react";
import type { StatusPoint } from "../../../packages/tenon/src/server/wire.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import { Panel } from "../parts/panel.tsx";
import "./traffic-panel.css";

export interface TrafficLine {
  readonly label: string;
  readonly tone: "first" | "second";
  readonly of: (point: StatusPoint) => number | null;
  readonly testId?: string;
}

interface TrafficPanelProps {
  readonly title: string;
  readonly lines: readonly TrafficLine[];
  readonly points: readonly StatusPoint[];
  /** The points' times in epoch seconds. */
  readonly at: readonly number[];
  readonly format: (value: number) => string;
  readonly formatTick: (value: number) => string;
}

const chartHeight = 152;
const minuteS = 60;
const shownMinutes = 5;

/** The figures of this second, large, over their last five minutes. */
export function TrafficPanel({ title, lines, points, at, format, formatTick }: TrafficPanelProps) {
  const values = useMemo(() => lines.map((line) => points.map(line.of)), [lines, points]);
  const to = at.at(-1) ?? 0;
  const ticks = Array.from({ length: shownMinutes }, (_, index) => {
    const ago = shownMinutes - 1 - index;
    return { at: to - ago * minuteS, label: ago === 0 ? "now" : `−${ago} min` };
  });
  return (
    <Panel title={title} note="last 5 minutes">
      <div className="figures">
        {lines.map((line, index) => (
          <p key={line.label} className="figure-now">
            <strong data-testid={line.testId}>{formatLast(values[index], format)}</strong>
            {lines.length > 1 && <span className="quiet small">{line.label}</span>}
          </p>
        ))}
      </div>
      <TimeChart
        summary={lines.map((line, index) => summaryOf(line.label, values[index] ?? [], format)).join(" ")}
        height={chartHeight}
        lines={lines}
        at={at}
        values={values}
        range={{ from: to - shownMinutes * minuteS, to }}
        ticks={ticks}
        format={format}
        formatTick={formatTick}
        formatAt={(second) => `${Math.round(to - second)} s ago`}
        fromZero
      />
    </Panel>
  );
}

function formatLast(series: readonly (number | null)[] | undefined, format: (value: number) => string): string {
  const last = series?.at(-1);
  return last === null || last === undefined ? "–" : format(last);
}

function summaryOf(label: string, series: readonly (number | null)[], format: (value: number) => string): string {
  const known = series.filter((value) => value !== null);
  if (known.length === 0) return `${label}: no figures in the last 5 minutes.`;
  const bounds = `lowest ${format(Math.min(...known))}, highest ${format(Math.max(...known))}`;
  return `${label} over the last 5 minutes: now ${formatLast(series, format)}, ${bounds}.`;
}
