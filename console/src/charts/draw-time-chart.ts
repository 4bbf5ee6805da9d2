import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { paletteOf } from "./palette.ts";

export interface TimeChartOptions {
  readonly height: number;
  readonly lines: readonly { readonly label: string; readonly tone: "first" | "second" }[];
  /** Epoch seconds. */
  readonly range: { readonly from: number; readonly to: number };
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** A value with its unit. */
  readonly format: (value: number) => string;
  /** The same on the axis, where it must be short; as `format` when left out. */
  readonly formatTick?: (value: number) => string;
  readonly fromZero: boolean;
  readonly points?: boolean;
  /** A vertical line at this time. */
  readonly marker?: number | undefined;
}

interface Source {
  /** The options of the last rendering: the chart outlives many. */
  read(): TimeChartOptions;
  onCursor(index: number | null): void;
}

const font = "11px system-ui, sans-serif";
const headroom = 0.12;

/** A uPlot chart in the colours of the element's theme. */
export function drawTimeChart(element: HTMLElement, source: Source, data: uPlot.AlignedData): uPlot {
  const palette = paletteOf(element);
  const { height, lines, points = false } = source.read();
  const grid = { stroke: palette.grid, width: 1 };
  const chart = new uPlot(
    {
      width: element.clientWidth,
      height,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: () => [source.read().range.from, source.read().range.to] },
        y: { range: (_, low, high) => rangeOf(low, high, source.read().fromZero) },
      },
      axes: [
        {
          stroke: palette.axis,
          font,
          size: 28,
          gap: 6,
          grid: { show: false },
          ticks: { ...grid, size: 4 },
          splits: () => source.read().ticks.map((tick) => tick.at),
          values: (_, splits) => splits.map((at) => source.read().ticks.find((tick) => tick.at === at)?.label ?? ""),
        },
        {
          stroke: palette.axis,
          font,
          size: 58,
          gap: 6,
          space: 26,
          grid,
          ticks: { show: false },
          values: (_, splits) => splits.map((value) => tickOf(source.read(), value)),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, tone }) => ({
          label,
          stroke: palette[tone],
          width: 1.75,
          dash: tone === "second" ? [5, 4] : [],
          points: { show: points, size: 5, fill: palette[tone] },
        })),
      ],
      hooks: {
        setCursor: [(drawn) => source.onCursor(drawn.cursor.idx ?? null)],
        draw: [(drawn) => drawMarker(drawn, source.read().marker, palette.axis)],
      },
    },
    data,
    element,
  );
  return chart;
}

function tickOf({ format, formatTick = format }: TimeChartOptions, value: number): string {
  return formatTick(value);
}

function rangeOf(low: number | null, high: number | null, fromZero: boolean): [number, number] {
  if (low === null || high === null) return [0, 1];
  if (fromZero && low === 0 && high === 0) return [0, 1];
  const bottom = fromZero ? Math.min(0, low) : low;
  const span = high - bottom || Math.abs(high) || 1;
  return [fromZero && low >= 0 ? 0 : bottom - span * headroom, high + span * headroom];
}

function drawMarker(chart: uPlot, at: number | undefined, color: string): void {
  if (at === undefined) return;
  const x = Math.round(chart.valToPos(at, "x", true));
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
