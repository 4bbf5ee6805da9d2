const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Two units at most: 850 ms, 12.4 s, 3 min 20 s, 5 h 12 min, 2 d 3 h. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < 1) return ms === 0 ? "0 ms" : `${ms.toFixed(2)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < minuteMs) return `${trim(ms / 1_000)} s`;
  if (ms < hourMs) return pair([ms, minuteMs, "min"], [1_000, "s"]);
  if (ms < dayMs) return pair([ms, hourMs, "h"], [minuteMs, "min"]);
  return pair([ms, dayMs, "d"], [hourMs, "h"]);
}

/** Latencies: two digits below ten milliseconds. */
export function formatLatency(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 10 ? `${ms.toFixed(2)} ms` : formatDuration(ms);
}

function pair([ms, bigMs, bigUnit]: [number, number, string], [smallMs, smallUnit]: [number, string]): string {
  const big = Math.floor(ms / bigMs);
  const small = Math.floor((ms - big * bigMs) / smallMs);
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
