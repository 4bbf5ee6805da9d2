import type { Progress } from "../progress.ts";

const perSecond = 1_000;

/** Tells an import's progress with its rate and the time that is left at that rate. */
export function importPace(
  told: Progress,
  begunAt: number,
  nowMs: () => number,
): (share: number, rows: number) => void {
  const startMs = nowMs();
  return (share, rows) => {
    const elapsedMs = Math.max(1, nowMs() - startMs);
    const doneHere = share - begunAt;
    const leftMs = doneHere > 0 ? (elapsedMs / doneHere) * (1 - share) : Number.NaN;
    const rate = Math.round((rows * perSecond) / elapsedMs);
    const left = share >= 1 || Number.isNaN(leftMs) ? "" : `, ${spanText(leftMs)} left`;
    told(share, `${rows.toLocaleString("en")} rows, ${rate.toLocaleString("en")}/s${left}`);
  };
}

function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
