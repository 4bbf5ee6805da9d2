import type { Interval } from "../../../packages/tenon/src/server/wire.ts";
import "./interval-bar.css";

interface IntervalBarProps {
  readonly interval: Interval;
  /** Where the bar begins and ends. */
  readonly from: number;
  readonly to: number;
  /** A bound to compare with, drawn as a tick. */
  readonly bound?: number;
}

/** An estimate as a dot on its interval. The figures stand beside it in text, so it is hidden from readers. */
export function IntervalBar({ interval, from, to, bound }: IntervalBarProps) {
  const place = (value: number) => `${Math.min(100, Math.max(0, ((value - from) / (to - from || 1)) * 100))}%`;
  const low = place(interval.low);
  return (
    <span className="interval" aria-hidden="true">
      <span className="interval-range" style={{ left: low, right: `calc(100% - ${place(interval.high)})` }} />
      <span className="interval-dot" style={{ left: place(interval.value) }} />
      {bound !== undefined && <span className="interval-bound" style={{ left: place(bound) }} />}
    </span>
  );
}
