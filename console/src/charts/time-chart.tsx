import { useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { useTheme } from "../frame/theme.ts";
import { drawTimeChart, type TimeChartOptions } from "./draw-time-chart.ts";
import "./time-chart.css";

interface TimeChartProps extends Omit<TimeChartOptions, "onCursor"> {
  /** The same in words: what it shows and its main figures. */
  readonly summary: string;
  /** Epoch seconds. */
  readonly at: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly formatAt: (at: number) => string;
}

/** Lines over time on a canvas, with a text alternative and a reading of the point under the pointer. */
export function TimeChart({ summary, at, values, formatAt, ...options }: TimeChartProps) {
  const { shown } = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = [[...at], ...values.map((series) => [...series])];

  // A chart is made for a theme and a set of lines; data and range are then put into the same one.
  const lines = options.lines.map((line) => line.label).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme and the lines are what the colours depend on
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const drawn = drawTimeChart(element, { read: () => latest.current, onCursor: setPointed }, data.current);
    chart.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: options.height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [shown, lines, options.height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew when what it shows is new
  useEffect(() => {
    chart.current?.setData(data.current);
  }, [at, values, options.range.from, options.range.to, options.marker]);

  const reading = pointed === null ? undefined : at[pointed];
  return (
    <figure className="time-chart">
      <div ref={box} className="time-chart-canvas" role="img" aria-label={summary} style={{ height: options.height }} />
      <figcaption aria-hidden="true">
        {options.lines.length > 1 &&
          options.lines.map((line) => (
            <span key={line.label} className={`key key-${line.tone}`}>
              {line.label}
            </span>
          ))}
        <span className="time-chart-reading">
          {reading !== undefined && pointed !== null && (
            <>
              {formatAt(reading)}: {values.map((series) => formatOr(series[pointed], options.format)).join(" / ")}
            </>
          )}
        </span>
      </figcaption>
    </figure>
  );
}

function formatOr(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}
